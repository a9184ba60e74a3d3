"""Webhooks: JSON by POST, signed. `webhook-id` is the id of the message, the same at every try."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from .channels import Channel
from .message import Message
from .posting import post
from .sending import Attempt, Outgoing
from .signing import key_of, signature


class WebhookSender:
    """Sends to one webhook; `now_ms` is real time."""

    def __init__(self, channel: Channel, now_ms: Callable[[], int]) -> None:
        self._channel = channel
        self._key = key_of(channel.secret)
        self._now_ms = now_ms

    def send(self, outgoing: Outgoing) -> Attempt:
        """Send; what is answered by anything but 2xx was not taken."""
        body = msgspec.json.encode(content_of(outgoing))
        at_s = self._now_ms() // 1000
        headers = {
            "content-type": "application/json",
            "webhook-id": outgoing.id,
            "webhook-timestamp": str(at_s),
            "webhook-signature": signature(self._key, outgoing.id, at_s, body),
        }
        secrets = [self._channel.secret, self._channel.webhook]
        return post(self._channel.webhook, body, headers, self._channel.timeout, self._now_ms, secrets).attempt


def content_of(outgoing: Outgoing) -> Mapping[str, Any]:
    """What a receiver gets: `type` and `timestamp` as the specification wants them, and the message in `data`."""
    message, account = outgoing.newest, outgoing.account
    return {
        "type": f"kpiwall.{message.kind}",
        "timestamp": _iso(message.made_ms),
        "data": {
            "id": outgoing.id,
            "kind": message.kind,
            "severity": message.severity,
            "title": outgoing.title,
            "text": outgoing.text,
            "link": outgoing.link,
            "language": message.language,
            "at_ms": message.at_ms,
            "alerts": _alerts(outgoing.messages),
            "recipient": None
            if account is None
            else {"account": account.id, "title": account.name, "email": account.email},
        },
    }


def _alerts(messages: tuple[Message, ...]) -> list[str]:
    return list(dict.fromkeys(alert for one in messages for alert in one.alerts))


def _iso(ms: int) -> str:
    return dt.datetime.fromtimestamp(ms / 1000, dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

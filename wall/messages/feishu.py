"""Signed robots of Feishu and Lark groups, which Apprise can't sign: a card by POST, its signature within the body.

The signature is an HMAC-SHA256 of nothing, with the timestamp, a line break and the secret as its key
(https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from layouts.words import Words

from .channels import Channel
from .posting import post
from .sending import SENT, Attempt, Outgoing, scrubbed

#: Too many messages for now; anything else that is answered with a code is refused for good.
_TOO_OFTEN = frozenset({11232, 230020, 99991400})
_COLOURS = {"critical": "red", "warning": "orange"}


def signed(secret: str, at_s: int) -> str:
    """The signature for a moment.

    >>> signed("demo", 1599360473)
    'l1N0gAcBjdwBvGm1xMjOF0XSyaLRpR7tuO5dHfhAYc8='
    """
    return base64.b64encode(hmac.new(f"{at_s}\n{secret}".encode(), b"", hashlib.sha256).digest()).decode()


class FeishuSender:
    """Sends to the robot of one group; `now_ms` is real time."""

    def __init__(self, channel: Channel, now_ms: Callable[[], int]) -> None:
        self._channel = channel
        self._now_ms = now_ms

    def send(self, outgoing: Outgoing) -> Attempt:
        """Send; Feishu answers 200 to what it refuses, too, and says so in `code`."""
        channel, at_s = self._channel, self._now_ms() // 1000
        content: dict[str, Any] = {"msg_type": "interactive", "card": card_of(outgoing)}
        if channel.secret:
            content |= {"timestamp": str(at_s), "sign": signed(channel.secret, at_s)}
        secrets = [one for one in (channel.secret, channel.feishu) if one]
        headers = {"content-type": "application/json"}
        posted = post(channel.feishu, msgspec.json.encode(content), headers, channel.timeout, self._now_ms, secrets)
        code = posted.answer.get("code", 0)
        if not code or not isinstance(code, int):
            return posted.attempt
        said = scrubbed(f"{code}: {posted.answer.get('msg', '')}", secrets)
        return Attempt("again" if code in _TOO_OFTEN else "refused", said) if posted.attempt == SENT else posted.attempt


def card_of(outgoing: Outgoing) -> Mapping[str, Any]:
    """The card: a header in the colour of the severity, the text, and a button that opens the page."""
    colour = _COLOURS.get(outgoing.newest.severity, "blue")
    if outgoing.newest.kind == "recovered":
        colour = "green"
    elements: list[Any] = [{"tag": "div", "text": _plain(outgoing.text)}]
    if outgoing.link:
        words = Words.of(outgoing.newest.language)
        button = {"tag": "button", "text": _plain(words("message.open")), "url": outgoing.link, "type": "default"}
        elements.append({"tag": "action", "actions": [button]})
    return {
        "config": {"wide_screen_mode": True},
        "header": {"title": _plain(outgoing.title), "template": colour},
        "elements": elements,
    }


def _plain(text: str) -> Mapping[str, str]:
    """A text in which nothing mentions anybody or leads anywhere."""
    return {"tag": "plain_text", "content": text}

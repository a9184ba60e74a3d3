"""Messages and channels for tests."""

from __future__ import annotations

from typing import Any

from wall.messages.channels import Channel
from wall.messages.message import Message, message_id
from wall.messages.sending import Outgoing, outgoing_of
from wall.people.account import Account

SECRET = "whsec_" + "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz"
T0 = 1_800_000_000_000
ANN = Account("ann", title="Ann Lee", email="ann@example.com")


def message(name: str, channel: str = "hook", recipient: str = "channel:hook", **more: Any) -> Message:
    """A message named by a word."""
    told = {
        "kind": "fired", "severity": "critical", "title": f"严重 · 总装一线 · {name}", "text": "一行\nsecond_line *2*",
        "link": "https://kpi.example.com/phone/-/alerts/a1", "at_ms": T0, "made_ms": T0, "language": "zh-CN",
        "alerts": (f"alert-{name}",), **more,
    }  # fmt: skip
    return Message(id=message_id(name, channel, recipient), recipient=recipient, channel=channel, **told)


def outgoing(name: str = "one", account: Account | None = None, **more: Any) -> Outgoing:
    """That message alone, ready to be sent."""
    made = message(name, **more)
    return outgoing_of([made], made.title, made.text, account)


def hook(address: str, name: str = "hook", **more: Any) -> Channel:
    """A webhook for a group."""
    return Channel(id=name, webhook=address, secret=SECRET, **{"unit": "company", "rate": 0, **more})

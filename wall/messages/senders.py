"""Which sender serves a channel."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from wall.people.account import Account

from .apprise_sender import AppriseSender, fault_in
from .channels import Channel, Channels
from .feishu import FeishuSender
from .sending import Sender
from .webhook import WebhookSender

#: An account to fill in placeholders with, where only the form of an address is looked at.
_SOMEBODY = Account("name", title="Name", email="name@example.com")


def sender_of(channel: Channel, now_ms: Callable[[], int]) -> Sender:
    """The sender of a channel; nothing is reached yet."""
    if channel.webhook:
        return WebhookSender(channel, now_ms)
    return FeishuSender(channel, now_ms) if channel.feishu else AppriseSender(channel, now_ms)


def address_faults(channels: Channels) -> Iterator[str]:
    """What is wrong with the addresses that Apprise reads; nothing is reached."""
    for one in channels:
        if one.url and (fault := fault_in(one.address(_SOMEBODY if one.personal else None))):
            yield f"channels.{one.id}.url: {fault}"

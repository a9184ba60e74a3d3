"""Which sender serves a channel."""

from __future__ import annotations

from collections.abc import Callable

from .apprise_sender import AppriseSender
from .channels import Channel
from .feishu import FeishuSender
from .sending import Sender
from .webhook import WebhookSender


def sender_of(channel: Channel, now_ms: Callable[[], int]) -> Sender:
    """The sender of a channel; nothing is reached yet."""
    if channel.webhook:
        return WebhookSender(channel, now_ms)
    return FeishuSender(channel, now_ms) if channel.feishu else AppriseSender(channel, now_ms)

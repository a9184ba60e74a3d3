"""The test button: sends one message through a channel at once, past the outbox, and says what came of it."""

from __future__ import annotations

import time
import uuid

from layouts.words import Words, language_or
from streams.redis_adapters.outbox import Outbox
from wall.people.account import Account
from wall.people.accounts import Accounts
from wall.people.audit import Act, AuditTrail
from wall.people.entrance import real_ms
from wall.people.viewer import Viewer
from wall.refusal import Refused

from .channels import Channel, Channels
from .delivery_log import line_of
from .message import Message, message_id
from .senders import sender_of
from .sending import Attempt, outgoing_of


class ChannelTest:
    """Tests channels; every test is in the audit trail before it leaves, and in the delivery log after."""

    def __init__(
        self, channels: Channels, accounts: Accounts, outbox: Outbox, trail: AuditTrail, public_url: str = ""
    ) -> None:
        self.channels = channels
        self._accounts = accounts
        self._outbox = outbox
        self._trail = trail
        self._public_url = public_url.rstrip("/")

    def send(self, name: str, to: str, viewer: Viewer, words: Words) -> Attempt:
        """Send a test through a channel, to an account where it is personal; takes as long as the channel does.

        Refused where there is no such channel, or the account has not what it needs. Who may do this is decided before.
        """
        channel = self.channels.get(name)
        if channel is None:
            known = ", ".join(one.id for one in self.channels) or "–"
            raise Refused(words("message.test.refused.none", name=name[:40], known=known))
        account = self._recipient(channel, to, words)
        message = self._message(channel, account, viewer, words)
        self._trail.note(Act.CHANNEL_TESTED, viewer, {"channel": name, "account": account.id if account else ""})
        began = time.monotonic_ns()
        outgoing = outgoing_of([message], message.title, message.text, account)
        attempt = sender_of(channel, real_ms).send(outgoing)
        took_ms = (time.monotonic_ns() - began) // 1_000_000
        self._outbox.note(line_of(message, attempt, real_ms(), took_ms, 0))
        return attempt

    def _recipient(self, channel: Channel, to: str, words: Words) -> Account | None:
        if not channel.personal:
            if to:
                raise Refused(words("message.test.refused.group", name=channel.id))
            return None
        if not to:
            raise Refused(words("message.test.refused.to", name=channel.id))
        account = self._accounts.account(to, words)
        if lacks := channel.lacks(account):
            raise Refused(words("message.test.refused.lacks", to=account.id, lacks=lacks, name=channel.id))
        return account

    def _message(self, channel: Channel, account: Account | None, viewer: Viewer, words: Words) -> Message:
        language = language_or(account.language if account else "", language_or(channel.language, words.language))
        told, now_ms = Words.of(language), real_ms()
        return Message(
            id=message_id("test", uuid.uuid4().hex), kind="test", channel=channel.id, severity="info",
            recipient=account.id if account else f"channel:{channel.id}",
            title=told("message.test.title", channel=channel.id),
            text=told("message.test.text", by=viewer.title or viewer.name),
            link=f"{self._public_url}/" if self._public_url else "", at_ms=now_ms, made_ms=now_ms, language=language,
        )  # fmt: skip

"""Sends what waits in the outbox: each channel by workers of its own, so that a slow one holds up no other.

A message leaves the outbox when its channel took it, refused it for good, or could not be reached for too long. It is
sent again only where it may not have arrived.
"""

from __future__ import annotations

import logging
import random
import time
import uuid
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

from streams.records import LogUnavailable
from streams.redis_adapters.outbox import LEASE_MS, Lane, Limits, Nothing, Outbox
from wall.people.account import Account
from wall.people.accounts import Accounts
from wall.wiring import Site

from .channels import Channel, Channels
from .delivery_log import line_of
from .message import Message, message_of
from .senders import address_faults, sender_of
from .sending import Attempt, Outgoing, Sender, outgoing_of
from .texts import digest

log = logging.getLogger(__name__)

#: The wait after the first failure; it doubles up to the longest one, and differs by a fifth so that tries spread.
FIRST_WAIT_MS, LONGEST_WAIT_MS = 5_000, 15 * 60_000
_SPREAD = 0.2
#: Recipients that a channel serves at the same time.
_PARALLEL = 4
#: From so many waiting messages on, a recipient who is far behind gets one digest of them.
FOLD_FROM, FOLD_MOST = 4, 50
#: How often messages of channels that are no longer there are looked for.
_ORPHANS_MS = 60_000


def backoff_ms(tries: int, chance: random.Random) -> int:
    """How long to wait after the `tries`-th failure.

    >>> [round(backoff_ms(tries, random.Random(1)), -3) for tries in (1, 2, 3, 20)]
    [4000, 9000, 17000, 768000]
    """
    plain = min(LONGEST_WAIT_MS, FIRST_WAIT_MS << min(tries - 1, 20))
    return int(plain * (1 + _SPREAD * (2 * chance.random() - 1)))


@dataclass(slots=True)
class _Work:
    """A lane that is being sent, by its worker; `settled` is what is still to be written of it."""

    lane: Lane
    future: Future[None] | None = None
    extended_ms: int = 0
    settled: Callable[[], object] | None = None


class Delivery:
    """Delivers a site's outbox; `run_once` is called again and again by one thread."""

    def __init__(self, site: Site, channels: Channels, chance: random.Random | None = None) -> None:
        self._outbox = Outbox(site.redis, site.settings.site)
        self._channels = channels
        self._chance = chance or random.Random()
        self._offset_ms = 0
        self._accounts = Accounts(site.journal, self._now_ms)
        self._holder = uuid.uuid4().hex
        self._senders = {one.id: sender_of(one, self._now_ms) for one in channels}
        self._pools = {one.id: ThreadPoolExecutor(_PARALLEL, f"channel-{one.id}") for one in channels}
        self._under_way: dict[str, list[_Work]] = {one.id: [] for one in channels}
        self._looked_ms = 0
        for fault in address_faults(channels):
            log.error("%s: %s", site.settings.channels or "channels", fault)

    def _now_ms(self) -> int:
        """Real time as `run_once` was told, going on by the steady clock."""
        return self._offset_ms + time.monotonic_ns() // 1_000_000

    def run_once(self, real_ms: int) -> int:
        """Hand what is due to the channels' workers; how many sendings are under way. Raises `StoreUnavailable`."""
        self._offset_ms = real_ms - time.monotonic_ns() // 1_000_000
        if real_ms - self._looked_ms >= _ORPHANS_MS:
            self._looked_ms = real_ms
            self._refuse_orphans(real_ms)
        for channel in self._channels:
            self._settle(channel.id, real_ms)
            self._take(channel, real_ms)
        return sum(len(works) for works in self._under_way.values())

    def wait(self, timeout_s: float) -> bool:
        """Wait for what is under way; whether all of it ended in time."""
        until = time.monotonic() + timeout_s
        for work in [work for works in self._under_way.values() for work in works]:
            if work.future is not None:
                try:
                    work.future.result(max(0.0, until - time.monotonic()))
                except TimeoutError:
                    return False
        for name in self._under_way:
            self._settle(name, self._now_ms())
        return True

    def close(self) -> None:
        """Take nothing more; what is under way ends by itself or comes back when its lease is over."""
        for pool in self._pools.values():
            pool.shutdown(wait=False, cancel_futures=True)

    def _settle(self, channel: str, now_ms: int) -> None:
        """Write what ended while Redis was away, forget what is done, keep what goes on."""
        going_on = []
        for work in self._under_way[channel]:
            if work.settled is not None:
                work.settled()
                continue
            if work.future is not None and work.future.done():
                continue
            if now_ms - work.extended_ms > LEASE_MS // 3:
                self._outbox.extend(work.lane, now_ms)
                work.extended_ms = now_ms
            going_on.append(work)
        self._under_way[channel] = going_on

    def _take(self, channel: Channel, now_ms: int) -> None:
        limits = Limits(channel.rate, FOLD_FROM if channel.folds else 0, FOLD_MOST)
        works = self._under_way[channel.id]
        while len(works) < _PARALLEL:
            lane = self._outbox.take(channel.id, now_ms, self._holder, limits)
            if isinstance(lane, Nothing):
                return
            work = _Work(lane, extended_ms=now_ms)
            works.append(work)
            work.future = self._pools[channel.id].submit(self._deliver, channel, work)

    def _deliver(self, channel: Channel, work: _Work) -> None:
        """Send one lane's head and write what came of it; in a worker."""
        lane, began = work.lane, time.monotonic_ns()
        messages = [message_of(one) for one in lane.contents]
        attempt = self._attempt(channel, self._senders[channel.id], messages)
        took_ms = (time.monotonic_ns() - began) // 1_000_000
        settled = self._settling(channel, lane, messages, attempt, took_ms)
        try:
            settled()
        except Exception as fault:  # whatever the store says: what came of it must be written, or it is sent again
            log.warning("%s; what came of %d messages is written later", fault, len(messages))
            work.settled = settled

    def _attempt(self, channel: Channel, sender: Sender, messages: list[Message]) -> Attempt:
        if not messages:
            return Attempt("refused", "the message is gone")
        try:
            outgoing = self._outgoing(channel, messages)
            return outgoing if isinstance(outgoing, Attempt) else sender.send(outgoing)
        except LogUnavailable as outage:
            return Attempt("again", str(outage))
        except Exception as error:  # one message that can't be sent must not stop the others
            log.exception("sending through %s failed", channel.id)
            return Attempt("again", type(error).__name__)

    def _outgoing(self, channel: Channel, messages: list[Message]) -> Outgoing | Attempt:
        account: Account | None = None
        if channel.personal:
            account = self._accounts.people().accounts.get(messages[0].recipient)
            if account is None or account.disabled:
                return Attempt("refused", "there is no such account any more")
            if lacking := channel.lacks(account):
                return Attempt("refused", f"the account has no {lacking}")
        title, text = digest(messages)
        return outgoing_of(messages, title, text, account)

    def _settling(
        self, channel: Channel, lane: Lane, messages: list[Message], attempt: Attempt, took_ms: int
    ) -> Callable[[], object]:
        """What is to be written of an attempt: done with, or to be tried again and when."""
        now_ms = self._now_ms()
        wait_ms = 0
        if attempt.outcome == "again":
            wait_ms = max(attempt.wait_ms, backoff_ms(lane.tries + 1, self._chance))
            if now_ms + wait_ms - lane.first_ms > 1000 * channel.retry_for:
                attempt = replace(attempt, outcome="given_up")
        lines = [line_of(one, attempt, now_ms, took_ms, lane.tries) for one in messages]
        if attempt.outcome == "again":
            pause_ms = now_ms + attempt.wait_ms if attempt.wait_ms else 0
            return lambda: self._outbox.again(lane, now_ms + wait_ms, "again", lines, pause_ms)
        if attempt.outcome != "sent":
            recipient, outcome = lane.name.partition("|")[2], attempt.outcome.replace("_", " ")
            log.error("%d messages to %s by %s: %s, %s", len(messages), recipient, channel.id, outcome, attempt.error)
        return lambda: self._outbox.end(lane, now_ms, attempt.outcome, lines)

    def _refuse_orphans(self, now_ms: int) -> None:
        """Give up what waits for channels that the settings no longer have, and say so."""
        attempt = Attempt("refused", "the settings have no such channel any more")
        for name in self._outbox.waiting().keys() - {one.id for one in self._channels}:
            while isinstance(lane := self._outbox.take(name, now_ms, self._holder, Limits()), Lane):
                messages = [message_of(one) for one in lane.contents]
                lines = [line_of(one, attempt, now_ms, 0, lane.tries) for one in messages]
                self._outbox.end(lane, now_ms, attempt.outcome, lines)
            log.error("messages for channel %s were refused: %s", name, attempt.error)

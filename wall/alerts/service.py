"""The alert service: judges every board by the rules, tells people, and sends what they are to be told."""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from scoring.calendar import BusinessCalendar
from streams.records import LogUnavailable
from streams.redis_adapters.alerts import AlertFigures, AlertStore, LostLease, Step
from streams.redis_adapters.connection import StoreUnavailable
from streams.redis_adapters.outbox import Outbox
from streams.redis_adapters.told import ToldStore
from wall.followup.ledger import Ledger
from wall.followup.reminders import Reminders
from wall.messages.channels import Channels, open_channels
from wall.messages.delivery import Delivery
from wall.messages.messenger import Messenger
from wall.people.accounts import Accounts
from wall.people.entrance import real_ms
from wall.results.past import counted_to
from wall.sight.look import WHOLE
from wall.sight.visible import Sights
from wall.wiring import Site

from .evaluation import Evaluation
from .following import FollowedSite
from .handling import Handled, Handlings
from .mail import Mail
from .planning import Plan, Situation, plan
from .recipients import Directory

log = logging.getLogger(__name__)

#: Boards are published ten times a second; what moved within this time is judged together.
ROUND_MS = 250
_RENEW_S, _PRUNE_S, _DELIVER_S, _RETRY_S = 0.5, 600.0, 0.1, 0.5
#: Readings of standing alerts are kept for pages so often, phases at once.
_READINGS_S = 2.0
#: What people did is looked for so often.
_JOURNAL_S = 0.4
#: What the log held when work began is waited for this long; a site that lags for longer is judged by what it has.
_MOST_BEHIND_S = 600.0
#: Plans that may follow from each other at one moment: as many as there are levels of escalation, and some.
_MOST_PLANS = 12


def alert(site: Site, stopping: Callable[[], bool]) -> None:
    """Judge and tell until told to stop."""
    channels = open_channels(site.settings.channels)
    applied = site.applied(stopping)
    if applied is None:
        return
    log.info("alert: model %s %s, %d rules", applied.model.name, applied.model.version, len(applied.model.alerts))
    AlertService(site, FollowedSite(site, applied), channels, stopping).run()


@dataclass(slots=True)
class _Marks:
    """When something was done last, by the steady clock."""

    renewed: float = 0.0
    readings: float = 0.0
    pruned: float = 0.0
    journal: float = 0.0


class AlertService:
    """One of several works at a time; every loss of Redis ends in going on from what is kept there."""

    def __init__(
        self, site: Site, view: FollowedSite, channels: Channels, stopping: Callable[[], bool]
    ) -> None:  # fmt: skip
        self._site = site
        self._view = view
        self._channels = channels
        self._stopping = stopping
        self._owner = uuid.uuid4().hex
        self._store = AlertStore(site.redis, site.settings.site)
        self._outbox = Outbox(site.redis, site.settings.site)
        self._sights = Sights()
        self._accounts = Accounts(site.journal, real_ms)
        self._handlings = Handlings(site.journal)
        self._reminders = self._open_reminders()
        self._works = threading.Event()
        self._at = _Marks()
        self._next_plan_ms: int | None = 0

    def run(self) -> None:
        """Work while the lease is held, else stand by."""
        delivery = threading.Thread(target=self._deliver, name="delivery", daemon=True)
        delivery.start()
        while not self._stopping():
            try:
                if not self._store.hold(self._owner):
                    time.sleep(_RETRY_S)
                    continue
                self._work()
            except LostLease as lost:
                log.warning("%s; standing by", lost)
            except (StoreUnavailable, LogUnavailable) as outage:
                log.warning("%s; trying again", outage)
                time.sleep(_RETRY_S)
            except Exception:
                log.exception("judging alerts failed; starting over")
                time.sleep(_RETRY_S)
            finally:
                self._works.clear()
        try:
            self._store.drop(self._owner)
        except StoreUnavailable as outage:
            log.warning("%s; the lease runs out by itself", outage)
        delivery.join(timeout=2)

    def _work(self) -> None:
        """Go on from what is kept, round by round."""
        first = self._await_counted()
        evaluation = Evaluation(self._store.load(), self._view.edition)
        self._view.moved()
        self._handlings.read_on()
        self._works.set()
        self._next_plan_ms = 0
        judged: tuple[int, str] | None = None
        while not self._stopping():
            began = time.monotonic()
            self._view.wait(ROUND_MS)
            self._renew()
            if self._view.is_judged and self._view.board().version >= first:
                judged = self._round(evaluation, judged)
            self._remind()
            time.sleep(max(0.0, ROUND_MS / 1000 - (time.monotonic() - began)) if judged else 0)

    def _await_counted(self) -> int:
        """Wait until what is in the log is counted: a silence that is only a backlog is none.

        Returns the version of the first board that shows it.
        """
        deadline, first = time.monotonic() + _MOST_BEHIND_S, 0
        try:
            ends = {one: self._site.log.end(one) for one in self._site.log.partitions()}
            while not self._stopping() and not counted_to(self._site, ends):
                if time.monotonic() > deadline:
                    log.warning(
                        "the counters are behind the log after %.0f s; judging by what they have", _MOST_BEHIND_S
                    )
                    return 0
                self._view.wait(ROUND_MS)
                self._renew()
                # One may be under way that began before the last event was counted.
                first = self._view.board().version + 2
        except LogUnavailable as outage:
            log.warning("%s; alerts are judged by what is counted", outage)
        return first

    def _round(self, evaluation: Evaluation, judged: tuple[int, str] | None) -> tuple[int, str]:
        """Judge a new board, or what time alone changes; then tell what is due."""
        board, now_ms = self._view.board(), self._view.now_ms()
        this, began = (board.version, board.model_version), time.perf_counter()
        if self._view.edition is not evaluation.model:
            evaluation.adopt(self._view.edition)
            judged = None
        due = evaluation.due_ms is not None and evaluation.due_ms <= now_ms
        changed = False
        if this != judged or due:
            changed = self._commit(evaluation.take(board, now_ms, self._view.moved()))
        took_ms = 1000 * (time.perf_counter() - began)
        changed |= self._handle(evaluation)
        self._keep_readings(evaluation)
        if changed or (self._next_plan_ms is not None and self._next_plan_ms <= now_ms):
            self._tell_all(evaluation, now_ms)
        if this != judged or changed:
            self._report(evaluation, board.version, now_ms, took_ms)
        return this

    def _commit(self, step: Step) -> bool:
        """Keep a step; whether there was anything to keep."""
        if step:
            self._store.commit(self._owner, step)
        return bool(step.records or step.cases)

    def _handle(self, evaluation: Evaluation) -> bool:
        """Take in what people did; whether they did anything."""
        if time.monotonic() - self._at.journal < _JOURNAL_S:
            return False
        self._at.journal, before = time.monotonic(), self._handlings.read
        handled = self._read_journal()
        acknowledged = self._commit(evaluation.acknowledge(handled))
        return acknowledged or before != self._handlings.read

    def _read_journal(self) -> Mapping[str, Handled]:
        """What people did, as the journal says; as it said last while it can't be read."""
        try:
            return self._handlings.read_on()
        except LogUnavailable as outage:
            log.warning("%s; alerts go on by what was read of it", outage)
            return self._handlings.known()

    def _tell_all(self, evaluation: Evaluation, now_ms: int) -> None:
        """Tell until nothing more is due: what was told just now may let something else be."""
        for _ in range(_MOST_PLANS):
            if not self._tell(evaluation, now_ms):
                return
        self._next_plan_ms = 0

    def _tell(self, evaluation: Evaluation, now_ms: int) -> bool:
        """Plan what people are to be told, and keep the plan with its messages in one step; whether it changed any."""
        handled = self._handlings.known()
        mail: list[Mail] = []

        def reach_through() -> Mail:
            if not mail:
                mail.append(Mail(self._view, self._sights, self._channels, self._accounts.people(), handled,
                                 self._site.settings.public_url, now_ms))  # fmt: skip
            return mail[0]

        situation = Situation(now_ms, evaluation.model, evaluation.cases, evaluation.records, handled, self._directory)
        found: Plan = plan(situation, lambda telling: reach_through().reach(telling))
        step = evaluation.told(found)
        if mail and mail[0].messages:
            parcels = [one.parcel for one in mail[0].messages]
            step.also.append(lambda pipe: self._outbox.add_to(pipe, parcels))
        self._commit(step)
        self._next_plan_ms = found.next_ms
        return bool(found.cases)

    def _directory(self) -> Directory:
        model, now_ms = self._view.applied.model, self._view.now_ms()
        date = BusinessCalendar(model.calendar).business_date(now_ms)
        return Directory(self._sights.visible(model, WHOLE, now_ms), self._accounts.people(), date)

    def _keep_readings(self, evaluation: Evaluation) -> None:
        if time.monotonic() - self._at.readings >= _READINGS_S:
            self._at.readings = time.monotonic()
            self._commit(evaluation.readings())

    def _renew(self) -> None:
        now = time.monotonic()
        if now - self._at.renewed >= _RENEW_S:
            self._at.renewed = now
            if not self._store.hold(self._owner):
                raise LostLease("another process works alerts out")
        if now - self._at.pruned >= _PRUNE_S:
            self._at.pruned = now
            self._store.prune()

    def _remind(self) -> None:
        try:
            self._reminders.run_once(self._view.now_ms())
        except LogUnavailable as outage:
            log.warning("%s; reminders wait", outage)

    def _report(self, evaluation: Evaluation, board: int, now_ms: int, took_ms: float) -> None:
        waiting = sum(case.settled_ms is None for case in evaluation.cases.values())
        standing = len(evaluation.standing)
        self._store.report(
            AlertFigures(board, now_ms, real_ms(), took_ms, evaluation.pending, standing, waiting)
        )  # fmt: skip

    def _open_reminders(self) -> Reminders:
        settings, ledger = self._site.settings, Ledger(self._site.journal)
        messenger = Messenger(
            self._view, self._sights, self._accounts, self._channels, self._outbox, settings.public_url
        )  # fmt: skip
        marks = ToldStore(self._site.redis, settings.site)
        return Reminders(self._view, self._sights, self._accounts, ledger, messenger, marks)

    def _deliver(self) -> None:
        """Send what waits, in a thread of its own: no receiver ever delays a judgement."""
        delivery = Delivery(self._site, self._channels)
        while not self._stopping():
            try:
                if self._works.wait(_RETRY_S):
                    delivery.run_once(real_ms())
            except (StoreUnavailable, LogUnavailable) as outage:
                log.warning("%s; messages wait", outage)
                time.sleep(_RETRY_S)
            except Exception:
                log.exception("delivering failed; starting over")
                time.sleep(_RETRY_S)
            time.sleep(_DELIVER_S)
        delivery.close()

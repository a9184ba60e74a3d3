"""The alerts as a server's pages know them: followed in the background, shown as far as a reader sees."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter

from layouts.alerts.facts import AlertFact
from layouts.alerts.standing import urgency
from scoring.alerts.folding import stand_ins
from scoring.alerts.record import AlertEvent, Record
from scoring.same import Same
from streams.records import LogUnavailable
from streams.redis_adapters.alerts import LONGEST_MS, AlertStore
from streams.redis_adapters.connection import StoreUnavailable
from wall.board_follower import BoardFollower
from wall.sight.look import WHOLE
from wall.sight.visible import Sights, Visible
from wall.wiring import Site

from .handling import UNTOUCHED, Handled, Handlings
from .shown import fact_of
from .sight import sees_alert

log = logging.getLogger(__name__)

#: Alerts that are over and kept in memory, for tickers and lists.
_RECENT = 2000
#: Lists that are kept, some for each sight.
_LISTS = 256
_WAIT_MS, _RETRY_S = 500, 0.5


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known at a moment: records of standing and recent alerts, and what people did."""

    records: Mapping[str, Record] = field(default_factory=dict)
    handled: Mapping[str, Handled] = field(default_factory=dict)
    stamp: int = 0


class AlertBook:
    """Standing and recent alerts of a site; for any number of threads. It keeps what it knew through any outage."""

    def __init__(self, site: Site, follower: BoardFollower, sights: Sights) -> None:
        self._store = AlertStore(site.redis, site.settings.site)
        self._follower = follower
        self._sights = sights
        self._handlings = Handlings(site.journal)
        self._known = _Known()
        self._told: list[Callable[[], None]] = []
        self._lists: OrderedDict[tuple[object, ...], list[AlertFact]] = OrderedDict()
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="alerts", daemon=True)

    def start(self) -> None:
        """Follow in the background."""
        self._thread.start()

    def stop(self) -> None:
        """End following."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout=2)

    def on_change(self, told: Callable[[], None]) -> None:
        """Call this, in the book's thread, whenever anything of any alert changes."""
        self._told.append(told)

    def stamp(self) -> int:
        """A number that grows with every change of any alert."""
        return self._known.stamp

    def _current(self) -> _Known:
        """What is known; whoever asks before anything was read lets it be read."""
        if not self._known.stamp:
            try:
                self._take(None)
            except (StoreUnavailable, LogUnavailable) as outage:
                log.warning("%s; no alerts are known yet", outage)
        return self._known

    def standing(self, seen: Visible) -> list[AlertFact]:
        """The standing alerts that a reader sees, the most severe and then the newest first.

        One that is told as part of another which the reader sees, too, is counted there and not listed.
        """
        known, day = self._current(), self._day
        return self._kept(("standing", Same(day)), known, seen, lambda: self._standing(known, seen, day))

    def one(self, seen: Visible, alert_id: str) -> AlertFact | None:
        """An alert, standing or over; None where the reader does not see it, or there is none."""
        listed = next((fact for fact in self.standing(seen) if fact.id == alert_id), None)
        if listed is not None:
            return listed
        record = self._seen_record(seen, alert_id)
        return None if record is None else self._fact(self._known, record)

    def recent(self, seen: Visible, most: int) -> list[AlertFact]:
        """The alerts that fired last, those that are over too, the newest first."""
        known = self._current()
        return self._kept(("recent", most), known, seen, lambda: self._recent(known, seen, most))

    def between(self, seen: Visible, start_ms: int, end_ms: int) -> list[AlertFact]:
        """The alerts that stood at any moment of a span of business time, the oldest first.

        Of those that are over, the ones that lasted three months at most. Raises what Redis raises.
        """
        known = self._current()
        records = {**self._store.fired_between(start_ms - LONGEST_MS, end_ms), **known.records}
        inside = (one for one in records.values() if _stood(one, start_ms, end_ms))
        return sorted((self._fact(known, one) for one in _seen(inside, seen)), key=attrgetter("fired_ms"))

    def events(self, seen: Visible, alert_id: str) -> Sequence[AlertEvent]:
        """What happened to an alert that the reader sees and what people did about it, the oldest first.

        Accounts are told by what they are called where they did something, and by their ids where they were told.
        """
        record = self._seen_record(seen, alert_id)
        if record is None:
            return []
        done = self._known.handled.get(alert_id, UNTOUCHED).events
        return sorted((*record.events, *done), key=attrgetter("at_ms"))

    def refresh(self) -> None:
        """Take in at once what people did, such as what one of them did just now; raises what the journal raises."""
        with self._lock:
            before = self._handlings.read
            handled = dict(self._handlings.read_on())
            if before == self._handlings.read:
                return
            self._known = _Known(self._known.records, handled, self._known.stamp + 1)
        self._tell()

    def tell(self, alert_id: str) -> None:
        """Let all servers know that something was done about an alert; they notice soon by themselves, too."""
        try:
            self._store.tell([alert_id])
        except StoreUnavailable as outage:
            log.warning("%s; other servers will notice", outage)

    @property
    def _day(self) -> Visible:
        """The edition of the day with nothing hidden."""
        return self._sights.visible(self._follower.model, WHOLE, self._follower.now_ms())

    def _kept(
        self, what: tuple[object, ...], known: _Known, seen: Visible, make: Callable[[], list[AlertFact]]
    ) -> list[AlertFact]:
        """A list that is made once for everybody who sees the same; snoozes run out by the minute."""
        key = (*what, seen.sight, Same(seen.tree), known.stamp, self._follower.now_ms() // 60_000)
        with self._lock:
            held = self._lists.get(key)
        if held is None:
            held = make()
            with self._lock:
                self._lists[key] = held
                while len(self._lists) > _LISTS:
                    self._lists.popitem(last=False)
        return list(held)

    def _recent(self, known: _Known, seen: Visible, most: int) -> list[AlertFact]:
        newest = sorted(_seen(known.records.values(), seen), key=lambda one: -(one.alert.fired_ms or 0))
        return [self._fact(known, one) for one in newest[:most]]

    def _standing(self, known: _Known, seen: Visible, day: Visible) -> list[AlertFact]:
        records = [one for one in known.records.values() if one.alert.stands]
        shown = list(_seen(records, seen))
        folds = stand_ins([one.alert for one in shown], day.model)
        counts: dict[str, int] = {}
        for part_of in folds.values():
            counts[part_of] = counts.get(part_of, 0) + 1
        listed = [one for one in shown if one.alert.id not in folds]
        return sorted((self._fact(known, one, counts.get(one.alert.id, 0)) for one in listed), key=urgency)

    def _fact(self, known: _Known, record: Record, folded: int = 0) -> AlertFact:
        handled = known.handled.get(record.alert.id, UNTOUCHED)
        return fact_of(record, handled, self._follower.now_ms(), folded)

    def _seen_record(self, seen: Visible, alert_id: str) -> Record | None:
        record = self._known.records.get(alert_id)
        if record is None:
            try:
                record = self._store.records([alert_id]).get(alert_id)
            except StoreUnavailable as outage:
                log.warning("%s; alerts are those in memory", outage)
        return record if record is not None and _is_seen(record, seen) else None

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._follow()
            except (StoreUnavailable, LogUnavailable) as outage:
                log.warning("%s; the last alerts stay", outage)
                self._stop.wait(_RETRY_S)
            except Exception:
                log.exception("following alerts failed; starting over")
                self._stop.wait(_RETRY_S)

    def _follow(self) -> None:
        """Load everything, then take what changes."""
        entry = self._store.newest_change()
        self._take(None)
        while not self._stop.is_set():
            entry, ids = self._store.follow(entry, _WAIT_MS)
            if ids is None or ids:
                self._take(ids)
            else:
                self.refresh()

    def _take(self, ids: set[str] | None) -> None:
        """Take records in: these, or all that stand and the newest."""
        records: Mapping[str, Record]
        if ids is None:
            records = {**self._store.newest(_RECENT), **self._store.load().records}
        else:
            records = _trimmed({**self._known.records, **self._store.records(ids)})
        with self._lock:
            handled = dict(self._handlings.read_on())
            self._known = _Known(records, handled, self._known.stamp + 1)
        self._tell()

    def _tell(self) -> None:
        for told in self._told:
            told()


def _trimmed(records: Mapping[str, Record]) -> Mapping[str, Record]:
    """Records without the oldest of those that are over, where there are many of them."""
    if len(records) <= _RECENT:
        return records
    over = sorted(
        (one for one in records.values() if not one.alert.stands), key=lambda one: one.alert.fired_ms or 0, reverse=True
    )
    kept = [one for one in records.values() if one.alert.stands] + over[:_RECENT]
    return {one.alert.id: one for one in kept}


def _seen(records: Iterable[Record], seen: Visible) -> Iterable[Record]:
    return (one for one in records if _is_seen(one, seen))


def _is_seen(record: Record, seen: Visible) -> bool:
    return sees_alert(seen, record.alert.key, record.of)


def _stood(record: Record, start_ms: int, end_ms: int) -> bool:
    alert = record.alert
    begun = alert.since_ms if alert.fired_ms is None else alert.fired_ms
    return begun < end_ms and (alert.resolved_ms is None or alert.resolved_ms >= start_ms)

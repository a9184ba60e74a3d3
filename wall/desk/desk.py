"""What all rooms of the desk know: the site, its board, its calendar, and how callbacks answer."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from layouts import moments
from layouts.desk.facts import Choice
from layouts.lookup import Lookup, lookup
from layouts.reader import Reader
from layouts.words import Words, language_or
from scoring.calendar import BusinessCalendar, Period
from scoring.definitions import Model
from scoring.forms import PeriodKind
from streams.records import LogUnavailable
from streams.redis_adapters.connection import StoreUnavailable
from streams.redis_adapters.site import AppliedModel, Clock
from wall.board_follower import BoardView
from wall.people.permits import Permit
from wall.people.viewer import current_viewer
from wall.refusal import Refused
from wall.results.period_names import NoPeriod, period_name
from wall.screens.reach import Reach, reach_of
from wall.sight.look import Sight
from wall.sight.visible import Sights, Visible
from wall.wiring import Site

from .permits import open_rooms

#: What a step or a page may meet and tell in words.
EXPECTED = (Refused, NoPeriod, StoreUnavailable, LogUnavailable, ValidationError)


@dataclass(frozen=True, slots=True)
class Desk:
    """The desk of one site; what it shows of the model and the board is what a permit of the viewer reaches."""

    site: Site
    view: BoardView
    sights: Sights = field(default_factory=Sights)
    #: Of other days than today.
    _then: Sights = field(default_factory=Sights)

    @property
    def applied(self) -> AppliedModel:
        """The model in force, asked anew: who just applied one must see it."""
        return self.site.store.model() or self.view.applied

    @property
    def model(self) -> Model:
        """The model in force."""
        return self.applied.model

    @property
    def calendar(self) -> BusinessCalendar:
        """The company's calendar."""
        return BusinessCalendar(self.model.calendar)

    @property
    def clock(self) -> Clock:
        """The business clock."""
        return self.site.store.clock()

    @property
    def now_ms(self) -> int:
        """Business time now."""
        return self.clock.now_ms()

    @property
    def today(self) -> dt.date:
        """The business day."""
        return self.calendar.business_date(self.now_ms)

    def visible(self, permit: Permit, at_ms: int | None = None) -> Visible:
        """What a permit of the viewer reaches, now or at another moment of business time."""
        sight = permit.sight(current_viewer())
        if at_ms is None:
            return self.sights.visible(self.model, sight, self.now_ms)
        return self._then.visible(self.model, sight, at_ms)

    def lookup(self, language: str, permit: Permit) -> Lookup:
        """The model and the board in a language as far as the permit reaches; with nothing hidden the whole model."""
        seen = self.visible(permit)
        model = self.model if seen.sight.whole else seen.model
        return lookup(model, seen.board(self.view.board()), language, reader=self.reader())

    def reach(self) -> Reach:
        """Which screens and announcements the viewer may keep in order; from memory."""
        return reach_of(current_viewer(), self._known)

    def reader(self) -> Reader:
        """Who reads; from memory, as the landing page stands while nothing can be asked."""
        viewer = current_viewer()
        name = (viewer.title or viewer.name) if viewer.kind == "person" else ""
        withheld = self._known(viewer.sight()).opened.withheld
        return Reader(name, viewer.person or viewer.unit, tuple(open_rooms(viewer)), withheld)

    def _known(self, sight: Sight) -> Visible:
        """What a sight shows of the model and the day of the last board."""
        return self.sights.visible(self.view.applied.model, sight, self.view.board().as_of_ms)

    def words(self, page: Mapping[str, Any]) -> Words:
        """The words of a page, by what it stores of itself."""
        return Words.of(language_or(page.get("language"), self.model.language))

    def period_title(self, period: Period, words: Words) -> str:
        """A period's name for people: March 2026, Q1 2026."""
        kind = period.kind
        if kind == "day":
            day = self.calendar.business_date(period.start_ms)
            return f"{day.year}-{day.month:02d}-{day.day:02d}"
        named = moments.period(kind, period.start_ms, period.end_ms, self.model.calendar, words)
        if kind != "week":
            return named
        days = [self.calendar.business_date(ms) for ms in (period.start_ms, period.end_ms - 1)]
        first, last = (moments.day(day, words) for day in days)
        return words("desk.week", name=period_name(period, self.calendar), first=first, last=last)

    def first_ms(self) -> int:
        """The beginning of the first business day with counters; now where there are none."""
        store, now_ms = self.site.counters(self.applied.generation), self.now_ms
        held = [day for one in self.site.log.partitions() for day in store.days(one)]
        accepted = self.model.accept.after.strftime("%Y%m%d")
        days = sorted(day for day in held if day >= accepted)
        if not days:
            return now_ms
        return self.calendar.day_start_ms(dt.datetime.strptime(days[0], "%Y%m%d").date())  # noqa: DTZ007

    def periods(self, kind: PeriodKind, most: int) -> list[Period]:
        """The periods of a kind from the data's beginning up to the running one, newest first."""
        found, first_ms = [self.calendar.period_at(kind, self.now_ms)], self.first_ms()
        while found[-1].start_ms > first_ms and len(found) < most:
            found.append(self.calendar.period_at(kind, found[-1].start_ms - 1))
        return found

    def newest(self, periods: Sequence[Period]) -> Period:
        """The newest period that is over and has counters from its beginning on; the running one where none has."""
        first_ms, now_ms = self.first_ms(), self.now_ms
        whole = [one for one in periods if one.end_ms <= now_ms and one.start_ms >= first_ms]
        return (whole or list(periods))[0]

    def over(self, kind: PeriodKind, most: int, words: Words) -> list[Choice]:
        """The periods of a kind that are over, newest first."""
        return [
            Choice(period_name(one, self.calendar), self.period_title(one, words))
            for one in self.periods(kind, most + 1)
            if one.end_ms <= self.now_ms
        ]


def faults_of(error: Exception) -> str:
    """What went wrong, in a line."""
    if isinstance(error, ValidationError):
        return "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
    return str(error)


@contextmanager
def telling(tell: Callable[[str], None]) -> Iterator[None]:
    """Tell what is expected to go wrong instead of raising it."""
    try:
        yield
    except EXPECTED as error:
        tell(faults_of(error))


def answering(refused: Callable[[str], Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A callback that answers with `refused` where a step can't be taken."""

    def around(step: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(step)
        def answered(*given: Any) -> Any:
            try:
                return step(*given)
            except EXPECTED as error:
                return refused(faults_of(error))

        return answered

    return around

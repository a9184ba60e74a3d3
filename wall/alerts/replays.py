"""Replays on a site: which counters serve a model, which days there are, and two models beside each other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass

from scoring.calendar import BusinessCalendar
from scoring.definitions import Model
from streams.redis_adapters.site import AppliedModel

from ..definitions.generation import generation
from ..refusal import Refused
from ..wiring import Site
from .past_counts import PastCounts, StoredCounts, recount
from .replay import STEP_MS, Replayed, replay

#: Replayed where no first day is given.
DAYS = 30
#: What does not decide what a board says.
_SAYS_NOTHING = {"alerts", "version", "title", "scenes", "playlists", "roles", "maps"}


@dataclass(frozen=True, slots=True)
class Span:
    """Business days, both included."""

    first: dt.date
    last: dt.date

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Hearing:
    """Who hears how far a replay is, and whether it is to stop: records counted anew, days gone through."""

    records: Callable[[int], None] = lambda _: None
    day: Callable[[], None] = lambda: None
    stopping: Callable[[], bool] = lambda: False


def with_rules(model: Model, wanted: Collection[str]) -> Model:
    """A model with these of its rules; all where none is named. Raises `Refused` for a rule that it does not have."""
    known = {rule.id for rule in model.alerts}
    if unknown := sorted(set(wanted) - known):
        raise Refused(f"no rule {', '.join(unknown)}; there are: {', '.join(sorted(known)) or 'none'}")
    return model.model_copy(update={"alerts": [one for one in model.alerts if one.id in wanted]}) if wanted else model


def counts_for(site: Site, applied: AppliedModel, model: Model, *, by_minute: bool, heard: Hearing) -> PastCounts:
    """The counters in force where they serve the model, else, and by the minute, the log counted anew."""
    if by_minute or generation(model) != applied.generation:
        return recount(site.log, model, heard.records)
    return StoredCounts(site.counters(applied.generation), site.log.partitions(), applied.model)


def span_of(
    counts: PastCounts, today: dt.date, first: dt.date | None, last: dt.date | None, back: int = DAYS
) -> Span:  # fmt: skip
    """The days to go through: as asked for, else the last that are over, as far as anything was counted."""
    days = counts.days()
    if not days:
        raise Refused("nothing was counted yet, so there is no past to replay")
    begins = dt.datetime.strptime(days[0], "%Y%m%d").date()  # noqa: DTZ007
    last = last or today - dt.timedelta(days=1)
    asked = first or last - dt.timedelta(days=back - 1)
    first = max(asked, begins)
    if last > today:
        raise Refused(f"{last} is yet to come; give a day up to {today}")
    if first > last:
        raise Refused(f"nothing was counted from {asked} to {last}; counters begin on {begins}")
    return Span(first, last)


def replay_models(
    site: Site, applied: AppliedModel, models: Collection[Model], first: dt.date | None, last: dt.date | None,
    step_ms: int = STEP_MS, *, days: int = DAYS, by_minute: bool = False, heard: Hearing | None = None,
    begun: Callable[[Span], None] = lambda _: None,
) -> list[Replayed]:  # fmt: skip
    """The rules of models over past days; boards that are the same for all are worked out once.

    `begun` hears which days, before the first.
    """
    heard = heard or Hearing()
    today = BusinessCalendar(applied.model.calendar).business_date(site.store.clock().now_ms())
    found: dict[int, Replayed] = {}
    for group in _alike(list(models)):
        counts = counts_for(site, applied, group[0][1], by_minute=by_minute, heard=heard)
        span = span_of(counts, today, first, last, days)
        begun(span)
        done = replay(
            [model for _, model in group], counts, span.first, span.last, step_ms,
            progress=heard.day, stopping=heard.stopping,
        )  # fmt: skip
        found |= {number: one for (number, _), one in zip(group, done, strict=True)}
    return [found[number] for number in sorted(found)]


def _alike(models: list[Model]) -> list[list[tuple[int, Model]]]:
    """Models by number, those together that differ in their rules only."""
    groups: list[list[tuple[int, Model]]] = []
    for number, model in enumerate(models):
        said = model.model_dump(exclude=_SAYS_NOTHING)
        for group in groups:
            if group[0][1].model_dump(exclude=_SAYS_NOTHING) == said:
                group.append((number, model))
                break
        else:
            groups.append([(number, model)])
    return groups

"""The review of a unit's period, gathered from results, explanations, items, alerts and definitions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from layouts import formats, moments
from layouts.alerts.facts import AlertFact
from layouts.desk.facts import Choice
from layouts.desk.what_if_page import unit_choices
from layouts.lookup import Lookup
from layouts.review.facts import CoursePoint, Lesson, Proposal, ResultLine, ReviewFacts, State, Tried
from scoring.board import KpiResult, UnitScore
from scoring.calendar import Period
from scoring.definitions import Change
from scoring.explain import points_lost
from scoring.forms import PeriodKind
from scoring.waterfall import Waterfall
from wall.definitions.history import applications
from wall.desk.desk import Desk
from wall.desk.permits import EXPORT, REVIEW, REVIEW_WRITE, WHAT_IF
from wall.followup.ledger import Followup, Ledger
from wall.followup.seen import seen as seen_items
from wall.people.permits import Permit
from wall.people.viewer import current_viewer
from wall.results.explaining import Explainer
from wall.results.frozen_results import frozen_results
from wall.results.past import Past
from wall.results.period_names import period_name, period_named
from wall.results.timeline import Kind, Timelines
from wall.sight.seen_story import seen_waterfall
from wall.sight.visible import Visible

from .ledger import Proposed, ReviewLedger

KINDS: tuple[PeriodKind, ...] = ("week", "month", "quarter", "year")
#: The parts that a period's course is drawn by, and how many periods of a kind are offered.
_PARTS: Mapping[PeriodKind, Kind] = {"week": "day", "month": "day", "quarter": "week", "year": "month"}
_OFFERED = 24
#: A course that begins farther back is left out: its parts would take too long to count.
_MOST_PARTS = 75
#: Moments of a time line that anybody reads.
_MOST_TRIED = 60

Results = tuple[UnitScore | None, Mapping[str, KpiResult]]


class Book(Protocol):
    """Knows alerts of a span."""

    def between(self, seen: Visible, start_ms: int, end_ms: int) -> list[AlertFact]:
        """The alerts that stood at any moment of a span, as far as they are seen."""


@dataclass(frozen=True, slots=True)
class Reviews:
    """What reviews are made from."""

    desk: Desk
    explainer: Explainer
    timelines: Timelines
    items: Ledger
    concluded: ReviewLedger
    book: Book | None = None

    def facts(self, unit: str, name: str, found: Lookup, *also: Permit) -> ReviewFacts:
        """The review of a unit that is seen, as far as further permits reach, too; raises `NoPeriod`."""
        desk, period = self.desk, period_named(name, self.desk.calendar)
        return _Review(self, unit, period, found, _Eyes(desk, period, (REVIEW, *also))).facts()

    def conclusions(self, unit: str, name: str, found: Lookup) -> ReviewFacts:
        """The same, with lessons and proposals only."""
        desk, period = self.desk, period_named(name, self.desk.calendar)
        return _Review(self, unit, period, found, _Eyes(desk, period, (REVIEW,))).conclusions()


class _Eyes:
    """What the viewer sees of a period by all permits: today, and as the tree was at its end."""

    def __init__(self, desk: Desk, period: Period, permits: Sequence[Permit]) -> None:
        self.today = [desk.visible(one) for one in permits]
        at_ms = min(period.end_ms - 1, desk.now_ms)
        self.all = [*self.today, *(desk.visible(one, at_ms) for one in permits)]

    def kpi(self, unit: str, kpi: str) -> bool:
        """Whether a KPI's numbers are shown."""
        return all(one.sees_kpi(unit, kpi) for one in self.all)

    def score(self, unit: str) -> bool:
        """Whether a unit's score is shown."""
        return all(one.sees_score(unit) for one in self.all)

    def moved(self, found: Waterfall | None) -> Waterfall | None:
        """A waterfall as all of them show it."""
        for one in self.all:
            found = None if found is None else seen_waterfall(found, one)
        return found

    def items(self, state: Followup) -> Followup:
        """Notes, actions and decisions that all of them show today."""
        for one in self.today:
            state = seen_items(state, one)
        return state

    def alerts(self, book: Book, start_ms: int, end_ms: int) -> list[AlertFact]:
        """The alerts that all of them show today."""
        first, *others = (book.between(one, start_ms, end_ms) for one in self.today)
        known = [{one.id for one in other} for other in others]
        return [one for one in first if all(one.id in ids for ids in known)]

    def changes(self) -> Sequence[Change]:
        """The dated changes as the narrowest of them shows them."""
        return min((one.model.changes for one in self.today), key=len)


class _Review:
    """One review."""

    def __init__(self, reviews: Reviews, unit: str, period: Period, found: Lookup, eyes: _Eyes) -> None:
        self.of, self.unit, self.period, self.found, self.eyes = reviews, unit, period, found, eyes
        self.desk, self.words = reviews.desk, found.words
        self.calendar = self.desk.calendar
        self.before = self.calendar.period_at(period.kind, period.start_ms - 1)
        self.end_ms = min(period.end_ms, self.desk.now_ms)
        self.name = period_name(period, self.calendar)
        self.first_ms = self.desk.first_ms()

    def facts(self) -> ReviewFacts:
        viewer = current_viewer()
        closed, before_closed = self._closed(self.period), self._closed(self.before)
        # What is counted in part is not compared with.
        compared = before_closed or self.before.start_ms >= self.first_ms
        now, former = self._results(self.period), self._results(self.before) if compared else (None, {})
        state: State = "running" if self.period.end_ms > self.desk.now_ms else "closed" if closed else "over"
        score, score_before = (self._score(one) for one in (now, former))
        moved = self.eyes.moved(self._moved()) if score is not None and score_before is not None else None
        tried, more = self._tried()
        may_write = viewer.kind == "person" and self.desk.visible(REVIEW_WRITE).sees_score(self.unit)
        return ReviewFacts(
            unit=self.unit,
            period=self.name,
            title=self.desk.period_title(self.period, self.words),
            state=state,
            start_ms=self.period.start_ms,
            end_ms=self.end_ms,
            before_title=self.desk.period_title(self.before, self.words),
            kinds=self._kinds(),
            periods=self._periods(),
            units=unit_choices(self.found, self.unit),
            score=score,
            score_before=score_before,
            lines=self._lines(now, former),
            moved=moved,
            moved_note=self._moved_note(moved, score),
            course=self._course(),
            tried=tried,
            more_tried=more,
            lessons=self._lessons(viewer.name),
            proposals=self._proposals(viewer.name),
            before_in_part=not compared,
            in_part=not closed and self.period.start_ms < self.first_ms < self.end_ms,
            may_write=may_write,
            may_try=self._may_try(),
            may_export=EXPORT.admits(viewer) and self.desk.visible(EXPORT).sees_score(self.unit),
        )

    def conclusions(self) -> ReviewFacts:
        """Only lessons and proposals, of which the rest of the page knows nothing."""
        name = current_viewer().name
        return ReviewFacts(
            self.unit, self.name, self.desk.period_title(self.period, self.words), "over", self.period.start_ms,
            self.end_ms, "", (), (), (), lessons=self._lessons(name), proposals=self._proposals(name),
            may_try=self._may_try(),
        )  # fmt: skip

    def _may_try(self) -> bool:
        return WHAT_IF.admits(current_viewer()) and self.desk.visible(WHAT_IF).has_unit(self.unit)

    def _closed(self, period: Period) -> bool:
        named = {period_name(period, self.calendar): period}
        return bool(frozen_results(self.desk.site.journal, named, self.unit))

    def _results(self, period: Period) -> Results:
        """Frozen where the period is closed; before anything was counted there are none."""
        frozen = frozen_results(self.desk.site.journal, {period_name(period, self.calendar): period}, self.unit)
        if period in frozen:
            return frozen[period]
        if period.end_ms <= self.first_ms or period.start_ms > self.desk.now_ms:
            return None, {}
        found = Past(self.desk.site, self.desk.applied).at(min(period.end_ms, self.desk.now_ms))
        kpis = {kpi: result for (unit, kpi), result in found.kpis.items() if unit == self.unit}
        return found.units.get(self.unit), kpis

    def _score(self, results: Results) -> int | None:
        return results[0].score if results[0] is not None and self.eyes.score(self.unit) else None

    def _lines(self, now: Results, before: Results) -> list[ResultLine]:
        """What is seen, most points lost first."""
        shown = [one for kpi, one in now[1].items() if self.eyes.kpi(self.unit, kpi) and kpi in self.found.kpis]
        whole = list(now[1].values()) if self.eyes.score(self.unit) else shown
        lines = [ResultLine(one, points_lost(one, whole), before[1].get(one.kpi)) for one in shown]
        return sorted(lines, key=lambda line: -(line.lost or 0))

    def _moved(self) -> Waterfall | None:
        return self.of.explainer.waterfall(self.unit, self.period.start_ms, self.end_ms)

    def _moved_note(self, moved: Waterfall | None, score: int | None) -> str:
        """Says so where events that came late make another score than was frozen."""
        if moved is None or score is None or formats.score(moved.end) == formats.score(score):
            return ""
        return self.words("review.moved.late", score=formats.score(moved.end))

    def _course(self) -> list[CoursePoint]:
        """How it went, by the parts of the period; nothing for one that lies far back."""
        part = _PARTS.get(self.period.kind)
        if part is None or not self.eyes.score(self.unit):
            return []
        count, running = 1, self.calendar.period_at(part, self.desk.now_ms)
        while running.start_ms > self.period.start_ms and count <= _MOST_PARTS:
            running, count = self.calendar.period_at(part, running.start_ms - 1), count + 1
        if count > _MOST_PARTS:
            return []
        inside = [
            one for one in self.of.timelines.of(self.unit, part, count)
            if self.period.start_ms < one.end_ms <= self.period.end_ms or (one.running and self.end_ms > one.start_ms)
        ]  # fmt: skip
        return [self._point(one.start_ms, one.end_ms, one.score, one.kpis) for one in inside]

    def _point(
        self, start_ms: int, end_ms: int, score: UnitScore | None, kpis: Mapping[str, KpiResult]
    ) -> CoursePoint:  # fmt: skip
        label = moments.day(self.calendar.business_date(start_ms), self.words)
        attained = {kpi: one.attainment for kpi, one in kpis.items() if self.eyes.kpi(self.unit, kpi)}
        return CoursePoint(label, end_ms, None if score is None else score.score, attained)

    def _tried(self) -> tuple[list[Tried], int]:
        """The newest moments of the unit and those below it, oldest first, and how many more there are."""
        below = set(_below(self.found, self.unit))
        items = self.eyes.items(self.of.items.state())
        moments_ = [*_of_items(items), *self._alerts(), *self._changes(below)]
        inside = [
            one for one in moments_
            if self.period.start_ms <= one.at_ms < self.period.end_ms and one.unit in below
        ]  # fmt: skip
        inside.sort(key=lambda one: one.at_ms)
        return inside[-_MOST_TRIED:], max(0, len(inside) - _MOST_TRIED)

    def _alerts(self) -> Iterator[Tried]:
        if self.of.book is None:
            return
        for one in self.eyes.alerts(self.of.book, self.period.start_ms, self.end_ms):
            title = self.found.text(one.title)
            yield Tried(one.fired_ms, "fired", one.unit, one.kpi, title)
            if one.resolved_ms is not None:
                yield Tried(one.resolved_ms, "resolved", one.unit, one.kpi, title)

    def _changes(self, below: set[str]) -> Iterator[Tried]:
        """Definitions that came into force; of changes only what is seen of them is in the seen model."""
        for change in self.eyes.changes():
            if _concerns(change, below):
                at_ms = self.calendar.day_start_ms(change.from_)
                kpis = list(change.kpis)
                yield Tried(at_ms, "change", self.unit, kpis[0] if len(kpis) == 1 else "", change.reason, change.author)

    def _lessons(self, name: str) -> list[Lesson]:
        if not self.eyes.score(self.unit):
            return []
        held = self.of.concluded.state().learned.values()
        mine = (one for one in held if (one.unit, one.period) == (self.unit, self.name))
        return [Lesson(one.id, one.kind, one.text, one.author_title, one.at_ms, one.author == name) for one in mine]

    def _proposals(self, name: str) -> list[Proposal]:
        held = self.of.concluded.state().proposed.values()
        mine = [one for one in held if (one.unit, one.period) == (self.unit, self.name)
                and self.eyes.score(self.unit) and self.eyes.kpi(one.unit, one.kpi)]  # fmt: skip
        known = applications(self.desk.site.journal) if mine else []
        applied = partial(_applied, [(one.number, one.applied_ms, one.reason) for one in known])
        return [
            Proposal(one.id, one.kpi, one.field, one.value, one.reason, one.author_title, one.at_ms,
                     one.author == name, applied(one))
            for one in mine
        ]  # fmt: skip

    def _kinds(self) -> list[Choice]:
        at_ms = min(self.period.end_ms - 1, self.desk.now_ms)
        return [
            Choice(period_name(self.calendar.period_at(kind, at_ms), self.calendar), self.words(f"review.kind.{kind}"),
                   kind == self.period.kind)
            for kind in KINDS
        ]  # fmt: skip

    def _periods(self) -> list[Choice]:
        periods = self.desk.periods(self.period.kind, _OFFERED)
        if self.period not in periods:
            periods.append(self.period)
        return [
            Choice(period_name(one, self.calendar), self.desk.period_title(one, self.words), one == self.period)
            for one in periods
        ]


def mark_of(proposal_id: str) -> str:
    """What the reason of an application names a proposal by."""
    return f"#{proposal_id[:8]}"


def _applied(known: Sequence[tuple[int, int, str]], proposal: Proposed) -> int | None:
    """The first application after a proposal that names it."""
    mark = mark_of(proposal.id)
    return next((number for number, at_ms, why in known if at_ms >= proposal.real_ms and mark in why), None)


def _concerns(change: Change, below: set[str]) -> bool:
    """Whether a change may be felt at any of these units: what it says of single other units is not."""
    if below & change.units.keys():
        return True
    for one in change.kpis.values():
        settings = [getattr(one, name) for name in one.model_fields_set]
        if any(not isinstance(setting, dict) or below & setting.keys() for setting in settings):
            return True
    return False


def _of_items(items: Followup) -> Iterator[Tried]:
    """Notes, decisions, and actions as they began and ended."""
    for note in items.notes.values():
        yield Tried(note.at_ms, "note", note.anchor.unit, note.anchor.kpi, note.text, note.author_title)
    for kept in items.decisions.values():
        yield Tried(kept.at_ms, "decision", kept.anchor.unit, kept.anchor.kpi, kept.text, kept.author_title)
    for one in items.actions.values():
        yield Tried(one.at_ms, "action", one.anchor.unit, one.anchor.kpi, one.title, one.owner_title)
        if one.ended_ms is not None:
            text = f"{one.title}: {one.outcome}" if one.outcome else one.title
            yield Tried(one.ended_ms, "ended", one.anchor.unit, one.anchor.kpi, text, one.owner_title)


def _below(found: Lookup, unit: str) -> Iterator[str]:
    yield unit
    for child in found.children(unit):
        yield from _below(found, child.id)

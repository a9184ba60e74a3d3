"""What-if for a site: a change tried out on the running period and on past ones, before anything is applied."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from scoring.board import UnitScore
from scoring.calendar import BusinessCalendar
from scoring.compile import compile_scorecard
from scoring.definitions import Change, Model
from scoring.rescore import Scored
from scoring.scorecard import Scorecard
from scoring.what_if import Effect, Uncountable, effects, overlaid, scores_under, with_change
from streams.redis_adapters.site import AppliedModel

from ..board_follower import BoardView
from ..model_check import Finding, check_model
from ..refusal import Refused
from ..results.past import Past
from ..results.pay import pay_lines, unit_grade
from ..results.period_names import period_name, period_named
from ..results.scorecards import Scorecards
from ..wiring import Site
from .apply import put_in_force


@dataclass(frozen=True, slots=True)
class Compared:
    """One unit before and after: scores and ranks, grades, and trial amounts by incentive."""

    effect: Effect
    grade_before: str | None
    grade_after: str | None
    pay_before: Mapping[str, Decimal | None]
    pay_after: Mapping[str, Decimal | None]

    @property
    def moved(self) -> bool:
        """Whether anything of it is another."""
        return self.effect.moved or (self.grade_before, self.pay_before) != (self.grade_after, self.pay_after)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a change would do to the units it touches, in one period; `running` while that still runs."""

    period: str
    running: bool
    units: tuple[Compared, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """A changed model with what the model check says of it; `base` is the number of the application it changes."""

    base: AppliedModel
    model: Model
    changes: tuple[Change, ...]
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> list[Finding]:
        """What keeps it from being applied."""
        return [one for one in self.findings if one.level == "error"]


def trial(base: AppliedModel, changes: Sequence[Change]) -> Trial:
    """Work changes into the model in force and check it whole; only what is new against the base is reported."""
    known = {(one.level, one.message) for one in check_model(base.model)}
    model = base.model
    for change in changes:
        model = with_change(model, change)
    found = [one for one in check_model(model) if (one.level, one.message) not in known]
    return Trial(base, model, tuple(changes), tuple(found))


def compare_running(tried: Trial, view: BoardView, scorecards: Scorecards) -> Comparison:
    """The running periods as the board shows them, as if the changes held today."""
    board = view.board()
    calendar = BusinessCalendar(tried.base.model.calendar)
    today = calendar.business_date(board.as_of_ms)
    before = scorecards.of(tried.base, today)
    after = compile_scorecard(_from(tried, today), today, before)
    fresh = scores_under(after, before, board)
    return Comparison("", True, _compared(tried.model, before, after, board, overlaid(board, fresh)))


def compare_counted(tried: Trial, site: Site, end_ms: int, name: str, running: bool = False) -> Comparison:
    """A period as its counters say, as if the changes had held at its end."""
    past = Past(site, tried.base)
    day = past.last_day(end_ms)
    before, after = past.under(end_ms, lambda own: compile_scorecard(_from(tried, day), day, own))
    return Comparison(name, running, _compared(tried.model, before.scorecard, after.scorecard, before, after))


def compare(
    tried: Trial, site: Site, view: BoardView, periods: Sequence[str] = (), scorecards: Scorecards | None = None
) -> list[Comparison]:
    """The running period, and the named past ones; `scorecards` spares compiling the model in force again."""
    try:
        found = [compare_running(tried, view, scorecards or Scorecards())]
    except Uncountable:
        found = [compare_counted(tried, site, view.board().as_of_ms, "", running=True)]
    calendar = BusinessCalendar(tried.base.model.calendar)
    for name in periods:
        period = period_named(name, calendar)
        if period.end_ms > view.board().as_of_ms:
            raise Refused(f"{name} is not over; it is what the running period shows")
        found.append(compare_counted(tried, site, period.end_ms, period_name(period, calendar)))
    return found


def apply_trial(site: Site, tried: Trial, author: str, reason: str) -> AppliedModel:
    """Put a tried model in force; refused if it has errors or another model came in force meanwhile."""
    if tried.errors:
        raise Refused("; ".join(f"{one.message}; {one.fix}" for one in tried.errors))
    if site.store.following() is not None:
        raise Refused("a newly applied model is still being counted; apply this when it is in force")
    current = site.store.model()
    if current is None or current.number != tried.base.number:
        raise Refused("another model came in force meanwhile; look at the effects again")
    return put_in_force(site, tried.model, author, reason)


def _from(tried: Trial, day: dt.date) -> Model:
    """The tried model with its new changes in force on a day, though they may begin later."""
    model = tried.base.model
    for change in tried.changes:
        model = with_change(model, change.model_copy(update={"from_": min(change.from_, day)}))
    return model


def _compared(
    model: Model, before: Scorecard, after: Scorecard, old: Scored, new: Scored
) -> tuple[Compared, ...]:  # fmt: skip
    pay_before, pay_after = _pay(model, before, old), _pay(model, after, new)

    def grade(card: Scorecard, unit: str, score: UnitScore | None) -> str | None:
        return unit_grade(model, card.nodes[unit], score) if unit in card.nodes else None

    found = (
        Compared(
            effect,
            grade(before, effect.unit, effect.before),
            grade(after, effect.unit, effect.after),
            pay_before.get(effect.unit, {}),
            pay_after.get(effect.unit, {}),
        )
        for effect in effects(before, after, old, new)
    )
    return tuple(one for one in found if one.moved)


def _pay(model: Model, scorecard: Scorecard, scored: Scored) -> dict[str, dict[str, Decimal | None]]:
    """Trial amounts by unit and incentive."""
    found: dict[str, dict[str, Decimal | None]] = {}
    for incentive in model.incentives:
        for line in pay_lines(model, incentive, scorecard, scored):
            found.setdefault(line.unit, {})[incentive.id] = line.amount
    return found

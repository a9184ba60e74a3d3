"""Boards of any shape for a small organisation: group, two plants, three lines each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from fractions import Fraction

from hypothesis import strategies as st

from scoring.board import POINT, WEIGHT, Board, KpiResult, Status, UnitScore
from scoring.definitions import Calendar, Kpi, Model, Unit
from wall.followup.items import Action, Anchor, Standing

#: A Wednesday, 10:00 UTC.
NOW_MS = int(dt.datetime(2026, 3, 18, 10, tzinfo=dt.UTC).timestamp() * 1000)
DAY_MS = 86_400_000
PLANTS = ("north", "south")
LINES = {plant: tuple(f"{plant}-{at}" for at in (1, 2, 3)) for plant in PLANTS}
KPIS = ("output", "quality", "energy", "safety")
UNITS = ("group", *PLANTS, *(line for lines in LINES.values() for line in lines))


def organisation() -> Model:
    """The model: every KPI stands at every unit; output accrues."""
    units = [Unit(id="group", title="Group", kind="company")]
    units += [Unit(id=one, title=one.title(), kind="plant", parent="group") for one in PLANTS]
    units += [Unit(id=line, title=line.title(), kind="line", parent=plant) for plant in PLANTS for line in LINES[plant]]
    kpis = [
        Kpi(
            id=one, title=one.title(), value="m", applies_to=["company", "plant", "line"], target=100,
            weight=10 * (at + 1), accrues=one == "output", direction="lower" if one == "energy" else "higher",
        )
        for at, one in enumerate(KPIS)
    ]  # fmt: skip
    calendar = Calendar(zone="UTC", working_days=["mon", "tue", "wed", "thu", "fri"])
    # Made without its checks: an agenda asks nothing of events, metrics or scenes.
    return Model.model_construct(name="org", title="Org", version="1", sources=[], events=[], metrics=[], scenes=[],
                                 units=units, kpis=kpis, calendar=calendar)  # fmt: skip


def result(unit: str, kpi: str, status: Status, since_ms: int | None, score: int | None = 50) -> KpiResult:
    """A result whose contribution is its score's share of the unit's weights."""
    weight = 10 * (KPIS.index(kpi) + 1) * WEIGHT
    points = None if score is None or status is Status.UNKNOWN else score * POINT
    share = Fraction(weight, 100 * WEIGHT)
    value = None if points is None else Fraction(score or 0)
    attained = {Status.GOOD: Fraction(1), Status.WATCH: Fraction(96, 100), Status.BAD: Fraction(8, 10)}.get(status)
    return KpiResult(
        unit, kpi, NOW_MS - 17 * DAY_MS, NOW_MS + 14 * DAY_MS, Fraction(1, 2), value, Fraction(100), Fraction(50),
        attained, points, weight, None if points is None else int(points * share), status, NOW_MS, since_ms,
    )  # fmt: skip


def board(results: Mapping[tuple[str, str], KpiResult]) -> Board:
    """A board of these results."""
    return Board(7, "v1", NOW_MS, kpis=dict(results), units={
        unit: UnitScore(unit, 90 * POINT, Status.WATCH, Fraction(1), NOW_MS - DAY_MS, 90 * POINT) for unit in UNITS
    })  # fmt: skip


def action(name: str, unit: str, kpi: str, due: dt.date, owner: str = "ann", state: str = "open") -> Action:
    """An action."""
    return Action(name, Anchor(unit, kpi), f"do {name}", owner, owner.title(), due, "bob", "Bob", NOW_MS,
                  Standing(), state=state)  # type: ignore[arg-type]  # fmt: skip


_STATUS = st.sampled_from(list(Status))
_SINCE = st.one_of(st.none(), st.integers(NOW_MS - 30 * DAY_MS, NOW_MS))


@st.composite
def boards(draw: st.DrawFn) -> Board:
    """Any board: each cell may be missing, unknown, good, watched or bad, since any moment of a month."""
    found = {}
    for unit in UNITS:
        for kpi in KPIS:
            if draw(st.integers(0, 9)):
                found[unit, kpi] = result(unit, kpi, draw(_STATUS), draw(_SINCE), draw(st.integers(0, 100)))
    return board(found)


@st.composite
def actions(draw: st.DrawFn) -> list[Action]:
    """Some actions, open or not, due around now, owned by people of any unit."""
    today = dt.date(2026, 3, 18)
    return [
        action(
            f"a{at}", draw(st.sampled_from(UNITS)), draw(st.sampled_from(KPIS)),
            today + dt.timedelta(days=draw(st.integers(-9, 9))), draw(st.sampled_from(["ann", "head"])),
            draw(st.sampled_from(["open", "done", "dropped"])),
        )
        for at in range(draw(st.integers(0, 6)))
    ]  # fmt: skip

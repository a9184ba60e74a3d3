"""Targets reached in the running period, and the one that is closest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from scoring.board import Freshness, KpiResult, Status
from scoring.definitions import Kpi, Unit
from scoring.scenes import CelebrationTile

from .formats import text_width
from .kpi_head import stands
from .kpi_view import form_for, heard_ms
from .lookup import Json, Lookup, ShownScene, View
from .room import Slots, line_size, rooms, slots

#: Padding at the sides with the glyph; head, the newest and the closest one; a row, in u.
SIDES, GLYPH, ALWAYS, ROW = 56, 36, 226, 56
#: Sizes of the closest one's name, and what stands beside it.
NEXT_SIZE, SMALLEST, SHARE = 20, 18, 52
#: Of these many the page is told, to celebrate those that are new.
MOST_TOLD = 24


@dataclass(frozen=True, slots=True)
class Goal:
    """A KPI at a unit that counts towards the tile; `share` is how much of the whole period's target is there."""

    kpi: Kpi
    unit: Unit
    result: KpiResult | None

    @property
    def share(self) -> Fraction | None:
        """None while the value is unknown, or nothing is to be reached."""
        if self.result is None or self.result.value is None or self.result.target <= 0:
            return None
        return self.result.value / self.result.target


def goals(found: Lookup, scene: ShownScene, tile: CelebrationTile) -> list[Goal]:
    """What can be reached before its period ends: KPIs that accrue and are better when higher."""
    units = [found.units[scene.unit], *(found.below(scene.unit, tile.of) if tile.of else [])]
    kpis = [kpi for kpi in found.model.kpis if kpi.accrues and kpi.direction == "higher"]
    kpis = [kpi for kpi in kpis if not tile.kpis or kpi.id in tile.kpis]
    return [
        Goal(kpi, unit, found.board.kpis.get((unit.id, kpi.id)))
        for unit in units for kpi in kpis if stands(found, unit.id, kpi.id)
    ]  # fmt: skip


def reached_slots(found: Lookup, scene: ShownScene, tile: CelebrationTile) -> Slots:
    """How many of the others fit below the newest; 0 where there is room for none."""
    most = max(0, len(goals(found, scene, tile)) - 1)
    fit = slots(tile, ALWAYS, ROW)
    landscape, upright = (room.height >= ALWAYS + ROW for room in rooms(tile))
    return Slots(min(most, fit.landscape) * landscape, min(most, fit.portrait) * upright)


def celebration_view(found: Lookup, scene: ShownScene, tile: CelebrationTile) -> View:
    """The head under `reached.*`, the newest under `goal.0.*`, the others after it, the closest under `next.*`."""
    every = goals(found, scene, tile)
    reached = sorted((goal for goal in every if (goal.share or 0) >= 1), key=_newest_first)
    words, fit = found.words, reached_slots(found, scene, tile)
    inner = min(room.width for room in rooms(tile)) - SIDES
    view: View = {
        "reached.title": words("reached.title"),
        "reached.count": words("reached.count", n=len(reached), all=len(every)) if every else "",
        "reached.any": bool(reached),
        "reached.none": "" if reached else words("reached.none" if every else "reached.nothing"),
        "reached.freshness": _freshness(found, reached).value,
        "celebrate.reached": [_told(found, goal) for goal in reached[:MOST_TOLD]],
    }
    for index in range(fit.most + 1):
        view |= _goal(found, scene, reached[index] if index < len(reached) else None, f"goal.{index}", inner - GLYPH)
    return view | _next(
        found, scene, [goal for goal in every if goal.share is not None and goal.share < 1], inner - SHARE
    )


def _newest_first(goal: Goal) -> tuple[int, str, str]:
    """By since when its status has been good; else by its last event."""
    result = goal.result
    since = None if result is None or result.status is not Status.GOOD else result.since_ms
    return -(since or (result.event_ms if result else None) or 0), goal.kpi.id, goal.unit.id


def _freshness(found: Lookup, shown: Sequence[Goal]) -> Freshness:
    states = {found.freshness(goal.kpi.id) for goal in shown}
    return next((state for state in (Freshness.SILENT, Freshness.STALE) if state in states), Freshness.LIVE)


def _told(found: Lookup, goal: Goal) -> dict[str, Json]:
    """What is celebrated: only what does not change with every event."""
    assert goal.result is not None
    form = form_for(found, goal.kpi, goal.result.target)
    number = form.value(goal.result.target)
    return {
        "id": f"{goal.kpi.id}@{goal.unit.id}@{goal.result.period_start_ms}",
        "words": found.words("reached.words"),
        "name": found.text(goal.kpi.title),
        "goal": number,
        "measure": form.unit,
        "em": round(text_width(number, 1) * 1.15, 2),
        "unit": found.text(goal.unit.title),
    }


def _name(found: Lookup, scene: ShownScene, goal: Goal) -> str:
    name = found.short(goal.kpi)
    return name if goal.unit.id == scene.unit else f"{found.short(goal.unit)} · {name}"


def _goal(found: Lookup, scene: ShownScene, goal: Goal | None, prefix: str, room: float) -> View:
    if goal is None or goal.result is None:
        names = ("shown", "name", "size", "value", "goal", "status", "event_ms")
        return dict.fromkeys(f"{prefix}.{name}" for name in names)
    form, fresh = form_for(found, goal.kpi, goal.result.target), found.freshness(goal.kpi.id)
    name = _name(found, scene, goal)
    return {
        f"{prefix}.shown": True,
        f"{prefix}.name": name,
        f"{prefix}.size": line_size(name, room),
        f"{prefix}.value": form.value(goal.result.value),
        f"{prefix}.goal": f"/ {form.target(goal.result.target, brief=True)}",
        f"{prefix}.status": "good" if fresh is Freshness.LIVE else fresh.value,
        f"{prefix}.event_ms": heard_ms(found, goal.result, fresh),
    }


def _next(found: Lookup, scene: ShownScene, open_goals: Sequence[Goal], room: float) -> View:
    """The goal that has most of its target."""
    closest = max(open_goals, key=lambda goal: (goal.share or 0, goal.kpi.id, goal.unit.id), default=None)
    if closest is None:
        return {"next.shown": False, "next.name": "", "next.size": "l", "next.share": "", "next.bar": None}
    name = _name(found, scene, closest)
    choices = ((found.words("reached.next", name=name), NEXT_SIZE), (name, NEXT_SIZE), (name, SMALLEST))
    fitting = (text for text, size in choices if text_width(text, size) <= room)
    shown = next(fitting, found.short(closest.kpi))
    return {
        "next.shown": True,
        "next.name": shown,
        "next.size": "l" if text_width(shown, NEXT_SIZE) <= room else "s",
        "next.share": f"{int((closest.share or 0) * 100)}%",  # never 100 % before it is reached
        "next.bar": round(float(closest.share or 0), 4),
    }

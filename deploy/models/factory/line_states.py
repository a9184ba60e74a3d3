"""What each line does: running, stopped, slow, changing over or idle; sent whenever that changes.

Stops are those that the hour's production already has; slow running and change-overs are drawn from seeds of their own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from deploy.models.factory import plant
from deploy.models.factory.happening import Happening
from deploy.models.factory.plant import LINES, Line

#: A line changes over after so many hours, to an order of its own; lines do so in turn.
ORDER_HOURS = 110
#: How likely a second line is slow for a part of an hour; one is slow for most of any hour.
SECOND_SLOW = 0.4


@dataclass(frozen=True, slots=True)
class Phase:
    """Seconds of an hour in which a line does not just run, and why."""

    start: int
    end: int
    state: str
    reason: str | None = None
    owner: str | None = None
    planned_min: int | None = None


def line_states(seed: int, day: int, hour: int, production: Iterable[Happening]) -> list[Happening]:
    """The changes of state in an hour of a local day; `production` is what else happens in it."""
    date = dt.date(1970, 1, 1) + dt.timedelta(days=day)
    if not plant.works(date):
        return []
    opens = hour == 0 and not plant.works(date - dt.timedelta(days=1))
    closes = hour == 23 and not plant.works(date + dt.timedelta(days=1))
    stops = _stops(production)
    slow = _slow(Random(f"rate {seed} {day} {hour}"))
    found: list[Happening] = []
    for number, line in enumerate(LINES):
        change_over = _change_over(Random(f"change-over {seed} {day} {hour} {line.id}"), number, day * 24 + hour)
        idle = [Phase(3599, 3600, "idle", "计划停产")] if closes else []
        phases = [*idle, *stops.get(line.id, []), *change_over, *slow.get(line.id, [])]
        begins = change_over[0].start if change_over else 0
        for second, phase in _changes(phases, number if opens else None):
            order = _order(line, number, day * 24 + hour - (second < begins))
            data = {"line": line.id, **order, **_said(phase)}
            found.append(Happening(float(second), "line.state", "mes", line.id, data))
    return found


def _changes(phases: list[Phase], opens: int | None) -> Iterator[tuple[int, Phase | None]]:
    """When the line does something else, and what; of phases that overlap the first counts, None is running."""
    moments = {moment for phase in phases for moment in (phase.start, phase.end) if moment < 3600}
    known, current = opens is None, None
    for second in sorted(moments | ({opens} if opens is not None else set())):
        now = next((phase for phase in phases if phase.start <= second < phase.end), None)
        if now is not current or not known:
            yield second, now
        known, current = True, now


def _said(phase: Phase | None) -> dict[str, Any]:
    if phase is None:
        return {"state": "running"}
    said = {"reason": phase.reason, "owner": phase.owner, "planned_min": phase.planned_min}
    return {"state": phase.state, **{name: value for name, value in said.items() if value is not None}}


def _stops(production: Iterable[Happening]) -> dict[str, list[Phase]]:
    """The hour's stops by line; what began before the hour is said at its start."""
    found: dict[str, list[Phase]] = {}
    for one in production:
        if one.type == "line.stopped":
            end, reason = int(one.second), one.data["reason"]
            start = max(0, end - one.data["stopped_s"])
            found.setdefault(one.unit, []).append(Phase(start, end, "stopped", reason, plant.STOP_OWNERS[reason]))
    return {line: sorted(stops, key=lambda stop: stop.start) for line, stops in found.items()}


def _slow(rng: Random) -> dict[str, list[Phase]]:
    """One line is slow for most of the hour, sometimes another one for a part of it."""
    first, second = _weak_lines(rng)
    found = {first.id: [_slow_phase(rng, first, rng.randrange(120, 900), rng.randrange(2280, 3480))]}
    if rng.random() < SECOND_SLOW:
        start = rng.randrange(60, 2400)
        found[second.id] = [_slow_phase(rng, second, start, start + rng.randrange(420, 1140))]
    return found


def _weak_lines(rng: Random) -> tuple[Line, Line]:
    """Two lines; what stops more often is slow more often."""
    first, second = rng.choices(LINES, [line.stops for line in LINES], k=2)
    return first, second if second is not first else LINES[LINES.index(first) - 1]


def _slow_phase(rng: Random, line: Line, start: int, end: int) -> Phase:
    return Phase(start, end, "slow", rng.choice(plant.SLOW_REASONS[line.stage]), plant.FOREMEN[line.plant])


def _change_over(rng: Random, number: int, hour: int) -> list[Phase]:
    if (hour + _offset(number)) % ORDER_HOURS:
        return []
    planned_min = rng.choice((15, 20, 25, 30))
    start = rng.randrange(300, 1500)
    end = start + int(planned_min * 60 * rng.uniform(0.8, 1.15))
    return [Phase(start, end, "changeover", "换型", plant.TOOLING, planned_min)]


def _order(line: Line, number: int, hour: int) -> dict[str, str]:
    """The order that a line works on in an hour since the epoch, and its product."""
    turn = (hour + _offset(number)) // ORDER_HOURS
    begins = dt.date(1970, 1, 1) + dt.timedelta(hours=turn * ORDER_HOURS - _offset(number))
    models = plant.MODELS[line.id]
    return {"order": f"MO-{begins:%y}{(turn * len(LINES) + number) % 1000:03}", "product": models[turn % len(models)]}


def _offset(number: int) -> int:
    """Spreads the change-overs of the lines over the hours."""
    return number * ORDER_HOURS // len(LINES)

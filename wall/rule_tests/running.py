"""Running a rule test: step by step through what the alert service does, compared with what is expected."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scoring.alerts.alert import Alert, Phase
from scoring.alerts.folding import stand_ins
from scoring.definitions import Model
from scoring.editions import edition
from wall.alerts.replay_telling import Watch

from .boards import Boards, InputFaulty
from .files import Expected, Placed, ToldSoFar


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that is not as expected: at which moment, what, and its lines with - (missing) and + (too much)."""

    file: str
    line: int
    test: str
    moment: str
    what: str
    lines: tuple[str, ...]


def run_test(model: Model, placed: Placed) -> list[Difference]:
    """Everything that is not as a test expects; an input that the model can't take is one of it."""
    test = placed.test
    try:
        unknown = sorted(set(test.rules) - {rule.id for rule in model.alerts})
        if unknown:
            raise InputFaulty(f"rule {unknown[0]!r} is unknown; name alert rules of the model")
        return list(_differences(model, placed))
    except InputFaulty as fault:
        return [Difference(placed.file, placed.line, test.name, "", str(fault), ())]


def _differences(model: Model, placed: Placed) -> Iterator[Difference]:
    test = placed.test
    boards = Boards(model, test)
    day = edition(model, boards.day)
    if test.rules:
        day = day.model_copy(update={"alerts": [rule for rule in day.alerts if rule.id in test.rules]})
    watch = Watch(day)
    last_s = max(one.at for one in test.expect)
    steps = range(max(boards.steps, last_s // test.interval + 1))
    looks = sorted(zip(test.expect, placed.lines, strict=True), key=lambda one: one[0].at)
    for step in steps:
        watch.take(boards.board(step), None)
        while looks and looks[0][0].at < (step + 1) * test.interval:
            expected, line = looks.pop(0)
            moment_ms = boards.start_ms + expected.at * 1000
            watch.until(moment_ms + 1)
            for what, lines in _unlike(expected, day, watch):
                yield Difference(placed.file, line, test.name, boards.words(moment_ms), what, lines)


def _unlike(expected: Expected, model: Model, watch: Watch) -> Iterator[tuple[str, tuple[str, ...]]]:
    alerts = list(watch.standing)
    standing = {one.id: one for one in alerts if one.stands}
    folded = stand_ins(standing.values(), model)
    over = {_name(one) for one in watch.over if one.phase is Phase.RESOLVED}
    held = {
        "pending": {_name(one) for one in alerts if one.phase is Phase.PENDING},
        "firing": {_name(one) for one in standing.values()},
        "resolved": over - {_name(one) for one in standing.values()},
        "folded": {_name(standing[one]) for one in folded},
    }
    for what, found in held.items():
        wanted = getattr(expected, what)
        if wanted is not None and (lines := _diff(set(map(_tidy, wanted)), found)):
            yield what, lines
    told = expected.told or ToldSoFar()
    for what, wanted in (("fired", told.fired), ("recovered", told.recovered)):
        count = sum(one.kind == what for one in watch.messages)
        if wanted is not None and wanted != count:
            yield f"messages told ({what})", (f"- {wanted}", f"+ {count}")


def _diff(wanted: set[str], found: set[str]) -> tuple[str, ...]:
    return (*(f"- {one}" for one in sorted(wanted - found)), *(f"+ {one}" for one in sorted(found - wanted)))


def _name(alert: Alert) -> str:
    return f"{alert.key.rule} {alert.key.unit} {alert.key.kpi}".rstrip()


def _tidy(name: str) -> str:
    return " ".join(name.split())

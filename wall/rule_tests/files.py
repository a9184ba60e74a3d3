"""Files of rule tests: their form, and where each part of them stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Self

import yaml
from pydantic import BeforeValidator, Field, ValidationError, field_validator, model_validator

from scoring.forms import Definition, DurationS, NameId, UnitId
from wall.definitions.model_folder import UNREADABLE

from .series import Series, series


def _series(text: object) -> Series:
    return text if isinstance(text, Series) else series(str(text))


SeriesText = Annotated[Series, BeforeValidator(_series)]


class Input(Definition):
    """What one KPI, one unit's score or one source does; a series has one item for each step."""

    unit: UnitId | None = None
    kpi: NameId | None = None
    source: NameId | None = None
    values: SeriesText | None = None
    attainments: SeriesText | None = None
    scores: SeriesText | None = None
    statuses: SeriesText | None = None
    forecasts: SeriesText | None = None
    events: SeriesText | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.source is None) == (self.unit is None):
            raise ValueError("give either unit or source")
        if (self.source is not None) != (self.events is not None):
            raise ValueError("a source has events (yes, or - for none), and nothing else has")
        read = [one for one in (self.values, self.attainments, self.scores, self.statuses) if one is not None]
        if self.unit is not None and len(read) != 1:
            raise ValueError("give one of values, attainments, scores and statuses")
        if self.unit is not None and self.kpi is None and self.scores is None and self.statuses is None:
            raise ValueError("a unit without kpi has scores or statuses")
        return self


class ToldSoFar(Definition):
    """How many messages there were until a moment."""

    fired: int | None = None
    recovered: int | None = None


class Expected(Definition):
    """How it must be at a moment after the start; what is left out is not looked at.

    Alerts are named `RULE UNIT KPI`, without KPI where the rule is about the unit's score.
    """

    at: DurationS
    pending: list[str] | None = None
    firing: list[str] | None = None
    resolved: list[str] | None = None
    folded: list[str] | None = None
    told: ToldSoFar | None = None

    @field_validator("pending", "firing", "resolved", "folded")
    @classmethod
    def _names(cls, given: list[str] | None) -> list[str] | None:
        for one in given or ():
            if len(one.split()) not in (2, 3):
                raise ValueError(f"{one!r} names no alert; write RULE UNIT KPI")
        return given

    def names(self) -> list[str]:
        """All alerts that are named."""
        return [one for held in (self.pending, self.firing, self.resolved, self.folded) for one in held or ()]


class RuleTest(Definition):
    """One test: inputs from a start on, step by step, and what must come of them."""

    name: str
    start: dt.datetime = Field(description="by the calendar's clock")
    interval: DurationS = Field(60, gt=0)
    rules: list[NameId] = Field([], description="only these rules; none: all")
    inputs: list[Input] = Field(min_length=1)
    expect: list[Expected] = Field(min_length=1)


class _File(Definition):
    tests: list[RuleTest]


@dataclass(frozen=True, slots=True)
class Placed:
    """A test with its file, its line and the lines of what it expects."""

    test: RuleTest
    file: str
    line: int
    lines: tuple[int, ...]


class TestsFaulty(ValueError):
    """A file that can't be used; its message has a line for every fault."""


def read_tests(file: Path) -> list[Placed]:
    """The tests of a file; raises `TestsFaulty` with every fault."""
    try:
        text = file.read_text(encoding="utf-8")
        node, content = yaml.compose(text, Loader=yaml.SafeLoader), yaml.safe_load(text)
        lines = _lines(node)
    except (yaml.YAMLError, OSError, *UNREADABLE) as error:
        mark = getattr(error, "problem_mark", None)
        raise TestsFaulty(f"{file.name}:{mark.line + 1 if mark else 1}: not YAML: {error}; mend the syntax") from None
    try:
        found = _File.model_validate(content)
    except ValidationError as error:
        raise TestsFaulty(
            "\n".join(_fault(file.name, lines, one["loc"], one["msg"]) for one in error.errors())
        ) from None
    return [
        Placed(one, file.name, lines["tests", number],
               tuple(lines["tests", number, "expect", place] for place in range(len(one.expect))))
        for number, one in enumerate(found.tests)
    ]  # fmt: skip


def _fault(file: str, lines: Mapping[tuple[str | int, ...], int], path: tuple[str | int, ...], message: str) -> str:
    held = next((lines[path[:length]] for length in range(len(path), 0, -1) if path[:length] in lines), 1)
    where = ".".join(map(str, path)) or "the file"
    return f"{file}:{held}: {where}: {message}; see docs/alerts.md for the form"


def _lines(node: yaml.Node | None, path: tuple[str | int, ...] = ()) -> dict[tuple[str | int, ...], int]:
    """The line of every part of a document."""
    found: dict[tuple[str | int, ...], int] = {}
    if node is None:
        return found
    found[path] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            found.update(_lines(value, (*path, str(key.value))))
    elif isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            found.update(_lines(item, (*path, number)))
    return found

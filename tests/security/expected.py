"""What must not come out: every token and number of an organisation that a sight does not reach.

Names follow from the looks alone; numbers from what the arithmetic of `tests/sight` has found harmless.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from scoring.board import POINT, KpiResult, UnitScore
from scoring.calendar import BusinessCalendar
from scoring.definitions import Change, KpiChange
from scoring.editions import edition
from tests.desk.counted_site import board_at
from tests.sight.attacker import World, granted
from wall.sight.look import Sight
from wall.sight.visible import former_trees, visible

from .organisation import NOW, NOW_MS, TOKEN
from .ways import Premises

Key = tuple[str, str]
#: A whole number of eight digits and more, and a score as programs get it; smaller ones are told by chance.
NUMBER, SCORE = re.compile(r"\d{8,}"), re.compile(r"\d+\.\d{12}")
_GROUPED = re.compile(r"(?<=\d)[,\u202f\u2009\u00a0](?=\d{3})")


@dataclass(frozen=True)
class Hidden:
    """What of an organisation is not for somebody."""

    tokens: frozenset[str]
    numbers: frozenset[str]

    def in_text(self, text: str, asked: Iterable[str] = ()) -> set[str]:
        """What of it a text tells; what was asked for may be said back."""
        said = set(TOKEN.findall(text))
        for told in (text, _GROUPED.sub("", text)):
            said.update(NUMBER.findall(told))
            said.update(SCORE.findall(told))
        return (said & (self.tokens | self.numbers)) - set(asked)


class Expected:
    """Finds what is hidden from sights of one organisation."""

    def __init__(self, place: Premises) -> None:
        self._made = place.made
        self._model = place.made.model
        self._today = BusinessCalendar(self._model.calendar).business_date(NOW_MS)
        self._standing = edition(self._model, self._today)
        self._former = former_trees(self._model, self._standing, self._today)
        ends = [NOW.replace(day=1, hour=0) - dt.timedelta(milliseconds=1), NOW.replace(hour=0)]
        self._boards = [place.follower.board(), *(board_at(place.site, int(at.timestamp() * 1000)).board()
                                                  for at in ends)]  # fmt: skip

    def hidden(self, sight: Sight, rows: Sight, pay: bool) -> Hidden:
        """What is not for a viewer: `rows` is how far single events are seen, `pay` whether trial pay is."""
        if sight.whole:
            return Hidden(frozenset(), frozenset())
        kpis, scores = granted(World(self._standing), sight.looks)
        open_rows = granted(World(self._standing), [one for one in rows.looks | sight.looks if not one.tags])[1]
        shown = self._tokens(kpis, scores, open_rows, pay)
        told = visible(self._standing, sight, self._former).opened
        seen, unseen = set(self._numbers(told.kpis, told.scores, True)), set(
            self._numbers(told.kpis, told.scores, False))  # fmt: skip
        seen.update(self._targets(kpis, True))
        unseen.update(self._targets(kpis, False))
        for unit, amounts in self._made.amounts.items():
            (seen if unit in open_rows else unseen).update(str(amount) for amount in amounts)
        return Hidden(frozenset(self._every() - shown), frozenset(unseen - seen))

    def _every(self) -> set[str]:
        made = self._made
        parts = (made.of_unit, made.of_kpi, made.of_rows)
        named = [tokens for part in parts for tokens in part.values()]
        return set().union(made.secret, *named, *made.of_change.values())

    def _tokens(self, kpis: set[Key], scores: set[str], rows: set[str], pay: bool) -> set[str]:
        made = self._made
        units = {unit for unit, _ in kpis} | scores
        above = {upper.id for upper in self._standing.units for unit in units
                 if World(self._standing).is_above(upper.id, unit)}  # fmt: skip
        found: set[str] = set()
        for unit in units:
            found |= made.of_unit[unit]
        for unit in above:
            found |= made.announced.get(unit, set())
        for kpi in {kpi for _, kpi in kpis}:
            found |= made.of_kpi[kpi]
        for unit in rows:
            found |= made.of_rows.get(unit, set())
        for change in self._model.changes:
            if change.from_ <= self._today and _concerns(change, kpis, units):
                found |= made.of_change[change.reason]
        return found | (made.pay if pay else set())

    def _numbers(self, kpis: Iterable[Key], scores: Iterable[str], seen: bool) -> Iterator[str]:
        mine, scored = set(kpis), set(scores)
        for board in self._boards:
            for key, result in [*board.kpis.items(), *board.yesterday_kpis.items()]:
                if (key in mine) == seen:
                    yield from _of_kpi(result)
            for unit, score in [*board.units.items(), *board.yesterday_units.items()]:
                if (unit in scored) == seen:
                    yield from _of_unit(score)
            yield from (str(value) for key, series in board.series.items() if (key in mine) == seen
                        for value in series.values if value is not None and value.denominator == 1)  # fmt: skip

    def _targets(self, kpis: set[Key], seen: bool) -> Iterator[str]:
        """Targets by unit, before and after what changed."""
        for model in (self._model, self._standing):
            for kpi in model.kpis:
                targets = kpi.target if isinstance(kpi.target, dict) else {}
                yield from (str(value) for unit, value in targets.items() if ((unit, kpi.id) in kpis) == seen)


def _concerns(change: Change, kpis: set[Key], units: set[str]) -> bool:
    named = [(unit, kpi) for kpi, one in change.kpis.items() for unit in _places(one)]
    return any(key in kpis for key in named) or not units.isdisjoint(change.units)


def _places(change: KpiChange) -> list[str]:
    return list(change.target) if isinstance(change.target, dict) else []


def _of_kpi(result: KpiResult) -> Iterator[str]:
    whole: list[Fraction | None] = [result.value, *result.metrics, result.target]
    yield from (str(value) for value in whole if value is not None and value.denominator == 1)
    yield from _points(result.score)


def _of_unit(score: UnitScore) -> Iterator[str]:
    yield from _points(score.score)
    yield from _points(score.base)


def _points(points: int | None) -> Iterator[str]:
    if points:
        yield f"{points // POINT}.{points % POINT:012d}"

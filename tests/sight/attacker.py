"""Somebody who subtracts: what follows by exact linear algebra from the numbers that a sight shows.

A metric at a unit is the sum of what the units below it and, perhaps, itself counted; a score is the weighted mean of
KPIs and child units. Whatever lies in the row space of the numbers seen is known. Written from the formulas of the
roll-up alone: nothing is taken from `wall.sight` but the sight's own words.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from scoring.definitions import Kpi, Model, Unit
from scoring.expressions import names
from scoring.methods import Bonus
from scoring.scorecard import by_unit, rollup_at, stands_at
from wall.sight.look import Look

Vector = Mapping[str, Fraction]
Key = tuple[str, str]


class Span:
    """The row space of vectors, as a reduced basis by leading variable."""

    def __init__(self, rows: Iterable[Vector] = ()) -> None:
        self._basis: dict[str, Vector] = {}
        for row in rows:
            self.add(row)

    def add(self, row: Vector) -> None:
        """Take one more number as known."""
        rest = self.rest(row)
        if rest:
            lead = min(rest)
            self._basis[lead] = {name: value / rest[lead] for name, value in rest.items()}

    def rest(self, row: Vector) -> dict[str, Fraction]:
        """What of a number is not known; nothing if all of it is."""
        left = dict(row)
        while True:
            found = next((name for name in sorted(left) if name in self._basis), None)
            if found is None:
                return left
            factor = left[found]
            for name, value in self._basis[found].items():
                left[name] = left.get(name, Fraction(0)) - factor * value
                if not left[name]:
                    del left[name]


def plus(rows: Iterable[tuple[Fraction | int, Vector]]) -> dict[str, Fraction]:
    """A weighted sum."""
    found: dict[str, Fraction] = {}
    for factor, row in rows:
        for name, value in row.items():
            found[name] = found.get(name, Fraction(0)) + factor * value
    return {name: value for name, value in found.items() if value}


@dataclass(frozen=True)
class World:
    """A model of one day, and which inner units count events of their own."""

    model: Model
    direct: frozenset[str] = frozenset()
    units: dict[str, Unit] = field(init=False)
    below: dict[str, list[str]] = field(init=False)
    cards: dict[str, list[Kpi]] = field(init=False)

    def __post_init__(self) -> None:
        units = {unit.id: unit for unit in self.model.units}
        below: dict[str, list[str]] = {unit: [] for unit in units}
        for unit in self.model.units:
            if unit.parent:
                below[unit.parent].append(unit.id)
        cards = {unit.id: [kpi for kpi in self.model.kpis if stands_at(kpi, unit)] for unit in self.model.units}
        for name, value in (("units", units), ("below", below), ("cards", cards)):
            object.__setattr__(self, name, value)

    def subtree(self, unit: str) -> list[str]:
        """A unit and everything below it."""
        found = [unit]
        for one in found:
            found += self.below[one]
        return found

    def is_above(self, upper: str, lower: str) -> bool:
        """Whether one unit is the other, or stands over it."""
        return lower in self.subtree(upper)

    def metrics(self, kpi: Kpi) -> list[str]:
        """The metrics that a KPI tells."""
        counted = {metric.id for metric in self.model.metrics}
        return [name for name in names(kpi.value) if name in counted]

    def carries(self, unit: str, metric: str) -> bool:
        """Whether a metric is anybody's number at a unit."""
        return any(metric in self.metrics(kpi) for kpi in self.cards[unit])

    def counted(self, unit: str, metric: str) -> Vector:
        """A metric's sum at a unit, in what each unit counted by itself.

        Without direct events only the lowest units that carry a metric count: then the most can be told.
        """
        carriers = [one for one in self.subtree(unit) if self.carries(one, metric)]
        lowest = [one for one in carriers if not any(self.carries(low, metric) for low in self.subtree(one)[1:])]
        return {f"{one}|{metric}": Fraction(1) for one in {*lowest, *(self.direct & set(carriers))}}

    def result(self, unit: str, kpi: Kpi) -> Vector | None:
        """A KPI's score; by itself, or as a mean of those below."""
        if rollup_at(kpi, self.units[unit]) != "scores":
            return {f"{unit}:{kpi.id}": Fraction(1)}
        parts = [(Fraction(self.units[one].weight), self.result(one, kpi)) for one in self.below[unit]
                 if kpi in self.cards[one]]  # fmt: skip
        return _mean([(weight, row) for weight, row in parts if row is not None])

    def score(self, unit: str) -> Vector | None:
        """A unit's score; None where nothing makes one."""
        one = self.units[unit]
        own: list[tuple[Fraction, Vector]] = []
        bonus: list[tuple[Fraction, Vector]] = []
        for kpi in self.cards[unit]:
            weight, row = by_unit(kpi.weight, one), self.result(unit, kpi)
            if isinstance(kpi.method, Bonus) and row is not None:
                bonus.append((Fraction(1), row))
            elif weight and row is not None:
                own.append((Fraction(weight), row))
        children = [(Fraction(self.units[child].weight), self.score(child)) for child in self.below[unit]]
        mean = _mean([(weight, row) for weight, row in children if row is not None]) if one.child_share else None
        parts = [*own, (Fraction(one.child_share), mean)] if mean is not None else own
        whole = _mean([(weight, row) for weight, row in parts if row is not None])
        return None if whole is None else plus([(1, whole), *bonus])


def _mean(parts: list[tuple[Fraction, Vector]]) -> Vector | None:
    total = sum(weight for weight, _ in parts)
    return plus((weight / total, row) for weight, row in parts) if parts else None


def granted(world: World, looks: Collection[Look]) -> tuple[set[Key], set[str]]:
    """The KPIs and scores that looks name."""
    kpis: set[Key] = set()
    scores: set[str] = set()
    for look in looks:
        units = list(world.units) if not look.unit else [look.unit] if look.unit in world.units else []
        if units and look.unit and look.depth != "total":
            units = world.subtree(look.unit) if look.depth == "everything" else [look.unit, *world.below[look.unit]]
        for unit in units:
            kpis |= {(unit, kpi.id) for kpi in world.cards[unit] if not look.tags or set(look.tags) & set(kpi.tags)}
        scores |= set() if look.tags else set(units)
    return kpis, scores


@dataclass(frozen=True)
class Attack:
    """What somebody knows of a world, what is not theirs, and how few hidden numbers may not stand together."""

    world: World
    kpis: frozenset[Key]
    scores: frozenset[str]
    minimum_group: int
    #: What is theirs though it is not shown, such as what is withheld, or numbers of somebody who has left.
    theirs: frozenset[Key] = frozenset()
    theirs_scores: frozenset[str] = frozenset()
    periods: bool = True

    def told(self) -> list[str]:
        """The hidden numbers, or groups of too few, that the numbers seen tell."""
        return [*self._told_sums(), *self._told_means()]

    def _told_sums(self) -> Iterator[str]:
        world = self.world
        for metric in sorted({name for kpi in world.model.kpis for name in world.metrics(kpi)}):
            for period in sorted({kpi.period for kpi in world.model.kpis}) if self.periods else [""]:
                standing = [unit for unit in world.units if self._stands(unit, metric, period)]
                numbers = {unit: world.counted(unit, metric) for unit in standing}
                seen = {unit for unit in standing if self._knows(self.kpis, unit, metric, period)}
                theirs = {unit for unit in standing if self._knows(self.theirs, unit, metric, period)} | seen
                rows = {unit: [numbers[unit]] for unit in seen}
                yield from self._told(f"{metric} by {period}", numbers, theirs, rows)

    def _stands(self, unit: str, metric: str, period: str) -> bool:
        return any(metric in self.world.metrics(kpi) and period in ("", kpi.period) for kpi in self.world.cards[unit])

    def _knows(self, kpis: Collection[Key], unit: str, metric: str, period: str) -> bool:
        return any(
            (unit, kpi.id) in kpis and metric in self.world.metrics(kpi) and period in ("", kpi.period)
            for kpi in self.world.cards[unit]
        )

    def _told_means(self) -> Iterator[str]:
        world = self.world
        rows = {unit: self._seen_rows(unit) for unit in world.units}
        for kpi in world.model.kpis:
            results = {unit: world.result(unit, kpi) for unit in world.units if kpi in world.cards[unit]}
            theirs = {unit for unit in results if (unit, kpi.id) in self.kpis | self.theirs}
            yield from self._told(f"score of {kpi.id}", _known(results), theirs, rows)
        scores = {unit: world.score(unit) for unit in world.units}
        yield from self._told("score", _known(scores), self.scores | self.theirs_scores, rows)

    def _seen_rows(self, unit: str) -> list[Vector]:
        """The scores seen at a unit; those of KPIs whose metrics are all seen can be worked out, too."""
        world = self.world
        rows = [
            world.result(unit, kpi)
            for kpi in world.cards[unit]
            if (unit, kpi.id) in self.kpis or self._works_out(unit, kpi)
        ]
        rows += [world.score(unit)] if unit in self.scores else []
        return [row for row in rows if row is not None]

    def _works_out(self, unit: str, kpi: Kpi) -> bool:
        found = self.world.metrics(kpi)
        return all(self._knows(self.kpis, unit, metric, kpi.period) for metric in found)

    def _told(
        self, what: str, numbers: Mapping[str, Vector], theirs: Collection[str], rows: Mapping[str, list[Vector]]
    ) -> Iterator[str]:
        """The numbers that are neither theirs nor sums of what is seen at their unit and below, but known."""
        known = Span(row for some in rows.values() for row in some)
        rests = {}
        for unit in (one for one in numbers if one not in theirs):
            below = Span(row for one in self.world.subtree(unit) for row in rows.get(one, ()))
            if below.rest(numbers[unit]):
                rests[unit] = known.rest(numbers[unit])
        yield from (f"{what} of {unit}" for unit, rest in rests.items() if not rest)
        if self.minimum_group > 2:
            yield from self._pairs(what, {unit: rest for unit, rest in rests.items() if rest})

    def _pairs(self, what: str, rests: Mapping[str, Vector]) -> Iterator[str]:
        """Two hidden numbers whose weighted sum is known: what is left of them is the same up to a factor."""
        by_shape: dict[tuple[tuple[str, Fraction], ...], list[str]] = {}
        for unit, rest in rests.items():
            lead = rest[min(rest)]
            by_shape.setdefault(tuple((name, rest[name] / lead) for name in sorted(rest)), []).append(unit)
        for units in by_shape.values():
            for at, one in enumerate(units):
                for other in units[at + 1 :]:
                    if not self.world.is_above(one, other) and not self.world.is_above(other, one):
                        yield f"{what} of {one} and {other} together"


def _known(rows: Mapping[str, Vector | None]) -> dict[str, Vector]:
    return {unit: row for unit, row in rows.items() if row}

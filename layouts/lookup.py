"""A model and a board seen from one screen: definitions by id, and how fresh each KPI's sources are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeAlias

from scoring.board import Board, Freshness, KpiResult, SourceState, UnitScore
from scoring.calendar import BusinessCalendar
from scoring.definitions import Kpi, Model, Objective, Unit
from scoring.expressions import names
from scoring.forms import Text, text_in
from scoring.same import Same
from scoring.scenes import Scene, Tile

from .alerts.facts import AlertFact
from .portrait import upright
from .reader import NO_READER, Reader
from .words import Words

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
View: TypeAlias = dict[str, Json]

_WORSE = {Freshness.LIVE: 0, Freshness.STALE: 1, Freshness.SILENT: 2}


@dataclass(frozen=True, slots=True)
class ShownScene:
    """A scene at the unit it shows; what is named like a field of `Scene` is that field.

    `fixed`: the unit is the scene's own, not that of its screen.
    """

    id: str
    title: Text
    unit: str
    kpis: Sequence[str] = ()
    ranking: str = ""
    ranking_title: Text = ""
    trend: str | None = None
    tiles: Sequence[Tile] = ()
    fixed: bool = True

    def at(self, unit: str | None) -> ShownScene:
        """The scene as a tile sees it that shows a unit of its own."""
        return self if unit is None else replace(self, unit=unit)


def shown(scene: Scene, unit: str, tiles: Sequence[Tile] | None = None) -> ShownScene:
    """A scene at its own unit, else at the given one.

    `tiles` are its tiles with their places on a portrait wall, where they are known already.
    """
    return ShownScene(
        id=scene.id,
        title=scene.title,
        unit=scene.unit or unit,
        kpis=scene.kpis,
        ranking=scene.ranking,
        ranking_title=scene.ranking_title,
        trend=scene.trend,
        tiles=upright(scene.tiles) if tiles is None else tiles,
        fixed=scene.unit is not None,
    )


@dataclass(frozen=True, slots=True)
class Announcement:
    """What was announced for a unit and all below it, from one moment until another (None: until it is ended)."""

    text: str
    unit: str
    from_ms: int
    until_ms: int | None
    author: str


@dataclass(frozen=True, slots=True)
class Lookup:
    """The model by id, with the board, announcements, standing alerts, the words of one language, and who reads."""

    model: Model
    board: Board
    words: Words
    kpis: Mapping[str, Kpi]
    units: Mapping[str, Unit]
    children_of: Mapping[str, tuple[Unit, ...]]
    kpi_sources: Mapping[str, tuple[str, ...]]
    tiles: Mapping[str, tuple[Tile, ...]]
    calendar: BusinessCalendar
    announcements: Sequence[Announcement] = ()
    reader: Reader = NO_READER
    alerts: Sequence[AlertFact] = ()

    @property
    def zone(self) -> str:
        """The company's time zone."""
        return self.model.calendar.zone

    def scene(self, scene_id: str, unit: str = "") -> ShownScene:
        """The scene of that id; one without a unit is at the given one, else at the root; KeyError if there is none."""
        for scene in self.model.scenes:
            if scene.id == scene_id:
                return shown(scene, unit or self.root, self.tiles[scene_id])
        raise KeyError(scene_id)

    @property
    def root(self) -> str:
        """The unit above all others: the first without a parent."""
        return next((unit.id for unit in self.model.units if unit.parent is None), self.model.units[0].id)

    def text(self, text: str | Mapping[str, str]) -> str:
        """A definition's wording in this language."""
        return text_in(text if isinstance(text, str) else dict(text), self.words.language)

    def short(self, item: Unit | Kpi) -> str:
        """The short title, else the title."""
        return self.text(item.short) or self.text(item.title)

    def children(self, unit_id: str) -> tuple[Unit, ...]:
        """The units directly below, as the model orders them."""
        return self.children_of.get(unit_id, ())

    def below(self, unit_id: str, kind: str) -> list[Unit]:
        """The units of a kind anywhere below, nearest first."""
        found = list(self.children(unit_id))
        for unit in found:
            found.extend(self.children(unit.id))
        return [unit for unit in found if unit.kind == kind]

    def line_up(self, unit_id: str) -> list[str]:
        """The unit and those above it, nearest first."""
        found = [unit_id]
        while (above := self.units[found[-1]].parent) is not None:
            found.append(above)
        return found

    def results(self, unit_id: str) -> list[KpiResult]:
        """The unit's results in the model's order of KPIs."""
        found = (self.board.kpis.get((unit_id, kpi.id)) for kpi in self.model.kpis)
        return [result for result in found if result is not None]

    def unit_score(self, unit_id: str) -> UnitScore | None:
        """The unit's score, None before its first board."""
        return self.board.units.get(unit_id)

    def objective(self, kpi_id: str) -> Objective | None:
        """The objective a KPI serves."""
        served = self.kpis[kpi_id].objective
        return next((objective for objective in self.model.objectives if objective.id == served), None)

    def worst_source(self, kpi_id: str) -> SourceState | None:
        """The least fresh source of the events that the KPI's metrics use; None if none was ever heard of."""
        states = [self.board.sources[source] for source in self.kpi_sources[kpi_id] if source in self.board.sources]
        return max(states, key=lambda state: (_WORSE[state.freshness], -(state.event_ms or 0)), default=None)

    def freshness(self, kpi_id: str) -> Freshness:
        """Live unless a source says otherwise."""
        worst = self.worst_source(kpi_id)
        return Freshness.LIVE if worst is None else worst.freshness


@dataclass(frozen=True, slots=True)
class _Index:
    """What `Lookup` knows of a model alone."""

    kpis: Mapping[str, Kpi]
    units: Mapping[str, Unit]
    children_of: Mapping[str, tuple[Unit, ...]]
    kpi_sources: Mapping[str, tuple[str, ...]]
    tiles: Mapping[str, tuple[Tile, ...]]
    calendar: BusinessCalendar


def lookup(
    model: Model,
    board: Board,
    language: str,
    announcements: Sequence[Announcement] = (),
    reader: Reader = NO_READER,
    alerts: Sequence[AlertFact] = (),
) -> Lookup:
    """The lookup of one model, board and language."""
    index = _index(Same(model))
    return Lookup(
        model,
        board,
        Words.of(language),
        index.kpis,
        index.units,
        index.children_of,
        index.kpi_sources,
        index.tiles,
        index.calendar,
        announcements,
        reader,
        alerts,
    )


@lru_cache(maxsize=512)  # a model for each sight that somebody looks through
def _index(same: Same[Model]) -> _Index:
    model = same.value
    children: dict[str, list[Unit]] = {}
    for unit in model.units:
        if unit.parent is not None:
            children.setdefault(unit.parent, []).append(unit)
    return _Index(
        kpis={kpi.id: kpi for kpi in model.kpis},
        units={unit.id: unit for unit in model.units},
        children_of={parent: tuple(units) for parent, units in children.items()},
        kpi_sources=_kpi_sources(model),
        tiles={scene.id: upright(scene.tiles) for scene in model.scenes},
        calendar=BusinessCalendar(model.calendar),
    )


def _kpi_sources(model: Model) -> dict[str, tuple[str, ...]]:
    source_of = {event.type: event.source for event in model.events}
    metric_source = {metric.id: source_of[metric.event] for metric in model.metrics}
    return {
        kpi.id: tuple(dict.fromkeys(metric_source[name] for name in names(kpi.value) if name in metric_source))
        for kpi in model.kpis
    }

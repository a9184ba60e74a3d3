"""A model and a board seen from one screen: definitions by id, and how fresh each KPI's sources are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from scoring.board import Board, Freshness, KpiResult, SourceState, UnitScore
from scoring.definitions import Kpi, Model, Objective, Scene, Unit, text_in
from scoring.expressions import names

from .words import Words

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
View: TypeAlias = dict[str, Json]

_WORSE = {Freshness.LIVE: 0, Freshness.STALE: 1, Freshness.SILENT: 2}


@dataclass(frozen=True, slots=True)
class Lookup:
    """The model by id, with the board and the words of one language."""

    model: Model
    board: Board
    words: Words
    kpis: Mapping[str, Kpi]
    units: Mapping[str, Unit]
    kpi_sources: Mapping[str, tuple[str, ...]]

    @property
    def zone(self) -> str:
        """The company's time zone."""
        return self.model.calendar.zone

    def scene(self, scene_id: str) -> Scene:
        """The scene of that id; KeyError if there is none."""
        for scene in self.model.scenes:
            if scene.id == scene_id:
                return scene
        raise KeyError(scene_id)

    def text(self, text: str | Mapping[str, str]) -> str:
        """A definition's wording in this language."""
        return text_in(text if isinstance(text, str) else dict(text), self.words.language)

    def short(self, item: Unit | Kpi) -> str:
        """The short title, else the title."""
        return self.text(item.short) or self.text(item.title)

    def children(self, unit_id: str) -> list[Unit]:
        """The units directly below, as the model orders them."""
        return [unit for unit in self.model.units if unit.parent == unit_id]

    def below(self, unit_id: str, kind: str) -> list[Unit]:
        """The units of a kind anywhere below."""
        return [unit for unit in self.model.units if unit.kind == kind and self._is_below(unit, unit_id)]

    def _is_below(self, unit: Unit, ancestor: str) -> bool:
        parent = unit.parent
        while parent is not None:
            if parent == ancestor:
                return True
            parent = self.units[parent].parent
        return False

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


def lookup(model: Model, board: Board, language: str) -> Lookup:
    """The lookup of one model, board and language."""
    return Lookup(
        model=model,
        board=board,
        words=Words.of(language),
        kpis={kpi.id: kpi for kpi in model.kpis},
        units={unit.id: unit for unit in model.units},
        kpi_sources=_kpi_sources(model),
    )


def _kpi_sources(model: Model) -> dict[str, tuple[str, ...]]:
    source_of = {event.type: event.source for event in model.events}
    metric_source = {metric.id: source_of[metric.event] for metric in model.metrics}
    return {
        kpi.id: tuple(dict.fromkeys(metric_source[name] for name in names(kpi.value) if name in metric_source))
        for kpi in model.kpis
    }

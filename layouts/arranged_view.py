"""The keys of a scene that arranges its KPIs itself: under heads of objectives, with ranking, trend and exceptions."""

from __future__ import annotations

from scoring.board import KpiResult

from .arrangement import Arrangement, arrange
from .changes_view import changes_view
from .exceptions_view import ROWS as EXCEPTION_ROWS
from .exceptions_view import ROWS_UNDER_THREE as EXCEPTION_ROWS_UNDER_THREE
from .exceptions_view import exceptions_view
from .formats import fixed, plain
from .header_view import main_period
from .hero_view import hero_view, make_part, part_status
from .kpi_view import kpi_view
from .lookup import Lookup, ShownScene, View
from .ranking_view import ranking_view
from .room import Slots
from .tile_text import tile_text
from .trend_view import trend_view


def scene_results(found: Lookup, scene: ShownScene) -> list[KpiResult]:
    """The results of the scene's KPIs in its order; a KPI that does not stand at its unit is left out."""
    results = (found.board.kpis.get((scene.unit, kpi)) for kpi in scene.kpis)
    return [result for result in results if result is not None]


def scene_arrangement(found: Lookup, scene: ShownScene) -> Arrangement:
    """How the scene's tiles stand; decided by the model alone, so that a page outlives every board."""
    return arrange([(kpi, found.kpis[kpi].objective) for kpi in scene.kpis])


def exception_rows(shape: Arrangement) -> Slots:
    """The rows of exceptions that fit below the tiles, on either wall."""
    rows = EXCEPTION_ROWS_UNDER_THREE if shape.rows > 2 else EXCEPTION_ROWS
    return Slots(rows, rows)


def arranged_view(found: Lookup, scene: ShownScene) -> View:
    """The keys of a scene that arranges its KPIs itself."""
    results = scene_results(found, scene)
    view = hero_view(found, found.units[scene.unit])
    view |= _tiles(found, scene, results)
    view |= ranking_view(found, scene)
    view |= exceptions_view(found, scene, exception_rows(scene_arrangement(found, scene)))
    view |= trend_view(found, scene.unit, scene.trend or scene.kpis[0])
    return view | changes_view(found, scene)


def _tiles(found: Lookup, scene: ShownScene, results: list[KpiResult]) -> View:
    period = main_period(found, results)
    names = tile_text(found, scene, scene_arrangement(found, scene)).names
    view: View = {}
    for result in results:
        view |= kpi_view(found, result, f"kpi.{result.kpi}", period)
        view[f"kpi.{result.kpi}.name"] = names[result.kpi]
    return view | _objectives(found, scene)


def _objectives(found: Lookup, scene: ShownScene) -> View:
    """Heads of the objectives that the tiles stand under: weight, score and points over all KPIs they hold."""
    unit = found.units[scene.unit]
    view: View = {}
    for group in scene_arrangement(found, scene).groups:
        if group.objective is None:
            continue
        members = tuple(
            result for result in found.results(unit.id) if found.kpis[result.kpi].objective == group.objective
        )
        part = make_part(group.objective, _title(found, group.objective), members)
        prefix = f"objective.{group.objective}"
        view |= {
            f"{prefix}.title": part.title,
            f"{prefix}.weight": found.words("objective.weight", weight=plain(part.weight)),
            f"{prefix}.score": fixed(part.score, 1),
            f"{prefix}.status": part_status(found, part, part.score, unit),
        }
    return view


def _title(found: Lookup, objective_id: str) -> str:
    return next(found.text(objective.title) for objective in found.model.objectives if objective.id == objective_id)

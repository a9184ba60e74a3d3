"""An arranged scene as tiles in places of their own, so that a person can go on from what stands there already."""

from __future__ import annotations

from collections.abc import Iterator

from scoring.scenes import (
    COLUMNS,
    ROWS,
    ChangesTile,
    ExceptionsTile,
    HeroTile,
    KpiTile,
    Place,
    RankingTile,
    Scene,
    Tile,
    TrendTile,
)

from .arrangement import arrange
from .lookup import Lookup

#: Columns of the hero and of what stands below it; rows of KPIs, of one row of them, and of the line of changes.
_HERO, _KPI_ROWS, _KPIS, _CHANGES = 4, 3, 6, 1


def as_tiles(found: Lookup, scene: Scene) -> list[Tile]:
    """The tiles of an arranged scene: hero and KPIs above; trend, ranking and exceptions below.

    More than eight KPIs need so much height that the trend gives way to the ranking, and the line of changes goes.
    """
    spans = arrange([(kpi, None) for kpi in scene.kpis]).groups[0].spans
    lines = sum(spans) // 12
    unit = scene.unit or found.root
    ranked = bool(found.below(unit, scene.ranking) if scene.ranking else found.children(unit))
    above = max(_KPIS, lines * _KPI_ROWS)
    tiles: list[Tile] = [HeroTile(tile="hero", at=_at(1, 1, _HERO, 5 if lines > 2 else above)), *_kpis(scene, spans)]
    return [*tiles, *(_crowded(scene, ranked, above) if lines > 2 else _below(scene, ranked, above))]


def _at(column: int, row: int, columns: int, rows: int) -> Place:
    return Place(column=column, row=row, columns=columns, rows=rows)


def _kpis(scene: Scene, spans: tuple[int, ...]) -> Iterator[Tile]:
    """Rows of tiles at the hero's right; one row alone is twice as high."""
    rows = _KPIS if sum(spans) <= 12 else _KPI_ROWS
    used = 0
    for kpi, span in zip(scene.kpis, spans, strict=True):
        place = _at(_HERO + 1 + used % 12, 1 + used // 12 * rows, span, rows)
        yield KpiTile(tile="kpi", kpi=kpi, at=place)
        used += span


def _below(scene: Scene, ranked: bool, above: int) -> Iterator[Tile]:
    row, rows = above + 1, ROWS - above - _CHANGES
    trend = scene.trend or scene.kpis[0]
    yield TrendTile(tile="trend", kpi=trend, at=_at(1, row, 4 if ranked else 10, rows))
    if ranked:
        yield RankingTile(tile="ranking", of=scene.ranking, title=scene.ranking_title, at=_at(5, row, 6, rows))
    yield ExceptionsTile(tile="exceptions", at=_at(11, row, 6, rows))
    yield ChangesTile(tile="changes", at=_at(1, ROWS, COLUMNS, _CHANGES))


def _crowded(scene: Scene, ranked: bool, above: int) -> Iterator[Tile]:
    column = _at(1, 6, _HERO, ROWS - 5)
    if ranked:
        yield RankingTile(tile="ranking", of=scene.ranking, title=scene.ranking_title, at=column)
    else:
        yield TrendTile(tile="trend", kpi=scene.trend or scene.kpis[0], at=column)
    yield ExceptionsTile(tile="exceptions", at=_at(_HERO + 1, above + 1, COLUMNS - _HERO, ROWS - above))

"""Tiles on a portrait wall: places of the model's own, else packed in reading order, so that every row is filled."""

from __future__ import annotations

from collections.abc import Sequence

from scoring.scenes import PORTRAIT_COLUMNS, PORTRAIT_ROWS, Place, Tile


def portrait_places(tiles: Sequence[Tile]) -> list[Place]:
    """Where each tile stands on a portrait wall."""
    own = [tile.portrait for tile in tiles if tile.portrait is not None]
    return own if len(own) == len(tiles) else _packed(tiles)


def upright(tiles: Sequence[Tile]) -> tuple[Tile, ...]:
    """The tiles, each with its place on a portrait wall."""
    pairs = zip(tiles, portrait_places(tiles), strict=True)
    return tuple(tile.model_copy(update={"portrait": place}) for tile, place in pairs)


def _packed(tiles: Sequence[Tile]) -> list[Place]:
    """Shelves of tiles as they are read on a landscape wall, stretched over the height in proportion."""
    order = sorted(range(len(tiles)), key=lambda index: (tiles[index].at.row, tiles[index].at.column))
    shelves: list[list[int]] = []
    room = 0
    for index in order:
        width = _width(tiles[index])
        if not shelves or width > room:
            shelves.append([])
            room = PORTRAIT_COLUMNS
        shelves[-1].append(index)
        room -= width
    places: dict[int, Place] = {}
    row = 1
    for shelf, rows in zip(shelves, _heights(tiles, shelves), strict=True):
        column = 1
        for index, columns in zip(shelf, _widths(tiles, shelf), strict=True):
            places[index] = Place(column=column, row=row, columns=columns, rows=rows)
            column += columns
        row += rows
    return [places[index] for index in range(len(tiles))]


def _width(tile: Tile) -> int:
    """A tile takes at least half the width, a wide one all of it."""
    return PORTRAIT_COLUMNS if tile.at.columns > PORTRAIT_COLUMNS // 2 else PORTRAIT_COLUMNS // 2


def _widths(tiles: Sequence[Tile], shelf: Sequence[int]) -> list[int]:
    """A tile alone on its shelf takes all of it."""
    return [PORTRAIT_COLUMNS] if len(shelf) == 1 else [_width(tiles[index]) for index in shelf]


def _heights(tiles: Sequence[Tile], shelves: Sequence[Sequence[int]]) -> list[int]:
    """Whole rows per shelf, by the height of its highest tile, that add up to the wall; largest remainders first."""
    wanted = [max(tiles[index].at.rows for index in shelf) for shelf in shelves]
    scale = PORTRAIT_ROWS / sum(wanted)
    exact = [max(1.0, rows * scale) for rows in wanted]
    heights = [int(rows) for rows in exact]
    by_rest = sorted(range(len(exact)), key=lambda at: heights[at] - exact[at])
    for at in by_rest[: max(0, PORTRAIT_ROWS - sum(heights))]:
        heights[at] += 1
    while sum(heights) > PORTRAIT_ROWS and max(heights) > 1:
        heights[heights.index(max(heights))] -= 1
    return heights

"""Where tiles stand: on the grid, apart, and large enough to be read, on landscape and on portrait walls."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from layouts.portrait import portrait_places
from scoring.scenes import (
    COLUMNS,
    PORTRAIT_COLUMNS,
    PORTRAIT_ROWS,
    ROWS,
    SMALLEST,
    Place,
    Tile,
    smallest_portrait,
)

from .finding import Finding, KeyPath, doubt, fault


def check_grid(path: KeyPath, name: str, tiles: Sequence[Tile]) -> Iterator[Finding]:
    """The places of a scene's tiles."""
    places = [tile.at for tile in tiles]
    yield from _places(path, name, "at", places, (COLUMNS, ROWS), [SMALLEST[tile.tile] for tile in tiles], tiles)
    least = [smallest_portrait(tile.tile) for tile in tiles]
    own = [tile.portrait for tile in tiles if tile.portrait is not None]
    if own and len(own) < len(tiles):
        yield fault(
            (*path, "tiles"),
            f"{name}: {len(own)} of {len(tiles)} tiles have a portrait place",
            "give it to all of them, or to none",
        )
    elif own:
        yield from _places(path, name, "portrait", own, (PORTRAIT_COLUMNS, PORTRAIT_ROWS), least, tiles)
    elif tiles:
        yield from _packed(path, name, tiles, least)


def _places(
    path: KeyPath,
    name: str,
    key: str,
    places: Sequence[Place],
    size: tuple[int, int],
    least: Sequence[tuple[int, int]],
    tiles: Sequence[Tile],
) -> Iterator[Finding]:
    for number, (place, (columns, rows)) in enumerate(zip(places, least, strict=True)):
        at, what = (*path, "tiles", number, key), f"{name}, tile {number + 1} ({tiles[number].tile})"
        right, bottom = _end(place)
        if right > size[0] or bottom > size[1]:
            yield fault(
                at,
                f"{what}: {key} reaches column {right}, row {bottom} of a grid of {size[0]} by {size[1]}",
                "move it, or make it smaller",
            )
        if place.columns < columns or place.rows < rows:
            yield fault(
                at,
                f"{what}: {key} is {place.columns} columns by {place.rows} rows, too small to be read",
                f"give it at least {columns} by {rows}",
            )
    for (first, one), (second, other) in combinations(enumerate(places), 2):
        if _overlap(one, other):
            yield fault(
                (*path, "tiles", second, key),
                f"{name}: tiles {first + 1} ({tiles[first].tile}) and {second + 1} ({tiles[second].tile}) overlap",
                f"change {key} of one of them",
            )


def _end(place: Place) -> tuple[int, int]:
    """The last column and row of a place."""
    return place.column + place.columns - 1, place.row + place.rows - 1


def _overlap(one: Place, other: Place) -> bool:
    """Whether two places share a cell.

    >>> left, below = Place(column=1, row=1, columns=4, rows=4), Place(column=4, row=5, columns=4, rows=4)
    >>> _overlap(left, below), _overlap(left, left)
    (False, True)
    """
    (right, bottom), (other_right, other_bottom) = _end(one), _end(other)
    return one.column <= other_right and other.column <= right and one.row <= other_bottom and other.row <= bottom


def _packed(path: KeyPath, name: str, tiles: Sequence[Tile], least: Sequence[tuple[int, int]]) -> Iterator[Finding]:
    """Tiles without portrait places are packed by themselves; where that leaves too little, a hand must do it."""
    small = [
        str(number + 1)
        for number, (place, (columns, rows)) in enumerate(zip(portrait_places(tiles), least, strict=True))
        if place.columns < columns or place.rows < rows
    ]
    if small:
        which = "tile" if len(small) == 1 else "tiles"
        yield doubt(
            (*path, "tiles"),
            f"{name}: on a portrait wall {which} {', '.join(small)} would be too small to be read",
            "give all tiles a portrait place, or keep fewer",
        )

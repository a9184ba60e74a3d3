"""One tile in a scene of its own: its view, its HTML and the keys that the HTML names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from layouts.compose import composed_tiles, composed_view
from layouts.lookup import View, lookup, shown
from layouts.markup import markup
from scoring.board import Board
from scoring.definitions import Model
from scoring.scenes import Scene, Tile

BOUND = ("text", "status", "fresh", "fill", "at", "has", "grow", "slot", "flag", "size-key", "age", "chart", "rise",
         "arc", "turn", "paths")  # fmt: skip
_NAMED = re.compile(rf'data-(?:{"|".join(BOUND)})="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Shown:
    """A tile's keys without its prefix, and its HTML."""

    view: View
    html: str

    @property
    def bound(self) -> set[str]:
        """The keys that the HTML names."""
        return set(_NAMED.findall(self.html))


def tile_of(model: Model, board: Board, language: str = "en", unit: str = "co", **tile: Any) -> Shown:
    """The tile alone on its wall."""
    at = tile.pop("at", {"column": 1, "row": 1, "columns": 6, "rows": 5})
    made: Tile = TypeAdapter(Tile).validate_python({"at": at, **tile})
    scene = shown(Scene(id="one", title="One", unit=unit, tiles=[made]), unit)
    found = lookup(model, board, language)
    view = composed_view(found, scene)
    html = markup(composed_tiles(found, view, scene))
    return Shown({key.removeprefix("t0:"): value for key, value in view.items()}, html)

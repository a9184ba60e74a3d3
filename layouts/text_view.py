"""A text of the model, as large as its tile lets it be."""

from __future__ import annotations

from scoring.scenes import TextTile

from .lookup import Lookup, ShownScene, View
from .room import filling, rooms

SIZES = (64, 56, 48, 40, 34, 28, 24, 20, 18)
#: Padding at the sides, above and below; the title with the space below it, in u.
SIDES, ENDS, HEAD = 56, 36, 40


def text_view(found: Lookup, scene: ShownScene, tile: TextTile) -> View:
    """`text.title` and `text.text`."""
    return {"text.title": found.text(tile.title), "text.text": found.text(tile.text)}


def text_sizes(found: Lookup, tile: TextTile) -> tuple[int, int]:
    """The size of the text on a landscape and on a portrait wall; the smallest of a wall where nothing fits."""
    head = ENDS + (HEAD if found.text(tile.title) else 0)
    fit = (
        filling([found.text(tile.text)], SIZES, room.width - SIDES, room.height - head) or SIZES[-1]
        for room in rooms(tile)
    )
    landscape, upright = fit
    return landscape, upright

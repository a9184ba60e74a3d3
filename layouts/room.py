"""How much room a tile has: what fits is decided by its cells and the model, never by what it shows at the moment."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scoring.scenes import BaseTile, Place

from .formats import text_width

#: Bold text is wider than average text.
BOLD = 1.08
#: Height of a line of running text, in sizes of type.
LINE = 1.35
#: What may stand on a line of its own: a Chinese character, or a word with the space before it.
_UNBROKEN = re.compile(r"[\u2e80-\uffef]|\s*[^\s\u2e80-\uffef]+")


@dataclass(frozen=True, slots=True)
class Room:
    """The outer size of a tile, in u."""

    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Grid:
    """A column and a row with their gutters, and the gutter, in u."""

    column: float
    row: float
    gutter: float

    def room(self, place: Place) -> Room:
        """The room of a place."""
        return Room(place.columns * self.column - self.gutter, place.rows * self.row - self.gutter)


LANDSCAPE, PORTRAIT = Grid(116.5, 81.0, 16.0), Grid(127.5, 81.5, 12.0)


def rooms(tile: BaseTile) -> tuple[Room, Room]:
    """The room of a tile on a landscape and on a portrait wall."""
    return LANDSCAPE.room(tile.at), PORTRAIT.room(tile.portrait or tile.at)


def fitting(texts: Iterable[str], sizes: Sequence[int], width: float) -> int | None:
    """The largest of these sizes at which every text fits on one line; None if none does.

    >>> fitting(["总装一线"], (34, 28, 24), 125)
    28
    """
    longest = max((text_width(text, 1) * BOLD for text in texts), default=0.0)
    return next((size for size in sizes if longest * size <= width), None)


def lines_of(text: str, size: float, width: float) -> int:
    """How many lines a text takes in a column, broken between words and Chinese characters.

    >>> lines_of("安全第一", 20, 60), lines_of("one two three", 20, 80), lines_of("", 20, 80)
    (2, 2, 1)
    """
    return sum(_paragraph_lines(paragraph, size, width) for paragraph in text.split("\n"))


def _paragraph_lines(text: str, size: float, width: float) -> int:
    lines, used = 1, 0.0
    for piece in _UNBROKEN.findall(text):
        needed = text_width(piece, size)
        if used and used + needed > width:
            lines, used = lines + 1, text_width(piece.strip(), size)
        else:
            used += needed
    return lines


def filling(texts: Sequence[str], sizes: Sequence[int], width: float, height: float) -> int | None:
    """The largest of these sizes at which every text, wrapped, fits this height; None if none does.

    >>> filling(["安全第一"], (64, 34, 24), 100, 70)
    24
    """
    tallest = ((size, max(lines_of(text, size * BOLD, width) for text in texts)) for size in sizes)
    return next((size for size, lines in tallest if lines * size * LINE <= height), None)


def line_size(text: str, room: float) -> str:
    """How a name stands in a row: "l" or "s" where it fits at that size, else "two" lines of the smaller one."""
    fit = (key for key, size in zip("ls", (24, 20), strict=True) if text_width(text, size) * BOLD <= room)
    return next(fit, "two")


@dataclass(frozen=True, slots=True)
class Slots:
    """How many rows a tile shows on a landscape and on a portrait wall."""

    landscape: int
    portrait: int

    @property
    def most(self) -> int:
        """Rows that the page needs."""
        return max(self.landscape, self.portrait)

    @property
    def least(self) -> int:
        """Rows that are seen on either."""
        return min(self.landscape, self.portrait)

    def only(self, index: int) -> str:
        """The walls that a row is seen on: "both", "landscape" or "portrait"."""
        if index < self.least:
            return "both"
        return "landscape" if index < self.landscape else "portrait"


def slots(tile: BaseTile, head: float, row: float, gap: float = 0.0, most: int = 99) -> Slots:
    """The rows of this height, with gaps between, that fit below a tile's head; at least one."""
    fit = [int((room.height - head + gap) / (row + gap)) for room in rooms(tile)]
    return Slots(*(max(1, min(most, rows)) for rows in fit))


def seen(landscape: bool, portrait: bool) -> str:
    """On which walls something is seen, as `Slots.only` tells it; "none" on neither.

    >>> seen(True, False), seen(True, True)
    ('landscape', 'both')
    """
    if landscape and portrait:
        return "both"
    return "landscape" if landscape else "portrait" if portrait else "none"

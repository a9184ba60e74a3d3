"""The room that a chart has inside its panel's padding on either wall, and how a KPI's name stands there."""

from __future__ import annotations

from scoring.scenes import BaseTile

from .formats import text_width
from .lookup import Lookup
from .room import BOLD, Room, lines_of, rooms

#: A panel's padding at both sides, and above and below, in u.
SIDES, ENDS = 48, 28
NAME_SIZE, SMALL_NAME_SIZE, WORD_SIZE, GLYPH = 24, 20, 22, 44
STATUSES = ("good", "watch", "bad", "unknown", "stale", "silent")


def inner_rooms(tile: BaseTile) -> tuple[Room, Room]:
    """The room on a landscape wall and on a portrait one."""
    landscape, portrait = (Room(room.width - SIDES, room.height - ENDS) for room in rooms(tile))
    return landscape, portrait


def narrowest(tile: BaseTile) -> float:
    """The smaller width of the two."""
    return min(room.width for room in inner_rooms(tile))


def plain_lines(text: str, size: float, width: float) -> int:
    """How many lines a text takes; 99 where a word is wider than the line.

    >>> [plain_lines("On-time delivery", 20, width) for width in (200, 130, 80)], plain_lines("准时交付率", 20, 70)
    ([1, 2, 99], 2)
    """
    if any(text_width(word, size) > width for word in text.split() if word.isascii()):
        return 99
    return lines_of(text, size, width)


def bold_lines(text: str, size: float, width: float) -> int:
    """The same of a bold text."""
    return plain_lines(text, size * BOLD, width)


def tile_names(found: Lookup, kpi: str, tile: BaseTile) -> tuple[str, str]:
    """The title and the short title of a KPI; a tile that shows a unit of its own says whose it is."""
    title, short = found.text(found.kpis[kpi].title), found.short(found.kpis[kpi])
    if tile.unit is None:
        return title, short
    unit = found.short(found.units[tile.unit])
    return f"{unit} · {title}", f"{unit} · {short}"


def longest_word(found: Lookup) -> float:
    """The width of the longest status word."""
    return max(text_width(found.words(f"status.{status}"), WORD_SIZE) for status in STATUSES)


def fitted_name(found: Lookup, kpi: str, tile: BaseTile) -> tuple[str, str]:
    """A KPI's name in a tile's head, and how it stands there.

    One line beside the longest status word, two smaller ones beside it, or `own`, one or two smaller ones above it.
    """
    width = narrowest(tile)
    beside = width - GLYPH - longest_word(found)
    title, short = tile_names(found, kpi, tile)
    for name, size, lines in ((title, NAME_SIZE, 1), (short, NAME_SIZE, 1), (title, SMALL_NAME_SIZE, 2)):
        if bold_lines(name, size, beside) <= lines:
            return name, "one" if lines == 1 else "two"
    return (title if bold_lines(title, SMALL_NAME_SIZE, width) <= 2 else short), "own"

"""Rows of a table below a unit, such as late orders: how many there are, and the largest of them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from scoring.board import Freshness, Row
from scoring.scenes import ListTile

from .formats import text_width
from .lookup import Lookup, ShownScene, View
from .room import BOLD, Slots, line_size, rooms, slots
from .table_rows import field_text, field_texts, open_rows, subtree, table_freshness, table_source

#: Padding at the sides; head and foot with the padding above and below; the count where it stands by itself, in u.
SIDES, HEAD, FOOT, FIGURE = 52, 62, 44, 84
#: From this height on the count stands by itself.
TALL = 560
#: A row with its rule: its name, and one or two lines below it.
ROW_HEIGHTS = (46, 72, 98)
#: Two fields stand on one line in a tile at least this wide.
WIDE = 480
NUMBER_SIZE, ABOUT_SIZE = 30, 20
#: A number's title up to this width stands after it, a longer one below it.
SHORT_TITLE = 64


def about_lines(found: Lookup, tile: ListTile) -> int:
    """How many lines stand below a name: the same on either wall."""
    narrow = min(room.width for room in rooms(tile)) < WIDE
    return max(min(len(tile.about), 2 if narrow else 1), 0 if short_title(found, tile) else 1)


def short_title(found: Lookup, tile: ListTile) -> bool:
    """Whether what a number counts has room after it."""
    return text_width(found.text(tile.number_title), ABOUT_SIZE) <= SHORT_TITLE


def has_figure(tile: ListTile) -> tuple[bool, bool]:
    """Whether the count stands by itself, on a landscape and on a portrait wall."""
    landscape, upright = (room.height >= TALL for room in rooms(tile))
    return landscape, upright


def list_slots(found: Lookup, tile: ListTile) -> Slots:
    """The rows that fit."""
    row = ROW_HEIGHTS[about_lines(found, tile)]
    plain, below = (slots(tile, HEAD + FOOT + figure, row) for figure in (0, FIGURE))
    landscape, upright = has_figure(tile)
    return Slots(below.landscape if landscape else plain.landscape, below.portrait if upright else plain.portrait)


def list_view(found: Lookup, scene: ShownScene, tile: ListTile) -> View:
    """The head under `list.*` and one set of keys per slot, `row.0.*` and so on; the largest number first."""
    rows, fit = _sorted(found, scene, tile), list_slots(found, tile)
    fresh, source = table_freshness(found, tile.table), table_source(found, tile.table)
    status = _status(tile, len(rows), fresh, source is not None)
    title = found.text(tile.title)
    view: View = {
        "list.title": title,
        "list.count": str(len(rows)) if source is not None else "–",
        "list.status": status,
        "list.word": _word(found, status),
        "list.freshness": fresh.value,
        "list.heard_ms": None if source is None else source.event_ms,
        "list.none": not rows,
        "list.none_text": _none(found, title, source is not None),
        "list.more": _more(found, len(rows) - fit.landscape),
        "list.more_upright": _more(found, len(rows) - fit.portrait),
    }
    for index in range(fit.most):
        view |= _row(found, tile, rows[index] if index < len(rows) else None, f"row.{index}")
    return view


def _sorted(found: Lookup, scene: ShownScene, tile: ListTile) -> list[Row]:
    inside = subtree(found, scene.unit)
    rows = [row for row in open_rows(found, tile.table) if row.unit in inside]
    return sorted(rows, key=lambda row: (-_size(row, tile.number), field_text(row, tile.name), row.unit))


def _size(row: Row, field: str | None) -> Fraction:
    """The number that rows are sorted by; below all others where there is none."""
    try:
        return Fraction(str(row.fields.get(field or "", 0)))
    except ValueError:
        return Fraction(-(10**18))


def _status(tile: ListTile, count: int, fresh: Freshness, heard: bool) -> str:
    if not heard:
        return "unknown"
    if fresh is not Freshness.LIVE:
        return fresh.value
    return "" if not tile.bad else "bad" if count else "good"


def _word(found: Lookup, status: str) -> str:
    return found.words(f"list.{status}" if status in ("good", "bad") else f"status.{status}") if status else ""


def _none(found: Lookup, title: str, heard: bool) -> str:
    plain = title if title[:2].isupper() else title[:1].lower() + title[1:]
    return found.words("list.none", title=plain) if heard else found.words("list.unheard")


def _more(found: Lookup, hidden: int) -> str:
    return found.words("list.more", n=hidden) if hidden > 0 else ""


def _row(found: Lookup, tile: ListTile, row: Row | None, prefix: str) -> View:
    number = field_text(row, tile.number)
    above, below = _about(found, tile, row)
    return {
        f"{prefix}.shown": row is not None,
        f"{prefix}.name": field_text(row, tile.name),
        f"{prefix}.size": _name_size(found, tile, field_text(row, tile.name), number),
        f"{prefix}.number": number,
        f"{prefix}.counts": found.text(tile.number_title) if number else "",
        f"{prefix}.about": above,
        f"{prefix}.below": below,
    }


def _inner(tile: ListTile) -> float:
    return min(room.width for room in rooms(tile)) - SIDES


def _name_size(found: Lookup, tile: ListTile, name: str, number: str) -> str:
    title = text_width(found.text(tile.number_title), ABOUT_SIZE) + 8 if short_title(found, tile) else 0
    return line_size(name, _inner(tile) - (text_width(number, NUMBER_SIZE) * BOLD + title + 16 if number else 0))


def _about(found: Lookup, tile: ListTile, row: Row | None) -> tuple[str, str]:
    """The lines below a name; of fields that do not fit side by side the last give way."""
    told = field_texts(row, tile.about)
    counts = 0.0 if short_title(found, tile) else text_width(found.text(tile.number_title), ABOUT_SIZE) + 16
    if about_lines(found, tile) < 2:
        return _joined(told, _inner(tile) - counts), ""
    return "".join(told[:1]), _joined(told[1:], _inner(tile))


def _joined(pieces: Sequence[str], room: float) -> str:
    fitting = [" · ".join(pieces[:count]) for count in range(len(pieces), 0, -1)]
    return next((text for text in fitting if text_width(text, ABOUT_SIZE) <= room), "".join(pieces[:1]))

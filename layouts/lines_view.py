"""Andon: the state of each line since when and why, its hours against their plan, and its KPIs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from scoring.board import Freshness, KpiResult, Row
from scoring.definitions import Kpi, Unit
from scoring.scenes import LinesTile

from .bucket_bars import bucket_bars, buckets_of
from .formats import UNKNOWN, text_width
from .kpi_view import displayed_status, form_for
from .line_columns import MOST_BARS, NAME_SIZES, STATES, keeps_bars, line_columns, line_slots, shown_units, targets
from .lookup import Lookup, ShownScene, View
from .room import BOLD, fitting
from .table_rows import as_of, field_text, field_texts, open_rows, table_source

#: What stands beside a name, and the lines below it where there is room for one only, in u.
BESIDE_SIZE, LOW_SIZE = 22, 20
#: A red ground on more lines than this share says nothing any more.
MOST_RED = 1 / 3


@dataclass(frozen=True, slots=True)
class Line:
    """A line with its row; `state` is one of `STATES`."""

    unit: Unit
    row: Row | None
    state: str


def lines_view(found: Lookup, scene: ShownScene, tile: LinesTile) -> View:
    """The head under `lines.*` and one set of keys per slot, `line.0.*` and so on.

    In the model's order; only where there are more lines than slots, the worst come first.
    """
    fit = line_slots(found, scene, tile)
    every = _lines(found, scene, tile)
    if len(every) > fit.least:
        every.sort(key=lambda line: (STATES.index(line.state), line.row.event_ms if line.row else 0))
    red = sum(line.state == "stopped" for line in every) > len(every) * MOST_RED
    view: View = {
        "lines.title": found.text(tile.title) or found.words("lines.state"),
        "lines.more": _more(found, every[fit.landscape :]),
        "lines.more_upright": _more(found, every[fit.portrait :]),
        "lines.event_ms": _newest_ms(found, every, tile),
        "lines.empty": not every,
        "lines.red": "calm" if red else "ground",
    } | _heads(found, scene, tile)
    for index, line in enumerate(every[: fit.most]):
        view |= _line(found, scene, tile, line, f"line.{index}")
    return view


def _lines(found: Lookup, scene: ShownScene, tile: LinesTile) -> list[Line]:
    newest: dict[str, Row] = {}
    for row in open_rows(found, tile.table):
        newest.setdefault(row.unit, row)
    units = shown_units(found, scene, tile)
    rows = [(unit, newest.get(unit.id)) for unit in units]
    return [Line(unit, row, _state(tile.states, row, tile.state)) for unit, row in rows]


def _state(states: Mapping[str, str], row: Row | None, field: str) -> str:
    return "unknown" if row is None else states.get(str(row.fields.get(field)), "unknown")


def _more(found: Lookup, hidden: Sequence[Line]) -> str:
    running = sum(line.state == "running" for line in hidden)
    key = "lines.more.running" if running == len(hidden) else "lines.more"
    return found.words(key, n=len(hidden), running=running) if hidden else ""


def _newest_ms(found: Lookup, lines: Sequence[Line], tile: LinesTile) -> int | None:
    """When any of the lines' numbers last moved."""
    results = (found.board.kpis.get((line.unit.id, kpi)) for line in lines for kpi in tile.kpis[:1])
    return max((result.event_ms for result in results if result and result.event_ms), default=None)


def _line(found: Lookup, scene: ShownScene, tile: LinesTile, line: Line, prefix: str) -> View:
    source = table_source(found, tile.table)
    fresh = Freshness.LIVE if source is None else source.freshness
    name = found.text(line.unit.title)
    reason = "" if line.state == "running" else field_text(line.row, tile.reason)
    beside, below = _about(found, scene, tile, line, bool(reason))
    view: View = {
        f"{prefix}.state": line.state,
        f"{prefix}.live": fresh.value,
        f"{prefix}.word": found.words(f"lines.{line.state}"),
        f"{prefix}.since_ms": line.row.event_ms if line.row and fresh is Freshness.LIVE else None,
        f"{prefix}.as_of": as_of(found, source),
        f"{prefix}.name": name,
        f"{prefix}.beside": beside,
        f"{prefix}.below": below,
        f"{prefix}.reason": reason,
        f"{prefix}.long": _is_long(found, scene, tile, reason or below),
    }
    for number, kpi in enumerate(tile.kpis):
        result = found.board.kpis.get((line.unit.id, kpi))
        view |= _number(found, found.kpis[kpi], result, f"{prefix}.kpi.{number}")
    if keeps_bars(found, tile):
        own = buckets_of(found, found.board.kpis.get((line.unit.id, tile.kpis[0])))
        view[f"{prefix}.bars"] = bucket_bars(own[-MOST_BARS:])
    return view


def _about(found: Lookup, scene: ShownScene, tile: LinesTile, line: Line, explained: bool) -> tuple[str, str]:
    """What is told of a line beside its name, where there is room, and below it.

    Above a reason there is one line: what does not fit gives way, from the last.
    """
    told, name = field_texts(line.row, tile.about), found.text(line.unit.title)
    room = min(columns.name for columns in line_columns(found, scene, tile))
    size = fitting([name], NAME_SIZES, room) or NAME_SIZES[-1]
    first = told[0] if told and told[0] == field_text(line.row, tile.about[0]) else ""
    beside = bool(first) and (text_width(name, size) + text_width(first, BESIDE_SIZE)) * BOLD + 14 <= room
    below = told[1:] if beside else told
    while explained and len(below) > 1 and text_width(" · ".join(below), BESIDE_SIZE) > room:
        below = below[:-1]
    return first if beside else "", " · ".join(below)


def _is_long(found: Lookup, scene: ShownScene, tile: LinesTile, text: str) -> bool:
    """Whether a text needs two lines, in smaller type where a line of the tile is low."""
    return text_width(text, LOW_SIZE) * BOLD > min(columns.name for columns in line_columns(found, scene, tile))


def _number(found: Lookup, kpi: Kpi, result: KpiResult | None, prefix: str) -> View:
    """A KPI's value; how it stands, against what is due of it, is told of the first only."""
    if result is None:
        return {f"{prefix}.value": UNKNOWN, f"{prefix}.due": "", f"{prefix}.lead": "", f"{prefix}.status": ""}
    form = form_for(found, kpi, result.target)
    due = result.due if kpi.accrues else None
    lead = None if due is None or result.value is None else result.value - due
    return {
        f"{prefix}.value": form.value(result.value),
        f"{prefix}.due": "" if due is None else f"/ {form.value(due)}",
        f"{prefix}.lead": "" if lead is None else form.signed(lead),
        f"{prefix}.status": displayed_status(result.status, found.freshness(kpi.id)),
    }


def _heads(found: Lookup, scene: ShownScene, tile: LinesTile) -> View:
    """The heads over the columns of KPIs: short names with the unit of measure."""
    view: View = {"lines.head.bars": found.words("lines.bars") if keeps_bars(found, tile) else ""}
    for number, name in enumerate(tile.kpis):
        kpi = found.kpis[name]
        unit = form_for(found, kpi, max(targets(found, scene, tile, name), default=Fraction(0))).unit
        head = f"{found.short(kpi)} {unit}".strip()
        view[f"lines.head.{number}"] = head if number or not kpi.accrues else found.words("lines.due", kpi=head)
    return view

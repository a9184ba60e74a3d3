"""The columns of a tile of lines: what they hold and how wide they are follows from the model and the cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from scoring.definitions import Unit
from scoring.scenes import LinesTile
from scoring.scorecard import by_unit

from .formats import text_width
from .kpi_view import DIGIT_WIDTH, form_for
from .lookup import Lookup, ShownScene
from .room import BOLD, Room, Slots, fitting, rooms, slots

#: What a state of the model means to a line, worst first; "unknown" is a line without a row.
STATES = ("stopped", "slow", "unknown", "planned", "running")
STATE_SIZES, NAME_SIZES = (38, 34, 30), (34, 28, 24)
#: The room of a state's word that its size is chosen for, what stands around it, and the least width of a block.
WORD_ROOM, AROUND_WORD, LEAST_BLOCK = 128, 78, 158
VALUE_SIZE, DUE_SIZE, FURTHER_SIZE = 56, 24, 38
#: The first KPI's column: at least this wide; with what is due beside its value up to this.
LEAST_NUMBER, MOST_NUMBER = 128, 180
LEAST_FURTHER = 86
#: A line's padding at both sides, and the gap between columns.
PADDING, GAP = 28, 14
#: Bars, then KPIs after the first, give way to a name and the reason below it: room for them in a line of up to that
#: height (walls/floor.css has the same), as low lines have one line for a reason, high ones two.
LEAST_NAMES = ((120, 260), (140, 200), (10_000, 170))
#: The head, the least height of a line and the gap between two, in u.
HEAD, LEAST_ROW, ROW_GAP = 40, 80, 10
BARS_SHARE, LEAST_BARS, WIDEST_BARS = 0.18, 150, 320
#: More bars than the days of a month are too thin to tell.
MOST_BARS = 31


@dataclass(frozen=True, slots=True)
class LineColumns:
    """Widths in u; `bars` 0: none; `further`: of the KPIs after the first that there is room for."""

    block: float
    name: float
    bars: float
    number: float
    further: tuple[float, ...]

    @property
    def template(self) -> str:
        """As columns of a grid."""
        rest = [width for width in (self.bars, self.number, *self.further) if width]
        return " ".join([f"{self.block / 10:g}rem", "minmax(0,1fr)", *(f"{width / 10:g}rem" for width in rest)])


def shown_units(found: Lookup, scene: ShownScene, tile: LinesTile) -> Sequence[Unit]:
    """The lines, as the model orders them."""
    return found.below(scene.unit, tile.of) if tile.of else found.children(scene.unit)


def keeps_bars(found: Lookup, tile: LinesTile) -> bool:
    """Whether the first KPI has amounts per bucket; a rate has none of its own."""
    first = found.kpis[tile.kpis[0]] if tile.kpis else None
    return first is not None and first.accrues and first.trend is not None


def line_slots(found: Lookup, scene: ShownScene, tile: LinesTile) -> Slots:
    """How many lines fit."""
    return slots(tile, HEAD, LEAST_ROW, ROW_GAP, len(shown_units(found, scene, tile)) or 1)


def line_columns(found: Lookup, scene: ShownScene, tile: LinesTile) -> tuple[LineColumns, LineColumns]:
    """The columns on a landscape and on a portrait wall."""
    fit = line_slots(found, scene, tile)
    pairs = zip(rooms(tile), (fit.landscape, fit.portrait), strict=True)
    landscape, upright = (_columns(found, scene, tile, room, rows) for room, rows in pairs)
    return landscape, upright


def _columns(found: Lookup, scene: ShownScene, tile: LinesTile, room: Room, rows: int) -> LineColumns:
    height, width = (room.height - HEAD + ROW_GAP) / rows - ROW_GAP, room.width
    least = next(room for up_to, room in LEAST_NAMES if height < up_to)
    block, number = block_width(found), number_width(found, scene, tile)
    further = [_further_width(found, scene, tile, kpi) for kpi in tile.kpis[1:]]
    bars = max(LEAST_BARS, min(WIDEST_BARS, round(width * BARS_SHARE))) if keeps_bars(found, tile) else 0

    def name() -> float:
        columns = [column for column in (block, bars, number, *further) if column]
        return width - PADDING - sum(columns) - GAP * len(columns)

    bars = min(bars, LEAST_BARS) if name() < least else bars
    if name() < least:
        bars = 0
    while further and name() < min(least, LEAST_NAMES[1][1]):
        further.pop()
    return LineColumns(block, name(), bars, number, tuple(further))


def state_size(found: Lookup) -> int:
    """The size that all words of states have."""
    return fitting([found.words(f"lines.{state}") for state in STATES], STATE_SIZES, WORD_ROOM) or STATE_SIZES[-1]


def block_width(found: Lookup) -> float:
    """The width of a state's block."""
    widest = max(text_width(found.words(f"lines.{state}"), state_size(found)) * BOLD for state in STATES)
    return max(LEAST_BLOCK, round(widest + AROUND_WORD))


def targets(found: Lookup, scene: ShownScene, tile: LinesTile, kpi: str) -> list[Fraction]:
    """The KPI's target at each line."""
    setting = found.kpis[kpi].target
    of_units = (by_unit(setting, unit) for unit in shown_units(found, scene, tile))
    return [Fraction(target) for target in of_units if target is not None]


def number_width(found: Lookup, scene: ShownScene, tile: LinesTile) -> float:
    """The width of the first KPI's column: its largest target, and what is due beside it where that is short."""
    if not tile.kpis:
        return 0
    value = _widest(found, scene, tile, tile.kpis[0], VALUE_SIZE)
    both = value + _widest(found, scene, tile, tile.kpis[0], DUE_SIZE) + DUE_SIZE
    return max(LEAST_NUMBER, round(both if due_beside(found, scene, tile) else max(value, MOST_NUMBER)))


def due_beside(found: Lookup, scene: ShownScene, tile: LinesTile) -> bool:
    """Whether what is due has room beside the first KPI's value, not below it."""
    sizes = (VALUE_SIZE, DUE_SIZE)
    return sum(_widest(found, scene, tile, tile.kpis[0], size) for size in sizes) + DUE_SIZE <= MOST_NUMBER


def _further_width(found: Lookup, scene: ShownScene, tile: LinesTile, kpi: str) -> float:
    return max(LEAST_FURTHER, round(_widest(found, scene, tile, kpi, FURTHER_SIZE)))


def _widest(found: Lookup, scene: ShownScene, tile: LinesTile, kpi: str, size: float) -> float:
    texts = [form_for(found, found.kpis[kpi], one).value(one) for one in targets(found, scene, tile, kpi)]
    return max((text_width(text, size) * DIGIT_WIDTH for text in texts), default=0.0)


def line_sizes(found: Lookup, scene: ShownScene, tile: LinesTile) -> dict[str, str]:
    """Columns and sizes of type as variables of the style sheet."""
    names = [found.text(unit.title) for unit in shown_units(found, scene, tile)]
    landscape, upright = line_columns(found, scene, tile)
    sizes = {"--name": landscape, "--name-upright": upright}
    fit = {key: fitting(names, NAME_SIZES, columns.name) or NAME_SIZES[-1] for key, columns in sizes.items()}
    return {
        "--columns": landscape.template,
        "--columns-upright": upright.template,
        "--word": f"{state_size(found) / 10:g}rem",
        **{key: f"{size / 10:g}rem" for key, size in fit.items()},
    }

"""A KPI as the hero: its number, the bar with what is due and the target, the forecast, and its buckets."""

from __future__ import annotations

from fractions import Fraction

from scoring.board import KpiResult
from scoring.definitions import Kpi
from scoring.scenes import BarsTile, HeroTile

from . import formats
from .bars_view import bars_view
from .formats import UNKNOWN, Form, text_width
from .header_view import main_period
from .kpi_head import kpi_head, missing_view, stands, target_of, target_text
from .kpi_view import form_for, kpi_view
from .lookup import Lookup, ShownScene, View
from .room import BOLD, fitting, rooms
from .tile_room import tile_names

#: Padding at both sides; beside the name: the glyph and the longest status word with the gaps, in u.
SIDES, GLYPH = 56, 56
NAME_SIZES, WORD_SIZE, UNIT_SIZE, FACT_SIZE, GAP_SIZE = (28, 24, 20), 26, 28, 28, 20
#: Of a digit and of a mark of the display type, in em.
DIGIT, MARK = 0.605, 0.3
STATUSES = ("good", "watch", "bad", "unknown", "stale", "silent")
#: What a hero has only with a result, and what it takes of a tile of bars.
_OF_RESULT = tuple(
    f"hero.{name}" for name in ("weight", "score", "bar", "notch", "target_tick", "spark", "spark_target")
)
_OF_BARS = ("bars.paths", "bars.figures", "bars.empty")


def kpi_hero_view(found: Lookup, scene: ShownScene, tile: HeroTile, kpi_id: str) -> View:
    """The keys under `hero.*`, and those of its bars."""
    kpi, unit = found.kpis[kpi_id], scene.unit
    if not stands(found, unit, kpi_id):
        return missing_view(found, kpi_id, "hero")
    result, target = found.board.kpis.get((unit, kpi_id)), target_of(found, unit, kpi)
    form = form_for(found, kpi, target)
    view = kpi_head(found, unit, kpi_id, "hero") | dict.fromkeys(_OF_RESULT)
    if result is not None:
        told = kpi_view(found, result, "hero", main_period(found, found.results(unit)))
        view |= {key: told[key] for key in _OF_RESULT}
    view |= {"hero.name": _name(found, kpi, tile), "hero.em": _em(form, target, result)}
    return view | _facts(found, tile, kpi, result, form, target) | _bars(found, scene, tile, kpi_id)


def _name(found: Lookup, kpi: Kpi, tile: HeroTile) -> str:
    """The title, or the short one where it does not fit beside the status in any size."""
    title, short = tile_names(found, kpi.id, tile)
    return title if fitting([title], NAME_SIZES, _name_room(found, tile)) else short


def name_size(found: Lookup, kpi_id: str, tile: HeroTile) -> int:
    """The size at which the name fits beside the longest status word."""
    room = _name_room(found, tile)
    return fitting([_name(found, found.kpis[kpi_id], tile)], NAME_SIZES, room) or NAME_SIZES[-1]


def _name_room(found: Lookup, tile: HeroTile) -> float:
    word = max(text_width(found.words(f"status.{status}"), WORD_SIZE) for status in STATUSES)
    return min(room.width for room in rooms(tile)) - SIDES - GLYPH - word


def unit_width(found: Lookup, scene: ShownScene, kpi_id: str) -> float:
    """What the unit of measure takes beside the number, in u."""
    unit = form_for(found, found.kpis[kpi_id], target_of(found, scene.unit, found.kpis[kpi_id])).unit
    return round(sum(UNIT_SIZE * (1 if char > "\u2e7f" else 0.68) for char in unit) + 12) if unit else 0


def _em(form: Form, target: Fraction, result: KpiResult | None) -> float:
    """How wide the number is, in em: no narrower than the target, so that it keeps its size through a period."""
    shown = [form.value(target), form.value(None if result is None else result.value)]
    return round(max(sum(DIGIT if char.isdigit() else MARK for char in text) for text in shown), 2)


def _facts(found: Lookup, tile: HeroTile, kpi: Kpi, result: KpiResult | None, form: Form, target: Fraction) -> View:
    """What is due (of a rate: what is attained), the plan and the forecast; what does not fit gives way."""
    words, plan = found.words, target_text(kpi, form, target, brief=True)
    if kpi.accrues:
        plan = form.value(target)
    due = result.due if result is not None and kpi.accrues else None
    lead = None if result is None or due is None or result.value is None else result.value - due
    gap = "" if lead is None else words("hero.ahead" if lead >= 0 else "hero.gap", gap=form.signed(lead))
    first = form.value(due) if kpi.accrues else formats.percent(None if result is None else result.attainment)
    ranges = _forecast(found, kpi, result, form)
    room = min(room.width for room in rooms(tile)) - SIDES
    choices = [(gap, ranges[0]), (gap, ranges[1]), ("", ranges[1]), ("", "")]
    shown = next((pair for pair in choices if _width((first, plan, pair[1]), pair[0]) <= room), choices[-1])
    return {
        "hero.due": first,
        "hero.gap": shown[0],
        "hero.plan": plan,
        "hero.forecast": shown[1],
        "hero.forecast_label": words(f"hero.forecast.{kpi.period}") if shown[1] else "",
    }


def _width(facts: tuple[str, ...], gap: str) -> float:
    pieces = [text_width(fact, FACT_SIZE) * BOLD for fact in facts if fact]
    return sum(pieces) + (text_width(gap, GAP_SIZE) + 9 if gap else 0) + 16 * (len(pieces) - 1)


def _forecast(found: Lookup, kpi: Kpi, result: KpiResult | None, form: Form) -> tuple[str, str]:
    """The range at the end of the period, and its middle; "" while there is none."""
    ahead = None if result is None else found.board.forecasts.get((result.unit, kpi.id))
    if ahead is None:
        return "", ""
    low, mid, high = (form.value(value) for value in (ahead.low, ahead.mid, ahead.high))
    return (low if low == high else f"{low}{UNKNOWN}{high}"), mid


def has_bars(found: Lookup, kpi_id: str) -> bool:
    """Whether the KPI has amounts per bucket."""
    return found.kpis[kpi_id].accrues and found.kpis[kpi_id].trend is not None


def as_bars(tile: HeroTile, kpi_id: str) -> BarsTile:
    """The bars of the hero as a tile of their own."""
    return BarsTile(tile="bars", at=tile.at, portrait=tile.portrait, kpi=kpi_id)


def _bars(found: Lookup, scene: ShownScene, tile: HeroTile, kpi_id: str) -> View:
    if not has_bars(found, kpi_id):
        return {}
    view = bars_view(found, scene, as_bars(tile, kpi_id))
    return {key: value for key, value in view.items() if key.startswith("bar.") or key in _OF_BARS}

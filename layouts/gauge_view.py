"""The gauge: what a KPI attains on an arc, with its status bands and its target."""

from __future__ import annotations

from fractions import Fraction

from scoring.definitions import Kpi
from scoring.scenes import GaugeTile

from .formats import text_width
from .kpi_head import kpi_head, missing_view, stands
from .kpi_view import AXIS, position
from .lookup import Lookup, ShownScene, View
from .tile_room import fitted_name

#: The arc for 0 to 120 % of the target, in degrees: more would leave the value little room in a low tile.
SWEEP = 210
#: Sizes of the value by its length in em: the largest fills the ring with "97.4%", the smallest with "1,234,567".
VALUE_SIZES = (("l", 2.6), ("m", 3.4))


def gauge_view(found: Lookup, scene: ShownScene, tile: GaugeTile) -> View:
    """The keys under `gauge.*`; for what accrues the arc is the pace, and its tick what is due by now."""
    unit, kpi = scene.unit, found.kpis[tile.kpi]
    if not stands(found, unit, kpi.id):
        return missing_view(found, kpi.id, "gauge")
    view = kpi_head(found, unit, kpi.id, "gauge")
    result = found.board.kpis.get((unit, kpi.id))
    share = position(None if result is None else result.attainment)
    name, _ = fitted_name(found, kpi.id, tile)
    value, measure = str(view["gauge.value"]), str(view["gauge.unit"])
    return view | {
        "gauge.name": name,
        "gauge.size": value_size(value),
        "gauge.beside": text_width(measure, 1) <= 1,
        "gauge.fill": 0.0 if share is None else share,
        "gauge.turn": None if share is None else round(share * SWEEP, 2),
    }


def value_size(value: str) -> str:
    """Which of three sizes lets a value fit inside the ring.

    >>> value_size("97.4"), value_size("1,270"), value_size("15,232.4")
    ('l', 'm', 's')
    """
    width = text_width(value, 1)
    return next((name for name, most in VALUE_SIZES if width <= most), "s")


def bands(kpi: Kpi) -> list[tuple[str, float, float]]:
    """The status bands on the arc: (status, from, to), each 0 to 1."""
    watch, good = (min(Fraction(edge) / AXIS, Fraction(1)) for edge in (kpi.status.watch, kpi.status.good))
    edges = [("bad", Fraction(0), watch), ("watch", watch, good), ("good", good, Fraction(1))]
    return [(status, round(float(low), 4), round(float(high), 4)) for status, low, high in edges if low < high]

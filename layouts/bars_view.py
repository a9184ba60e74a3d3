"""Bars: a KPI per bucket of its period against the plan of each, or per unit against its target."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from scoring.buckets import MOST_BUCKETS, Bucket
from scoring.forms import BucketKind
from scoring.scenes import BarsTile

from . import moments
from .bucket_bars import bucket_bars, buckets_of
from .formats import Form, text_width
from .kpi_head import kpi_head, missing_view, stands, target_of, target_text
from .kpi_view import form_for
from .lookup import Lookup, ShownScene, View
from .tile_room import fitted_name, inner_rooms, narrowest

#: A bar with its gap is at least this wide, and a label below the bars has this much room, in u.
LEAST_PITCH, LABEL_ROOM = 6.5, 40
#: Numbers above bars: their size, and the space between two.
FIGURE_SIZE, FIGURE_GAP = 20, 8
#: A longer row of hours names days at their midnights.
LONGEST_BY_CLOCK = dt.timedelta(hours=30)


def bars_view(found: Lookup, scene: ShownScene, tile: BarsTile) -> View:
    """The keys under `bars.*` and, for each place in the row, `bar.N.*`."""
    unit, kpi = scene.unit, found.kpis[tile.kpi]
    if not stands(found, unit, kpi.id):
        return missing_view(found, kpi.id, "bars")
    result = found.board.kpis.get((unit, kpi.id))
    shown = buckets_of(found, result)[-bar_count(tile) :]
    form = form_for(found, kpi, target_of(found, unit, kpi))
    due = None if result is None else result.due
    view = kpi_head(found, unit, kpi.id, "bars") | {
        "bars.name": found.text(tile.title) or fitted_name(found, kpi.id, tile)[0],
        "bars.due": "" if not kpi.accrues or due is None else found.words("trend.due", due=form.value(due)),
        "bars.goal": found.words("trend.target", target=target_text(kpi, form, target_of(found, unit, kpi))),
        "bars.paths": bucket_bars(shown),
        "bars.empty": not shown,
        "bars.figures": _figures(tile, shown, form),
    }
    labels = _labels(found, kpi.trend, shown, narrowest(tile))
    for place in range(bar_count(tile)):
        bucket = shown[place] if place < len(shown) else None
        view |= _bar(form, bucket, labels[place] if bucket else "", f"bar.{place}")
    return view


def bar_count(tile: BarsTile) -> int:
    """Places in the row: as many as fit on the narrower wall; without so many buckets the rest is not seen."""
    return min(MOST_BUCKETS, int(narrowest(tile) / LEAST_PITCH))


def _bar(form: Form, bucket: Bucket | None, label: str, prefix: str) -> View:
    told = bucket is not None and bucket.amount is not None
    return {
        f"{prefix}.shown": bucket is not None,
        f"{prefix}.amount": form.value(bucket.amount) if told and bucket else "",
        f"{prefix}.status": bucket.status.value if told and bucket else "unknown",
        f"{prefix}.label": label,
    }


def _figures(tile: BarsTile, shown: Sequence[Bucket], form: Form) -> str:
    """The walls on which the widest number fits above its bar: both, landscape, portrait or none."""
    widest = max(
        (text_width(form.value(one.amount), FIGURE_SIZE) for one in shown if one.amount is not None), default=0
    )
    fit = [room.width / max(1, len(shown)) >= widest * 1.15 + FIGURE_GAP for room in inner_rooms(tile)]
    return {(True, True): "both", (True, False): "landscape", (False, True): "portrait"}.get((fit[0], fit[1]), "none")


def _labels(found: Lookup, kind: BucketKind | None, shown: Sequence[Bucket], width: float) -> list[str]:
    """What stands below each bar: hours, days, or days at their midnights; "" where there is no room for all."""
    starts = [moments.local(one.start_ms, found.zone) for one in shown]
    if not starts:
        return []
    step = max(1, -(-int(LABEL_ROOM * len(shown)) // int(width)))
    if kind == "day":
        return [str(start.day) if index % step == 0 else "" for index, start in enumerate(starts)]
    if starts[-1] - starts[0] > LONGEST_BY_CLOCK:
        return [f"{start.month}-{start:%d}" if start.hour == start.minute == 0 else "" for start in starts]
    step = next(hours for hours in (1, 2, 3, 4, 6, 12, 24) if hours >= step or hours == 24)
    return [_clock_label(start, kind, step) for start in starts]


def _clock_label(start: dt.datetime, kind: BucketKind | None, step: int) -> str:
    if kind == "minute":
        return f"{start:%H:%M}" if start.minute % 15 == 0 else ""
    return str(start.hour) if start.hour % step == 0 else ""


def bars_head(found: Lookup, tile: BarsTile) -> str:
    """How the name stands in the head."""
    return "one" if found.text(tile.title) else fitted_name(found, tile.kpi, tile)[1]

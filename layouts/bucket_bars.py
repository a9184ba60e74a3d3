"""Bars per bucket as outlines in a box of 1000 by 100, y downwards: what each brought against its plan."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from scoring.board import KpiResult, Status
from scoring.buckets import Bucket, buckets

from .lookup import Lookup

#: What is drawn, from back to front; each is one path.
PARTS = ("ahead", "now", "good", "watch", "bad", "plan")
#: A bar's share of its bucket's width, and the room left above the highest.
BAR, TOP = Fraction(17, 20), 4

Box = tuple[Fraction, Fraction]


def buckets_of(found: Lookup, result: KpiResult | None) -> tuple[Bucket, ...]:
    """The buckets of a result's period; none if it keeps no series."""
    series = None if result is None else found.board.series.get((result.unit, result.kpi))
    if result is None or series is None:
        return ()
    return buckets(found.kpis[result.kpi], result, series, found.calendar)


def bucket_bars(shown: Sequence[Bucket]) -> dict[str, str]:
    """The path of each part; bars are coloured only where they are off plan."""
    most = max((max(bucket.plan, bucket.amount or Fraction(0)) for bucket in shown), default=Fraction(0))
    if not most:
        return dict.fromkeys(PARTS, "")
    width = Fraction(1000, len(shown))
    boxes = [(place * width, (place + BAR) * width) for place in range(len(shown))]

    def height(value: Fraction) -> int:
        return round(100 - (100 - TOP) * max(value, Fraction(0)) / most)

    pairs = list(zip(boxes, shown, strict=True))
    filled = {part: [(box, height(one.amount)) for box, one in pairs if one.amount and _part(one) == part]
              for part in ("good", "watch", "bad")}  # fmt: skip
    return {
        "ahead": _boxes((box, height(one.plan)) for box, one in pairs if one.due is None and one.plan),
        "now": _boxes((box, height(one.plan)) for box, one in pairs if one.running),
        **{part: _boxes(bars) for part, bars in filled.items()},
        "plan": _ticks((box, height(one.due)) for box, one in pairs if one.due),
    }


def _part(bucket: Bucket) -> str:
    return bucket.status.value if bucket.status in (Status.WATCH, Status.BAD) else "good"


def _boxes(bars: Iterable[tuple[Box, int]]) -> str:
    return "".join(f"M{round(box[0])} 100V{top}H{round(box[1])}V100Z" for box, top in bars)


def _ticks(ticks: Iterable[tuple[Box, int]]) -> str:
    return "".join(f"M{round(box[0])} {at}H{round(box[1])}" for box, at in ticks)

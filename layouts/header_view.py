"""The header: what is shown, for which period, and whether it is live."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from scoring.board import Freshness, KpiResult

from . import formats, moments
from .alerts.standing import counts, standing_below
from .lookup import Lookup, View


def main_period(found: Lookup, results: Sequence[KpiResult]) -> str:
    """The kind of period that most KPIs of a screen run over."""
    kinds = Counter(found.kpis[result.kpi].period for result in results)
    return kinds.most_common(1)[0][0] if kinds else ""


def live_share(found: Lookup, results: Sequence[KpiResult]) -> Fraction:
    """The share of weight whose sources are live."""
    whole = sum(result.weight for result in results)
    live = sum(result.weight for result in results if found.freshness(result.kpi) is Freshness.LIVE)
    return Fraction(live, whole) if whole else Fraction(1)


def header_view(found: Lookup, title: str, results: Sequence[KpiResult]) -> View:
    """Title, running period with its elapsed share, date line and live state, under `header.*`."""
    kind = main_period(found, results)
    of_kind = [result for result in results if found.kpis[result.kpi].period == kind]
    running = max(of_kind, key=lambda result: result.elapsed, default=None)  # a rate's own is from its last move
    share, words = live_share(found, results), found.words
    if share == 1:
        live = words("live")
    else:
        live = words("live.part" if share else "live.none", share=formats.percent(share, 0))
    return {
        "header.title": title,
        "header.period": "" if running is None else period_title(found, running),
        "header.elapsed": None if running is None else round(float(running.elapsed), 4),
        "header.elapsed_text": "" if running is None else words("elapsed", share=formats.percent(running.elapsed)),
        "header.date": moments.date_line(found.board.as_of_ms, found.model.calendar, words),
        "header.state": "live" if share == 1 else "stale",
        "header.live": live,
    }


def firing_view(found: Lookup, unit_id: str) -> View:
    """How many alerts stand at a unit and below it, by severity, under `header.firing.*`; "" for none."""
    standing = counts(standing_below(found, unit_id))
    return {f"header.firing.{severity}": str(n) if n else "" for severity, n in standing.items()}


def period_title(found: Lookup, result: KpiResult) -> str:
    """The name of the period that a result stands for."""
    kind = found.kpis[result.kpi].period
    return moments.period(kind, result.period_start_ms, result.period_end_ms, found.model.calendar, found.words)

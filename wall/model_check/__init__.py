"""What one definition says of another: references, weights, targets, cycles; all findings at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from scoring.definitions import Model

from .alerts import check_alert_levels, check_alerts
from .brand import check_brand
from .changes import check_changes
from .events import check_calendar, check_events
from .finding import Finding
from .gates import check_gates
from .grades import check_grades, check_incentives
from .ids import check_unique_ids
from .kpis import check_kpis
from .maps import check_maps
from .metrics import check_metrics
from .numbers import check_numbers
from .playlists import check_playlists
from .roles import check_roles, check_sight
from .scenes import check_scenes
from .tables import check_tables
from .units import check_scorecards, check_units
from .withheld import check_withheld

__all__ = ["Finding", "check_model"]

_Check = Callable[[Model], Iterator[Finding]]
_FIRST: list[_Check] = [
    check_unique_ids, check_numbers, check_calendar, check_events, check_metrics, check_tables, check_scenes,
    check_playlists, check_maps, check_brand, check_roles, check_sight, check_alerts,
]  # fmt: skip
#: These reckon with the model's numbers and dates.
_RECKONING: list[_Check] = [
    check_units, check_kpis, check_changes, check_scorecards, check_gates, check_grades, check_incentives,
]  # fmt: skip


def check_model(model: Model) -> list[Finding]:
    """All findings of a model whose form is right."""
    checks = _FIRST if any(check_numbers(model)) else _FIRST + _RECKONING
    found = [finding for check in checks for finding in check(model)]
    sound = not any(one.level == "error" for one in found)
    return [*found, *((*check_withheld(model), *check_alert_levels(model)) if sound else ())]

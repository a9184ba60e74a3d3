"""What one definition says of another: references, weights, targets, cycles; all findings at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from scoring.definitions import Model

from .changes import check_changes
from .events import check_calendar, check_events
from .finding import Finding
from .gates import check_gates
from .grades import check_grades, check_incentives
from .ids import check_unique_ids
from .kpis import check_kpis
from .metrics import check_metrics
from .scenes import check_roles, check_scenes, check_sight
from .units import check_scorecards, check_units

__all__ = ["Finding", "check_model"]

_CHECKS: list[Callable[[Model], Iterator[Finding]]] = [
    check_unique_ids, check_calendar, check_events, check_metrics, check_units, check_kpis, check_changes,
    check_scorecards, check_gates, check_grades, check_incentives, check_scenes, check_roles, check_sight,
]  # fmt: skip


def check_model(model: Model) -> list[Finding]:
    """All findings of a model whose form is right."""
    return [finding for check in _CHECKS for finding in check(model)]

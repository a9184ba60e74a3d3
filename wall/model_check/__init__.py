"""What one definition says of another: references, weights, targets, cycles; all findings at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from scoring.definitions import Model

from .events import check_calendar, check_events
from .finding import Finding
from .ids import check_unique_ids
from .kpis import check_kpis
from .metrics import check_metrics
from .scenes import check_roles, check_scenes
from .units import check_scorecards, check_units

__all__ = ["Finding", "check_model"]

_CHECKS: list[Callable[[Model], Iterator[Finding]]] = [
    check_unique_ids, check_calendar, check_events, check_metrics, check_units, check_kpis, check_scenes, check_roles,
]  # fmt: skip


def check_model(model: Model) -> list[Finding]:
    """All findings of a model whose form is right."""
    found = [finding for check in _CHECKS for finding in check(model)]
    if not any(finding.level == "error" for finding in found):
        found += check_scorecards(model)
    return found

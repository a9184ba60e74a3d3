"""Grouping: what alerts must have in common to be told in one message."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from ..definitions import Model
from ..same import Same
from .alert import Alert
from .rules import AlertRule


def group_of(rule: AlertRule, alert: Alert, model: Model) -> str:
    """The name of the group that an alert is told in: the same for all that have in common what its rule asks for.

    An alert at a top unit has no parent, and groups with those of the other top units.
    """
    parts = {
        "rule": rule.id,
        "kpi": alert.key.kpi,
        "parent": parents_of(model).get(alert.key.unit) or "",
        "severity": alert.severity,
    }
    return "|".join(f"{name}={parts[name]}" for name in parts if name in rule.group_by)


def parents_of(model: Model) -> Mapping[str, str | None]:
    """The parent of every unit; worked out once for a model."""
    return _parents(Same(model))


@lru_cache(maxsize=4)
def _parents(same: Same[Model]) -> Mapping[str, str | None]:
    return {unit.id: unit.parent for unit in same.value.units}

"""Which sources feed a KPI, and with it a unit's score."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from ..definitions import Model
from ..expressions import names
from ..same import Same

Sources = frozenset[str]


def sources_of_kpis(model: Model) -> Mapping[str, Sources]:
    """The sources of every KPI's events; worked out once for a model."""
    return _of_kpis(Same(model))


@lru_cache(maxsize=4)
def _of_kpis(same: Same[Model]) -> Mapping[str, Sources]:
    model = same.value
    sources = {event.type: event.source for event in model.events}
    metrics = {metric.id: sources[metric.event] for metric in model.metrics}
    return {kpi.id: frozenset(metrics[name] for name in names(kpi.value)) for kpi in model.kpis}

"""The model that benchmarks run on: 12 KPIs on one scene, units in a tree, one event type."""

from __future__ import annotations

import itertools
from typing import Any

from scoring.definitions import Model

_KPIS = 12


def bench_model(departments: int = 8) -> Model:
    """A company with departments; every event moves all 12 KPIs; the first counts events to the last one."""
    units: list[dict[str, Any]] = [{"id": "company", "title": "Company", "kind": "company"}]
    units += [
        {"id": f"d{number}", "title": f"Department {number}", "kind": "department", "parent": "company"}
        for number in range(departments)
    ]
    weights = [4, *[96 // (_KPIS - 1)] * (_KPIS - 2)]
    weights.append(100 - sum(weights))
    kpis = [_counter(weights[0])] + [_rate(number, weights[number]) for number in range(1, _KPIS)]
    return Model.model_validate(
        {
            "name": "bench",
            "title": "Benchmark",
            "version": "1",
            "language": "en",
            "calendar": {"zone": "UTC"},
            "sources": [{"id": "load", "title": "Load", "stale_after": "1h", "silent_after": "2h"}],
            "events": [
                {
                    "type": "work.done",
                    "source": "load",
                    "unit": "{department}",
                    "fields": {
                        "department": {"type": "text"},
                        "number": {"type": "integer", "min": 0},
                        "good": {"type": "integer", "min": 0, "max": 1000},
                        "total": {"type": "integer", "min": 0, "max": 1000},
                    },
                }
            ],
            "metrics": [
                {"id": "done", "title": "Done", "event": "work.done", "aggregate": "count", "bucket": "hour"},
                {
                    "id": "good",
                    "title": "Good",
                    "event": "work.done",
                    "aggregate": "sum",
                    "value": "good",
                    "bucket": "hour",
                },
                {
                    "id": "total",
                    "title": "Total",
                    "event": "work.done",
                    "aggregate": "sum",
                    "value": "total",
                    "bucket": "hour",
                },
            ],
            "units": units,
            "kpis": kpis,
            "scenes": [
                {
                    "id": "overview",
                    "title": "Overview",
                    "unit": "company",
                    "kpis": [kpi["id"] for kpi in kpis],
                    "trend": "rate1",
                }
            ],
        }
    )


def _counter(weight: int) -> dict[str, Any]:
    return {
        "id": "done",
        "title": "Events",
        "value": "done",
        "applies_to": ["company", "department"],
        "period": "day",
        "target": 1_000_000,
        "weight": weight,
        "display": {"decimals": 0},
    }


def _rate(number: int, weight: int) -> dict[str, Any]:
    return {
        "id": f"rate{number}",
        "title": f"Rate {number}",
        "value": f"good * {number} / (total * {number})",
        "applies_to": ["company", "department"],
        "period": "day",
        "target": "0.9",
        "weight": weight,
        "display": {"percent": True, "decimals": 3},
        "trend": "hour",
    }


def tree_model(leaf_kpis: int, fan_out: int = 10) -> Model:
    """A tree whose leaves carry two KPIs each and whose inner units score their children."""
    leaves = leaf_kpis // 2
    units: list[dict[str, Any]] = [{"id": "u", "title": "Root", "kind": "inner"}]
    level = ["u"]
    while len(level) * fan_out < leaves:
        level = [f"{parent}.{child}" for parent in level for child in range(fan_out)]
        units += [{"id": one, "title": one, "kind": "inner", "parent": one.rsplit(".", 1)[0]} for one in level]
    places = itertools.islice(((parent, child) for child in itertools.count() for parent in level), leaves)
    units += [{"id": f"{parent}.{child}", "title": "", "kind": "leaf", "parent": parent} for parent, child in places]
    model = bench_model(0)
    kpis = [kpi.model_copy(update={"applies_to": ["leaf"], "trend": None}) for kpi in model.kpis[1:3]]
    content = model.model_dump(mode="json", by_alias=True)
    content["units"] = units
    content["kpis"] = [{**kpi.model_dump(mode="json", by_alias=True), "weight": 50} for kpi in kpis]
    content["scenes"] = []
    return Model.model_validate(content)

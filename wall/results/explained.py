"""Explanations as JSON data, exact: what the API answers and commands print with --json.

Fractions are text `n/d`, scores and shares whole numbers in 10^-12 points.
"""

from __future__ import annotations

from typing import Any

from layouts.stories import KpiStory, UnitStory

from .frozen import plain


def unit_content(story: UnitStory) -> dict[str, Any]:
    """Why a unit's score is what it is: the points of `parts` sum to its base, with `gates` to its score."""
    explanation = story.explanation
    return {
        "unit": explanation.node.unit.id,
        "as_of_ms": story.as_of_ms,
        "score": plain(explanation.score),
        "parts": plain(explanation.parts),
        "gates": plain(explanation.gates),
        "versions": plain(story.versions),
        "since_yesterday": plain(story.since_yesterday),
    }


def kpi_content(story: KpiStory) -> dict[str, Any]:
    """Why a KPI's score is what it is, from metric values to what it adds to every unit above."""
    explanation, cell = story.explanation, story.explanation.cell
    kpi = cell.rule.kpi
    return {
        "unit": cell.unit,
        "kpi": kpi.id,
        "as_of_ms": story.as_of_ms,
        "definition": kpi.definition,
        "versions": plain(story.versions),
        "metrics": dict(zip((one.id for one in cell.rule.metrics), plain(explanation.result.metrics), strict=True)),
        "formula": kpi.value,
        "result": plain(explanation.result),
        "method": kpi.method.model_dump(mode="json", by_alias=True),
        "rollup": cell.rollup,
        "curve": {"over": cell.rule.curve.over, "at": plain(explanation.position), "piece": plain(explanation.piece)},
        "curve_points": explanation.curve_points,
        "gates": plain(explanation.gates),
        "shares": plain(explanation.shares),
    }

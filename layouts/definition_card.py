"""The definition card (口径卡): everything that decides one number."""

from __future__ import annotations

from fractions import Fraction

from dash import html

from scoring.board import WEIGHT

from . import formats
from .chain_view import Chain
from .explain_parts import fact_row, version_text
from .lookup import Lookup
from .stories import KpiStory


def definition_card(found: Lookup, story: KpiStory, links: Chain) -> html.Section:
    """The definition card: everything that decides this number, in one place."""
    words, kpi = found.words, story.explanation.cell.rule.kpi
    sources = {source.id: found.text(source.title) for source in found.model.sources}
    named = [sources.get(source, source) for source in found.kpi_sources.get(kpi.id, ())]
    objective = found.objective(kpi.id) if kpi.id in found.kpis else None
    target = words("explain.card.accrues", target=links.target) if kpi.accrues else links.target
    weight = formats.plain(Fraction(story.explanation.cell.weight, WEIGHT))
    rows = [
        (words("explain.card.formula"), links.formula),
        (words("explain.card.sources"), words("and.between").join(named)),
        (words("explain.card.period"), words(f"every.{kpi.period}")),
        (words("explain.card.direction"), words(f"direction.{kpi.direction}")),
        (words("explain.card.target"), target),
        (words("explain.card.method"), links.method),
        (words("explain.card.weight"), weight),
        (words("explain.card.objective"), found.text(objective.title) if objective else ""),
        (words("explain.card.owner"), found.text(kpi.owner)),
    ]
    head = html.Div(
        [html.H2(words("explain.card"), className="card-title"),
         html.Span(version_text(found, story.versions, story.as_of_ms), className="label")],
        className="spread",
    )  # fmt: skip
    return html.Section(
        [head, *(fact_row(label, value) for label, value in rows if value)], className="card definition-card"
    )

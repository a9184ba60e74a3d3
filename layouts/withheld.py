"""What stands where numbers are withheld: they would tell one that whoever reads may not see."""

from __future__ import annotations

from dash import html

from .bindings import data, glyph
from .lookup import Lookup


def is_withheld(found: Lookup, unit_id: str) -> bool:
    """Whether a unit lacks its score because too few units stand behind it."""
    return unit_id in found.reader.withheld and found.unit_score(unit_id) is None


def withheld_card(found: Lookup) -> html.Section:
    """A card that says why numbers are withheld."""
    words = found.words
    title = html.H2([glyph(), html.Span(words("withheld.title"))], className="card-title withheld-title")
    return html.Section([title, html.P(words("withheld.why"), className="prose")], className="card",
                        **data(**{"is": "unknown"}))  # fmt: skip

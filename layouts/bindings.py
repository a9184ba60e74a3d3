"""Attributes that tie an element to a key of the view; `assets/bind.js` keeps it up to date from then on.

Each function gives the attributes and the first value, so that the first paint is complete.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from dash import html

from .lookup import View
from .markup import Element, svg

Attributes = dict[str, Any]


def data(**values: Any) -> Attributes:
    """Data attributes: `data(form="ago")` is `data-form="ago"`."""
    return {f"data-{name.replace('_', '-')}": value for name, value in values.items()}


def string(view: View, key: str) -> str:
    """The value of a key as text; "" where there is none."""
    value = view.get(key)
    return "" if value is None else str(value)


def text(view: View, key: str, css: str, **more: Any) -> html.Span:
    """A span that shows the text of a key."""
    return html.Span(string(view, key), className=css, **data(text=key), **more)


def number(view: View, key: str, css: str) -> html.Span:
    """A span whose changed digits fade in place."""
    return text(view, key, f"{css} number", **data(digits="1"))


def status(view: View, key: str) -> Attributes:
    """The element and what is in it take the colours and the glyph of this status."""
    return {"data-status": key, "data-is": string(view, key)}


def freshness(view: View, key: str) -> Attributes:
    """The element looks live, stale or silent."""
    return {"data-fresh": key, "data-live": string(view, key)}


def fill(view: View, key: str, css: str = "fill") -> html.Div:
    """A bar's fill, 0 to 1 of its track; moved, never scaled, so that hatching and radius keep their shape."""
    style = {"transform": f"translateX({_share(view, key) - 100:g}%)"}
    return html.Div(className=css, style=style, **data(fill=key))


def mark(view: View, key: str, css: str) -> html.Div:
    """A mark at a share of its track; hidden without a value."""
    style = {"transform": f"translateX({_share(view, key):g}%)"}
    return html.Div(className=css, style=style, **data(at=key), **hidden_without(view, key))


def hidden_without(view: View, key: str) -> Attributes:
    """Hidden while the key has no value; 0 is a value."""
    return {"data-off": "1" if view.get(key) in (None, "", False) else "0", "data-has": key}


def spark(view: View, prefix: str) -> html.Div:
    """A sparkline of the points under `<prefix>.spark`, drawn by the browser."""
    values = view.get(f"{prefix}.spark")
    points = ",".join("" if value is None else f"{value}" for value in values) if isinstance(values, list) else ""
    return html.Div(
        className="spark",
        **data(spark=prefix, points=points, target=string(view, f"{prefix}.spark_target")),
    )


def em(view: View, key: str) -> Attributes:
    """The element's style sheet knows how wide its text is, as `--em`."""
    return {"data-em": key, "style": {"--em": string(view, key) or "1"}}


def chart(view: View, key: str) -> html.Div:
    """A chart of the figure under the key, drawn by plotly in the browser; sizes in u, colours by token."""
    return html.Div(className="chart", **data(chart=key, figure=json.dumps(view.get(key), ensure_ascii=False)))


def paths(view: View, key: str, parts: Sequence[str], css: str) -> Element:
    """A drawing in a box of 1000 by 100, stretched to its place: one path per part, under the key as `{part: path}`."""
    value = view.get(key)
    drawn = value if isinstance(value, Mapping) else {}
    return svg(
        "svg",
        *(svg("path", className=f"path-{part}", d=str(drawn.get(part, "")), **data(part=part)) for part in parts),
        viewBox="0 0 1000 100",
        preserveAspectRatio="none",
        className=css,
        **data(paths=key),
    )


def age(view: View, key: str, css: str, form: str = "ago") -> html.Span:
    """A span whose age the browser counts from the moment under the key.

    `form`: ago ("4 s ago"), span ("4 s") or since ("since 14:24 · 7 min").
    """
    return html.Span(className=css, **data(age=key, ms=string(view, key), form=form))


def link(view: View, key: str) -> Attributes:
    """The element leads to the address under the key; nowhere while there is none."""
    address = string(view, key)
    return {"data-link": key, **({"href": address} if address else {})}


def glyph() -> html.I:
    """The shape of the status that surrounds it."""
    return html.I(className="glyph")


def _share(view: View, key: str) -> float:
    value = view.get(key)
    return round(value * 100, 2) if isinstance(value, (int, float)) else 0.0

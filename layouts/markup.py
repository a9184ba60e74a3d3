"""Components as HTML: walls are plain documents, made from the same components as every other page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from dash.development.base_component import Component

_VOID = {"br", "hr", "img", "input", "link", "meta"}
_NAMES = {"className": "class", "htmlFor": "for", "viewBox": "viewBox", "preserveAspectRatio": "preserveAspectRatio"}


@dataclass(frozen=True, slots=True)
class Element:
    """An element that Dash has no component for, such as those of SVG; only walls know it."""

    tag: str
    attributes: Mapping[str, Any] = field(default_factory=dict)
    children: Sequence[Any] = ()


def svg(tag: str, *children: Any, **attributes: Any) -> Element:
    """An SVG element: `svg("circle", r=4, className="dot", stroke_width=2)`."""
    return Element(tag, {_svg_name(name): value for name, value in attributes.items()}, children)


def _svg_name(name: str) -> str:
    return name if name in _NAMES else name.replace("_", "-")


def markup(part: Any) -> str:
    """The HTML of a component, an element, a text, or several of them.

    >>> from dash import html
    >>> markup(html.Div(["a < b", html.Br()], className="x", style={"gridRow": 2, "--rows": 3}))
    '<div class="x" style="grid-row:2;--rows:3">a &lt; b<br></div>'
    """
    return "".join(_pieces(part))


def _pieces(part: Any) -> Iterator[str]:
    match part:
        case None:
            return
        case Component():
            yield from _component(part)
        case Element():
            yield from _element(part.tag, part.attributes, part.children)
        case str() | int() | float():
            yield escape(str(part), quote=False)
        case Sequence():
            for one in part:
                yield from _pieces(one)
        case _:
            raise TypeError(f"{type(part).__name__} can't stand in a page")


def _component(part: Component) -> Iterator[str]:
    described: dict[str, Any] = part.to_plotly_json()  # type: ignore[no-untyped-call]
    if described["namespace"] != "dash_html_components":
        raise TypeError(f"{described['type']} needs a script of Dash, which walls don't load")
    attributes = dict(described["props"])
    children = attributes.pop("children", None)
    yield from _element(described["type"].lower(), attributes, children)


def _element(tag: str, attributes: Mapping[str, Any], children: Any) -> Iterator[str]:
    yield f"<{tag}{''.join(_attribute(name, value) for name, value in attributes.items())}>"
    if tag not in _VOID:
        yield from _pieces(children)
        yield f"</{tag}>"


def _attribute(name: str, value: Any) -> str:
    if value is None or value is False:
        return ""
    name = _NAMES.get(name, name.lower())
    if value is True:
        return f" {name}"
    text = _style(value) if isinstance(value, Mapping) else str(value)
    return f' {name}="{escape(text)}"'


def _style(style: Mapping[str, Any]) -> str:
    return ";".join(f"{_css_name(name)}:{value}" for name, value in style.items())


def _css_name(name: str) -> str:
    return name if name.startswith("--") else re.sub(r"[A-Z]", lambda found: f"-{found[0].lower()}", name)

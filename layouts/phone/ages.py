"""Ages that stand in the page before any script runs: what appears later would push the rest down."""

from __future__ import annotations

from dash import html

from .. import moments
from ..bindings import age
from ..lookup import Lookup, View


def aged(found: Lookup, view: View, key: str, css: str, form: str = "ago") -> html.Span:
    """A span whose age the browser counts on from what it was as the board was made; `form` as in `bindings.age`."""
    span = age(view, key, css, form)
    span.children = _text(found, view.get(key), form)
    return span


def _text(found: Lookup, ms: object, form: str) -> str:
    words, now_ms = found.words, found.board.as_of_ms
    if not isinstance(ms, int):
        return words("never") if form == "since" else ""
    seconds = (now_ms - ms) // 1000
    if form == "ago":
        return moments.age(seconds, words)
    return words(
        "since", time=moments.clock(ms, found.zone, now_ms, words), span=moments.age(seconds, words, ago=False)
    )

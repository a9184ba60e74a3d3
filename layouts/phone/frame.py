"""What all phone pages have: the head, and within the thumb's reach the way on and the tabs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from dash import html

from ..alerts.facts import AlertFact
from ..alerts.live import bell_view
from ..bindings import data, fill, hidden_without, status, text
from ..followup.facts import Pinned
from ..links import alerts_href
from ..lookup import Lookup, View
from ..page_data import page_data
from ..tiles.header import live_mark
from ..words import Words
from .ages import aged
from .icons import aria, icon
from .kpi_views import Pin
from .way import NO_WAY, Step, Way, home_href, pinned_href, tab_href

TABS = ("home", "peers", "trend", "alerts", "pinned")


@dataclass(frozen=True, slots=True)
class PhoneReader:
    """For whom a page is made: what of it is theirs, shown to them, withheld from them, or explained to them.

    `followup` gives the notes and actions of a unit or KPI, `alerts` are those that they see.
    """

    version: str
    home: str = ""
    pins: Sequence[Pin] = ()
    can_pin: bool = False
    shows: Callable[[str, str], bool] = lambda *_: True
    withheld: Callable[[str], bool] = lambda _: False
    explained: Callable[[str], bool] = lambda _: True
    followup: Callable[[str, str], Pinned | None] = lambda *_: None
    alerts: Sequence[AlertFact] = ()


@dataclass(frozen=True, slots=True)
class Frame:
    """A page's place: its unit, its tab, what it follows, where it leads, and what stands above the way on."""

    unit: str
    title: str
    push: str = ""
    tab: str = ""
    way: Way = NO_WAY
    actions: Sequence[Any] = ()


def page(found: Lookup, view: View, reader: PhoneReader, frame: Frame, content: Sequence[Any], css: str) -> html.Div:
    """A whole page; what a move to another one replaces."""
    way, view = frame.way, dict(view) | bell_view(found)
    leads = {name: step.href for name, step in (("up", way.up), ("before", way.before), ("after", way.after)) if step}
    about = page_data(found, frame.push, reader.version) | data(title=frame.title, **leads)
    if not frame.push:
        del about["data-push"]
    main = html.Main([_head(found, view, frame), *content], className=f"main {css}-main")
    return html.Div([main, _bottom(found.words, view, frame)], className="page", **about)


def _head(found: Lookup, view: View, frame: Frame) -> html.Header:
    up = frame.way.up
    ways = [] if up is None else [html.A([icon("before"), html.Span(up.title)], href=up.href, className="up")]
    line = [html.H1(frame.title, tabIndex="-1"), *([_live(found, view)] if frame.push else [])]
    return html.Header([*ways, html.Div(line, className="head-line"), *_period(view)], className="head")


def _live(found: Lookup, view: View) -> html.Div:
    """The live mark with its age; both give way to how long the page has been cut off."""
    offline = html.Span([found.words("phone.offline"), " ", html.Span(**data(age="", ms="", form="since"))],
                        className="cut-off", role="status")  # fmt: skip
    return html.Div(
        [live_mark(view, found.words), aged(found, view, "phone.event_ms", "live-age"), offline], className="now"
    )


def _period(view: View) -> list[html.Div]:
    if "header.period" not in view:
        return []
    elapsed = html.Div(html.Div(fill(view, "header.elapsed"), className="track"), className="elapsed")
    parts = [text(view, "header.period", ""), elapsed, text(view, "header.elapsed_text", "elapsed-text")]
    return [html.Div(parts, className="period-line", **hidden_without(view, "header.elapsed"))]


def _bottom(words: Words, view: View, frame: Frame) -> html.Div:
    return html.Div([*_way(words, frame), _tabs(words, view, frame)], className="bottom")


def _way(words: Words, frame: Frame) -> list[html.Nav]:
    """The buttons that do what a swipe does, with the page's actions between them; by name where there is room."""
    before, after = frame.way.before, frame.way.after
    if before is None and after is None and not frame.actions:
        return []
    parts = [_beside(words, "before", before, frame), *frame.actions, _beside(words, "after", after, frame)]
    css = "ways with-actions" if frame.actions else "ways"
    return [html.Nav([part for part in parts if part is not None], className=css, **aria(label=words("phone.ways")))]


def _beside(words: Words, name: str, step: Step | None, frame: Frame) -> html.A | html.Span | None:
    css = f"way way-{name}"
    if step is None:
        return None if frame.actions else html.Span(className=css)
    parts = [icon(name)] if frame.actions else [icon(name), html.Span(step.title)]
    label = aria(label=words(f"phone.way.{name}", title=step.title))
    return html.A(parts if name == "before" else parts[::-1], href=step.href, className=css, **label)


def _tabs(words: Words, view: View, frame: Frame) -> html.Nav:
    language = words.language
    hrefs = {
        "home": home_href(language),
        "peers": tab_href(frame.unit, "peers", language) if frame.unit else "",
        "trend": tab_href(frame.unit, "trend", language) if frame.unit else "",
        "alerts": alerts_href(language),
        "pinned": pinned_href(language),
    }
    badges = {"alerts": [_badge(view)]}

    def tab(name: str) -> html.A:
        here = aria(current="page") if name == frame.tab else {}
        return html.A(
            [icon(name), html.Span(words(f"phone.tab.{name}")), *badges.get(name, [])],
            href=hrefs[name],
            className="tab",
            **here,
        )

    more = html.Button([icon("more"), html.Span(words("phone.more"))], type="button", className="tab",
                       **data(more="1"), **aria(haspopup="dialog"))  # fmt: skip
    shown = [*(tab(name) for name in TABS if hrefs[name]), more]
    return html.Nav(shown, className="tabs", **aria(label=words("phone.tabs")))


def _badge(view: View) -> html.Span:
    """How many alerts wait for somebody, in the colour of the worst; nothing while there are none."""
    return text(view, "alerts.count", "badge", **status(view, "alerts.worst"), **hidden_without(view, "alerts.count"))


def note(title: str, *lines: str, kind: str = "", more: Sequence[Any] = ()) -> html.Section:
    """A card that says in words why there are no numbers, and what to do."""
    sign = [icon(kind)] if kind else []
    body = [html.P(line) for line in lines if line]
    return html.Section([*sign, html.H2(title), *body, *more], className="card note")


def list_head(title: Any, *right: Any) -> html.Div:
    """The head of a list."""
    return html.Div([html.H2(title), html.Span(list(right))], className="list-head")

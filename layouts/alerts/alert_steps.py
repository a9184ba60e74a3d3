"""What can be done about an alert, within the thumb's reach: acknowledge, snooze, assign; and what came of it."""

from __future__ import annotations

from typing import Any

from dash import html

from ..bindings import data
from ..lookup import Lookup
from ..markup import Element
from ..phone.icons import aria, icon
from ..phone.way import ALERTS
from ..words import Words
from .inbox_page import clock_ahead
from .live import is_snoozed
from .standing import RESOLVED
from .story import AlertStory

#: More people than this are looked for by name.
_FEW = 8


def told_line() -> html.P:
    """Where `alerts.js` says what became of a step."""
    return html.P(className="alert-outcome", role="status")


def step_buttons(found: Lookup, story: AlertStory) -> list[Any]:
    """The buttons, the most urgent one the largest; none for what is over."""
    words, fact = found.words, story.fact
    if fact.phase == RESOLVED:
        return []
    shown = [_opener("snooze", words("alerts.snooze"))] if story.snoozes else []
    shown += [_opener("assign", words("alerts.assign"))] if story.people else []
    if story.may_acknowledge and fact.phase == "firing":
        shown.append(_button(words, story, "acknowledge", "", words("alerts.acknowledge"), css="act main-act"))
    return shown


def _opener(name: str, label: str) -> html.Button:
    return html.Button(label, type="button", className="act", **data(sheet=f"alert-{name}"), **aria(haspopup="dialog"))


def _button(words: Words, story: AlertStory, step: str, value: str, label: Any, css: str = "sheet-line") -> html.Button:
    """A step, with all that is said of it while it is under way and when it fails."""
    told = data(
        step=step, value=value, to=f"{ALERTS}/{story.fact.id}", sending=words("alerts.sending"),
        failed=words("alerts.failed"), offline_text=words("alerts.offline"),
        becomes=words("alerts.phase.acknowledged") if step == "acknowledge" else "",
    )  # fmt: skip
    return html.Button(label, type="button", className=css, **told)


def step_sheets(found: Lookup, story: AlertStory) -> list[Element]:
    """The choices of how long and of whom, each in a sheet of its own."""
    if story.fact.phase == RESOLVED:
        return []
    found_sheets = []
    if story.snoozes:
        found_sheets.append(_sheet(found.words, "snooze", _snoozes(found, story)))
    if story.people:
        found_sheets.append(_sheet(found.words, "assign", _people(found.words, story)))
    return found_sheets


def _sheet(words: Words, name: str, body: list[Any]) -> Element:
    title = words("alerts.snooze") if name == "snooze" else words("alerts.assign")
    close = html.Form(html.Button(icon("close"), type="submit", **aria(label=words("phone.close"))), method="dialog")
    head = html.Div([html.H2(title), close], className="sheet-head")
    return Element("dialog", {"className": "sheet", "id": f"alert-{name}", "aria-label": title}, [head, *body])


def _snoozes(found: Lookup, story: AlertStory) -> list[Any]:
    words = found.words
    rows = [
        _button(words, story, "snooze", name, [html.Span(words(f"alerts.snooze.{name}")),
                                               html.Span(clock_ahead(found, until), className="quiet")])
        for name, until in story.snoozes
    ]  # fmt: skip
    if is_snoozed(found, story.fact):
        rows.insert(0, _button(words, story, "snooze", "off", words("alerts.unsnooze")))
    return rows


def _people(words: Words, story: AlertStory) -> list[Any]:
    rows = [_button(words, story, "assign", account, title) for account, title in story.people]
    if story.fact.assignee:
        rows.insert(0, _button(words, story, "assign", "", words("alerts.assign.nobody")))
    if len(story.people) <= _FEW:
        return rows
    search = Element("input", {"type": "search", "className": "alert-search", "placeholder":
                               words("alerts.assign.search"), "aria-label": words("alerts.assign.search")})  # fmt: skip
    return [search, *rows]

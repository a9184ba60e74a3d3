"""Notes and actions on a phone page: what is open, what was said, and the two forms that add to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from dash import html

from .. import formats, moments
from ..bindings import data, glyph
from ..kpi_view import amount_text, form_for
from ..lookup import Lookup
from ..markup import Element
from ..words import Words
from .facts import ActionLine, NoteLine, Pinned, Seen
from .texts import day_text, place_text

#: Where the forms lead; the last part is the step.
STEPS = "/phone/-/followup"
ACTIONS = "/phone/-/actions"
#: As `wall.followup.steps` refuses more.
MOST_TEXT, MOST_TITLE = 2000, 200
_SHOWN = 5


def followup_section(found: Lookup, pinned: Pinned) -> list[Any]:
    """The section; nothing where the reader can add nothing and nothing is written."""
    words = found.words
    if not (pinned.notes or pinned.actions or pinned.may_note or pinned.may_act):
        return []
    n = len(pinned.notes) + sum(one.state == "open" for one in pinned.actions)
    head = html.Div([html.H2(words("followup.title")), html.Span(words("followup.count", n=n) if n else "")],
                    className="list-head", id="followup")  # fmt: skip
    shown = [*(action_card(found, one) for one in pinned.actions), *(_note(found, one, pinned) for one in pinned.notes)]
    first, more = shown[:_SHOWN], shown[_SHOWN:]
    rest = [html.Details([html.Summary(words("followup.more", n=len(more))), *more], className="card fu-more")]
    none = [html.P(words("followup.none"), className="quiet fu-none")]
    return [head, *_forms(words, pinned), *(first or none), *(rest if more else [])]


def _forms(words: Words, pinned: Pinned) -> list[html.Div]:
    forms: list[Any] = [_note_form(words, pinned)] if pinned.may_note else []
    forms += [_action_form(words, pinned)] if pinned.may_act else []
    return [html.Div(forms, className="fu-forms")] if forms else []


def _form(step: str, words: Words, hidden: dict[str, str], parts: Sequence[Any], css: str = "") -> html.Form:
    """A form that `followup.js` sends; what it says when that can't be is in the page already."""
    kept: list[Any] = [
        Element("input", {"type": "hidden", "name": name, "value": value}) for name, value in hidden.items()
    ]
    return html.Form(
        [*kept, *parts], className=f"fu-form {css}".strip(), action=f"{STEPS}/{step}", method="post",
        **data(followup=step, failed=words("followup.failed")),
    )  # fmt: skip


def _labelled(label: str, entry: Any) -> html.Label:
    return html.Label([html.Span(label, className="label"), entry])


def _input(name: str, kind: str, **more: Any) -> Element:
    return Element("input", {"name": name, "type": kind, **more})


def _area(name: str, rows: int, **more: Any) -> Element:
    return Element("textarea", {"name": name, "rows": rows, "maxlength": MOST_TEXT, **more})


def _send(text: str) -> html.Button:
    return html.Button(text, type="submit", className="act main-act")


def _opened(title: str, form: html.Form) -> html.Details:
    return html.Details([html.Summary(title, className="act"), form], className="fu-add")


def _note_form(words: Words, pinned: Pinned) -> html.Details:
    area = _area("text", 3, required=True, placeholder=words("followup.note.hint"))
    form = _form("note", words, {"unit": pinned.unit, "kpi": pinned.kpi},
                 [_labelled(words("followup.note"), area), _send(words("followup.note.save"))])  # fmt: skip
    return _opened(words("followup.note.add"), form)


def _action_form(words: Words, pinned: Pinned) -> html.Details:
    due = (pinned.first_due or pinned.today).isoformat()
    parts = [
        _labelled(words("followup.action.title"), _input("title", "text", required=True, maxlength=MOST_TITLE)),
        _labelled(words("followup.owner"), _owner(words, pinned.people, pinned.me)),
        _labelled(words("followup.due.day"),
                  _input("due", "date", required=True, value=due, min=pinned.today.isoformat())),
        _send(words("followup.action.save")),
    ]  # fmt: skip
    return _opened(
        words("followup.action.add"), _form("action", words, {"unit": pinned.unit, "kpi": pinned.kpi}, parts)
    )


def _owner(words: Words, people: Sequence[tuple[str, str]], chosen: str) -> Element:
    """Who it is for; without the right to assign it is oneself."""
    named = list(people) or [(chosen, words("followup.me"))]
    options = [Element("option", {"value": name, "selected": name == chosen}, [title]) for name, title in named]
    return Element("select", {"name": "owner"}, options)


def seen_text(found: Lookup, unit: str, kpi: str, then: Seen) -> str:
    """The number as it was: a KPI's value in its form, or a unit's score."""
    if not kpi:
        return "" if then.score is None else found.words("followup.score", score=formats.score(then.score))
    known, held = found.kpis.get(kpi), found.board.kpis.get((unit, kpi))
    if known is None or then.value is None:
        return ""
    form = form_for(found, known, held.target if held is not None else then.value)
    return amount_text(form, then.value)


def when_text(found: Lookup, ms: int) -> str:
    """The moment something was written: its time today, else its day and time."""
    now_ms = found.board.as_of_ms
    moment = moments.local(ms, found.zone)
    day = moments.clock(ms, found.zone, now_ms, found.words)
    return day if ":" in day else f"{day} {moment:%H:%M}"


def _note(found: Lookup, line: NoteLine, pinned: Pinned) -> html.Div:
    words = found.words
    value = seen_text(found, pinned.unit, pinned.kpi, line.seen)
    about = [html.Span(line.author, className="strong"), html.Span(when_text(found, line.at_ms))]
    then = [html.Span([glyph(), value], className="fu-then", **data(**{"is": line.seen.status}))] if value else []
    mark = [html.Span(words("followup.decision"), className="fu-mark")] if line.kind == "decision" else []
    return html.Div(
        [html.Div([*mark, *about, *then], className="fu-about"), html.P(line.text, className="fu-text"),
         *_back(words, line.id, line.mine)],
        className="card fu-card",
    )  # fmt: skip


def _back(words: Words, id_: str, mine: bool) -> list[html.Form]:
    """The way to take back what one wrote oneself."""
    if not mine:
        return []
    button = html.Button(words("followup.withdraw"), type="submit", className="fu-quiet")
    return [_form("withdraw", words, {"id": id_}, [button], "fu-line")]


def due_words(found: Lookup, line: ActionLine, today: dt.date) -> tuple[str, str]:
    """How an action stands: its status and its words."""
    words = found.words
    if line.state != "open":
        ended = "" if line.ended_ms is None else when_text(found, line.ended_ms)
        return ("good" if line.state == "done" else "unknown"), words(f"followup.state.{line.state}", day=ended)
    if line.late:
        return "bad", words("followup.late", n=(today - line.due).days, day=day_text(line.due, words))
    return "watch" if line.due == today else "none", words(
        "followup.today" if line.due == today else "followup.due", day=day_text(line.due, words)
    )


def action_card(found: Lookup, line: ActionLine, place: bool = False) -> html.Div:
    """An action with what the reader may do about it; `place` says what it is pinned to."""
    words = found.words
    today = found.calendar.business_date(found.board.as_of_ms)
    status, due = due_words(found, line, today)
    href = f"/phone/{line.unit}/kpi/{line.kpi}" if line.kpi else f"/phone/{line.unit}"
    where: list[Any] = [place_text(found.model, line.unit, line.kpi, words.language), html.I(className="chevron")]
    above = [html.A(where, href=f"{href}?lang={words.language}", className="card-place fu-place")] if place else []
    facts = [html.Span([glyph(), due], className="fu-due", **data(**{"is": status})),
             html.Span(words("followup.owned", name=line.owner_title))]  # fmt: skip
    if line.author != line.owner_title:
        facts.append(html.Span(words("followup.given", name=line.author)))
    if line.moved:
        facts.append(html.Span(words("followup.moved", n=line.moved)))
    came = [html.P(line.outcome, className="fu-text fu-outcome")] if line.outcome else []
    return html.Div(
        [*above, html.Div(line.title, className="fu-title"), html.Div(facts, className="fu-about"), *came,
         *_steps(words, line, today)],
        className="card fu-card fu-action",
        **data(**{"is": "bad" if line.late else "none"}),
    )  # fmt: skip


def _steps(words: Words, line: ActionLine, today: dt.date) -> list[Any]:
    """Done with its outcome, another day, another owner, open again; taken back by who wrote it."""
    steps: list[Any] = []
    if line.may_change and line.state == "open":
        steps = [_done(words, line), _moved(words, line, today), *([_handed(words, line)] if line.may_assign else [])]
    elif line.may_change:
        again = html.Button(words("followup.reopen"), type="submit", className="fu-quiet")
        steps = [_form("change", words, {"id": line.id, "state": "open"}, [again], "fu-line")]
    steps += _back(words, line.id, line.mine)
    return [html.Div(steps, className="fu-steps")] if steps else []


def _step(title: str, form: html.Form, css: str = "") -> html.Details:
    return html.Details([html.Summary(title, className=css or "fu-quiet"), form], className="fu-step")


def _done(words: Words, line: ActionLine) -> html.Details:
    area = _area("outcome", 2, placeholder=words("followup.outcome.hint"))
    parts = [_labelled(words("followup.outcome"), area), _send(words("followup.done.save"))]
    form = _form("change", words, {"id": line.id, "state": "done"}, parts)
    return _step(words("followup.done"), form, "act")


def _moved(words: Words, line: ActionLine, today: dt.date) -> html.Details:
    day = _input("due", "date", required=True, min=today.isoformat(), value=max(line.due, today).isoformat())
    why = _input("reason", "text", required=not line.may_assign, maxlength=MOST_TITLE)
    parts = [_labelled(words("followup.due.day"), day), _labelled(words("followup.reason"), why),
             _send(words("followup.move.save"))]  # fmt: skip
    return _step(words("followup.move"), _form("change", words, {"id": line.id}, parts))


def _handed(words: Words, line: ActionLine) -> html.Details:
    parts = [_labelled(words("followup.owner"), _owner(words, line.people, line.owner)),
             _send(words("followup.hand.save"))]  # fmt: skip
    return _step(words("followup.hand"), _form("change", words, {"id": line.id}, parts))

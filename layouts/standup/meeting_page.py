"""A stand-up on a large screen, and in a hand that leads it: one page, composed for either."""

from __future__ import annotations

from itertools import groupby
from typing import Any
from urllib.parse import quote

from dash import html

from .. import formats
from ..bindings import data, glyph
from ..lookup import Lookup
from . import wording
from .dialogs import dialogs
from .facts import SECTIONS, Item, MeetingFact, Spoken, Task
from .item_view import item_view, preview

#: Actions and words that fit beside the step.
MOST_TASKS, MOST_SPOKEN = 6, 3


def meeting_page(found: Lookup, fact: MeetingFact) -> html.Main:
    """The page; what it needs for its timer and its steps stands in its attributes."""
    sections = _sections(fact)
    current = fact.current
    parts: list[Any] = [
        _head(found, fact),
        html.Div([_time(found, fact, sections), _agenda(found, fact, sections)], className="su-left"),
        html.Div([item_view(found, fact, current), _later(found, fact, sections)], className="su-middle"),
        _aside(found, fact),
        _foot(found, fact),
        *dialogs(found, fact),
    ]
    about = data(
        unit=fact.unit, meeting=fact.id, stamp=fact.stamp, at=fact.at, order=" ".join(one.key for one in fact.items),
        begun=fact.begun_ms, since=fact.since_ms, now=fact.now_ms, clock=fact.clock_ms, speed=fact.speed,
        budget=fact.budget_s,
        seconds=current.seconds if current else 0, runs="1" if fact.runs else "0", leads="1" if fact.may_run else "0",
        writes="1" if fact.may_write else "0", kpi=current.kpi if current else "",
        place=current.unit if current else fact.unit,
    )  # fmt: skip
    return html.Main(parts, className="standup", id="standup", **about)


def _sections(fact: MeetingFact) -> list[tuple[str, list[Item]]]:
    order = {name: at for at, name in enumerate(SECTIONS)}
    items = sorted(fact.items, key=lambda one: order[one.section])
    return [(name, list(group)) for name, group in groupby(items, key=lambda one: one.section)]


def _head(found: Lookup, fact: MeetingFact) -> html.Header:
    words, unit = found.words, found.units[fact.unit]
    taken = words("standup.snapshot", time=wording.clock(found, fact.snapshot_ms))
    host = words("standup.host", name=fact.host) if fact.host else words("standup.not_begun")
    score = found.unit_score(fact.unit)
    own: list[Any] = []
    if score is not None:
        own = [html.Span(words("standup.unit_score"), className="label"), glyph(),
               html.Span(formats.score(score.score), className="number")]  # fmt: skip
    status = score.status.value if score else "unknown"
    return html.Header(
        [
            html.H1(words("standup.title", unit=found.text(unit.title))),
            html.Span(wording.date_text(found, fact.snapshot_ms), className="su-date"),
            html.Span(f"{taken} · {host}", className="su-taken"),
            html.Span(own, className="su-score", **data(**{"is": status})),
            html.Span("", className="su-clock number", **data(zone=found.zone)),
        ],
        className="su-head",
    )


def _time(found: Lookup, fact: MeetingFact, sections: list[tuple[str, list[Item]]]) -> html.Section:
    words = found.words
    whole = words("standup.whole", n=fact.budget_s // 60)
    head = html.Div([html.H2(words("standup.left"), className="su-left-word"), html.Span(whole, className="su-quiet")],
                    className="su-panel-head")  # fmt: skip
    left = wording.minutes_text(fact.budget_s)
    digits = html.Div(left, className="su-timer number", role="timer", **data(long="1" if len(left) > 4 else "0"))
    if not fact.runs:
        return html.Section([head, digits, *_begin(found, fact)], className="su-time panel")
    current = fact.current
    name = wording.section(found, current.section) if current else words("standup.step")
    own = [one for _, items in sections for one in items if current and one.section == current.section]
    place = own.index(current) + 1 if current in own else 0
    nth = words("standup.of", n=place, count=len(own)) if place else ""
    line = html.Div([html.Span([name + " ", html.Span("", className="su-step-left number")], className="su-now"),
                     html.Span(nth, className="su-quiet")], className="su-panel-head su-step")  # fmt: skip
    return html.Section([head, digits, _segments(fact, sections), line], className="su-time panel")


def _begin(found: Lookup, fact: MeetingFact) -> list[Any]:
    if not fact.may_run:
        return [html.P(found.words("standup.wait"), className="su-quiet su-wait")]
    options = [html.Option(found.words("standup.minutes", n=n), value=str(n), selected=n * 60 == fact.budget_s)
               for n in sorted({5, 10, 15, 20, 30, 45, fact.budget_s // 60})]  # fmt: skip
    pick = html.Label([html.Span(found.words("standup.budget"), className="label"),
                       html.Select(options, name="minutes", id="su-minutes")], className="su-budget")  # fmt: skip
    button = html.Button(found.words("standup.begin"), type="button", className="su-button main", **data(post="begin"))
    return [html.Div([pick, button], className="su-begin")]


def _segments(fact: MeetingFact, sections: list[tuple[str, list[Item]]]) -> html.Div:
    """The plan as one segment per section; those that are done are filled."""
    at = next((name for name, items in sections for one in items if one.key == fact.at), "")
    names = [name for name, _ in sections]
    here = names.index(at) if at in names else -1
    parts = [
        html.Span(html.I(), style={"flexGrow": sum(one.seconds for one in items) or 1},
                  **data(done="1" if number < here else "0", now="1" if number == here else "0"))
        for number, (_, items) in enumerate(sections)
    ]  # fmt: skip
    return html.Div(parts, className="su-segments")


def _agenda(found: Lookup, fact: MeetingFact, sections: list[tuple[str, list[Item]]]) -> html.Section:
    words, at = found.words, fact.current
    names = [name for name, _ in sections]
    here = names.index(at.section) if at and at.section in names else -1
    rows = []
    for number, (name, items) in enumerate(sections):
        seconds = sum(one.seconds for one in items)
        state = "now" if number == here else "done" if number < here else "later"
        mark = html.Span("✓" if state == "done" and fact.runs else str(number + 1), className="su-number")
        cells = [mark, html.Span(wording.section(found, name), className="su-agenda-name"),
                 html.Span(wording.count(found, name, items), className="su-agenda-count"),
                 html.Span(wording.length(found, seconds), className="su-agenda-time")]  # fmt: skip
        where = data(to=items[0].key, state=state if fact.runs else "later")
        rows.append(
            html.Button(
                cells, type="button", className="su-agenda-row", disabled=not fact.may_run or not fact.runs, **where
            )
        )
    empty = [] if sections else [html.P(words("standup.nothing.how"), className="su-quiet")]
    head = html.Div([html.H3(words("standup.agenda")), html.Span(words("standup.made"), className="label")],
                    className="su-panel-head")  # fmt: skip
    return html.Section([head, *rows, *empty, *_links(found, fact)], className="su-agenda panel")


def _links(found: Lookup, fact: MeetingFact) -> list[html.Nav]:
    """The minutes before, and all of them."""
    language = found.words.language
    place = f"/standup/{quote(fact.unit)}/minutes"
    links = [html.A(found.words("standup.all"), href=f"{place}?lang={language}")]
    if fact.last:
        links.insert(0, html.A(found.words("standup.last"), href=f"{place}/{quote(fact.last)}?lang={language}"))
    return [html.Nav(links, className="su-links")]


def _later(found: Lookup, fact: MeetingFact, sections: list[tuple[str, list[Item]]]) -> html.Div:
    """Two sections that are not talked about now: those to come first."""
    current = fact.current
    numbered = [(number + 1, items) for number, (name, items) in enumerate(sections) if name != "green"]
    here = next((at for at, items in numbered if current and items[0].section == current.section), 0)
    others = [one for one in numbered if one[0] > here] + [one for one in numbered if one[0] < here]
    return html.Div([preview(found, fact, items, number) for number, items in others[:2]], className="su-later",
                    **data(count=len(others[:2])))  # fmt: skip


def _aside(found: Lookup, fact: MeetingFact) -> html.Aside:
    words = found.words
    still = [one for one in fact.tasks if one.state == "open"]
    late = sum(one.due < fact.today for one in still)
    counted = words("standup.actions.count", n=len(still), late=late)
    head = html.Div([html.H2(words("standup.actions")), html.Span(counted, className="su-quiet")],
                    className="su-panel-head")  # fmt: skip
    fresh = [one for one in fact.tasks if one.fresh][-3:]
    shown = [*[one for one in fact.tasks if not one.fresh][: MOST_TASKS - len(fresh)], *fresh]
    more = len(fact.tasks) - len(shown)
    rows: list[Any] = [_task(found, fact, one) for one in shown]
    if more > 0:
        rows.append(html.P(words("standup.actions.more", n=more), className="su-quiet"))
    if not rows:
        rows = [html.P(words("standup.actions.none"), className="su-quiet su-none")]
    said = [_spoken(found, fact, one) for one in fact.spoken[-MOST_SPOKEN:]]
    return html.Aside([head, html.Div(rows, className="su-tasks"), html.Div(said, className="su-said")],
                      className="su-aside panel")  # fmt: skip


def _task(found: Lookup, fact: MeetingFact, task: Task) -> html.Div:
    state, word = wording.task_state(found, task, fact.today)
    if task.fresh:
        word = found.words("standup.task.fresh")
    about = f"{task.owner} · {wording.due_text(found, task.due)}"
    mark = html.Span("＋", className="su-plus") if task.fresh else glyph()
    lines = html.Div([html.Div(task.title, className="su-task-title"), html.Div(
        [html.Span(about), html.Span(word, className="su-state")], className="su-task-about")])  # fmt: skip
    return html.Div([mark, lines], className="su-task", **data(fresh="1" if task.fresh else "0", **{"is": state}))


def _spoken(found: Lookup, fact: MeetingFact, one: Spoken) -> html.Div:
    words = found.words
    key = "standup.bound" if one.kind == "decision" else "standup.noted"
    about = words(key, time=wording.clock(found, one.at_ms), author=one.author,
                  snapshot=wording.clock(found, fact.snapshot_ms))  # fmt: skip
    return html.Div([html.H3(words(f"standup.{one.kind}")), html.P(one.text), html.Div(about, className="label")],
                    className="su-word", **data(kind=one.kind))  # fmt: skip


def _foot(found: Lookup, fact: MeetingFact) -> html.Footer:
    words = found.words
    green = next((one for one in fact.items if one.section == "green"), None)
    line: list[Any] = []
    if green is not None:
        line = [glyph(), html.Strong(wording.section(found, "green")),
                html.Span(wording.greens_line(found, green, fact), className="su-green-text")]  # fmt: skip
    parts = [
        html.Div(line or html.Span(words("standup.made")), className="su-green", **data(**{"is": "good"})),
        html.Div(_standing(found, fact), className="su-rank"),
        _controls(found, fact),
    ]
    return html.Footer(parts, className="su-foot panel")


def _standing(found: Lookup, fact: MeetingFact) -> str:
    """Yesterday's score, and the place among the units beside."""
    words, own = found.words, found.unit_score(fact.unit)
    before = found.board.yesterday_units.get(fact.unit)
    told = []
    if before is not None and before.score is not None:
        told.append(words("standup.yesterday_score", score=formats.score(before.score)))
    parent = found.units[fact.unit].parent
    beside = [found.unit_score(one.id) for one in found.children(parent)] if parent else []
    scores = [one.score for one in beside if one is not None and one.score is not None]
    if own is not None and own.score is not None and len(scores) > 1:
        told.append(words("standup.rank", n=1 + sum(one > own.score for one in scores), count=len(scores)))
    return " · ".join(told)


def _controls(found: Lookup, fact: MeetingFact) -> html.Nav:
    """What a thumb or a mouse needs; keys do the same."""
    words = found.words
    if not fact.runs:
        return html.Nav([], className="su-controls")

    def button(key: str, css: str = "", **about: str) -> html.Button:
        return html.Button(
            words(f"standup.do.{key}"), type="button", className=f"su-button {css}".strip(), **data(**about)
        )

    lead = [button("back", "step", go="-1"), button("next", "step main", go="1")] if fact.may_run else []
    write = [button("note", open="note"), button("action", open="action")] if fact.may_write else []
    decide = [button("decide", open="decide")] if fact.may_run else []
    here = [] if fact.is_here else [button("here", post="here")]
    rest = [*here, *([button("more", open="more")] if fact.may_run or fact.may_write else [])]
    return html.Nav([html.Div(lead, className="su-steps"), html.Div([*write, *decide, *rest], className="su-writes")],
                    className="su-controls")  # fmt: skip

"""The audit page: everything people did, newest first, with what it takes to find one of them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from dash import html

from ..bindings import Attributes, data
from ..lookup import Lookup
from ..words import Words
from .audit_facts import AuditFacts, AuditRow, Proof
from .parts import empty, entry, field, link_button, notice, panel, picker, table
from .shell import desk_page

_HERE = "/desk/audit"


def audit_page(found: Lookup, facts: AuditFacts) -> html.Div:
    """The page."""
    words = found.words
    content = [html.Div([_filters(words, facts), _acts(words, facts), _proofs(words, facts)], className="stack")]
    return desk_page(
        found, "audit", "audit", words("desk.room.audit"), content, words("desk.room.audit.for"),
        query=urlencode(facts.asked.fields()),
    )  # fmt: skip


def _filters(words: Words, facts: AuditFacts) -> html.Section:
    """A form whose address is the page that it leads to, so that what was found can be linked."""
    asked = facts.asked
    fields = [
        picker("kind", facts.kinds, words("audit.filter.kind")),
        _entry("who", asked.who, words("audit.filter.who")),
        _entry("text", asked.text, words("audit.filter.text")),
        _entry("since", asked.since, words("audit.filter.since"), "day-entry", placeholder=words("audit.filter.day")),
        _entry("until", asked.until, words("audit.filter.until"), "day-entry", placeholder=words("audit.filter.day")),
    ]
    known = html.Select([html.Option(words.language, value=words.language)], name="lang")
    language = html.Div(known, hidden=True)
    buttons: list[Any] = [html.Button(words("audit.filter.do"), className="button main", type="submit")]
    if asked.fields():
        buttons.append(html.A(words("audit.filter.clear"), href=_address(words), className="text-link"))
    form = html.Form(
        [*fields, language, html.Div(buttons, className="row buttons")],
        method="GET",
        action=_HERE,
        className="row query audit-query",
    )
    said = [notice("bad", facts.trouble)] if facts.trouble else []
    return panel(words("audit.filter"), form, *said)


def _entry(name: str, value: str, label: str, css: str = "", **more: Any) -> html.Div:
    return field(label, entry(f"audit-{name}", value, name=name, maxLength=200, **more), css=css)


def _address(words: Words, page: int = 1, **asked: str) -> str:
    more = {"page": str(page)} if page > 1 else {}
    return f"{_HERE}?{urlencode({'lang': words.language, **asked, **more})}"


def _acts(words: Words, facts: AuditFacts) -> html.Section:
    if not facts.rows:
        return panel(words("audit.acts"), empty(words("audit.none")))
    last = facts.first + len(facts.rows) - 1
    note = words("audit.range", first=f"{facts.first:,}", last=f"{last:,}", total=f"{facts.total:,}")
    columns = (("when", "when"), ("who", "who"), ("what", "what"), ("about", "grow"))
    heads = [(words(f"audit.head.{one}"), kind) for one, kind in columns]
    rows = table(heads, [_row(one) for one in facts.rows], css="acts")
    return panel(words("audit.acts"), rows, _foot(words, facts), note=note)


def _row(one: AuditRow) -> list[Any]:
    account: list[Any] = [" ", html.Span(one.account, className="measure")] if one.account else []
    refused: Attributes = data(**{"is": "bad"}) if one.refused else {}
    about = [html.Span([html.Span(label, className="label"), " ", html.Span(text)], className="told-of")
             for label, text in one.about]  # fmt: skip
    return [
        html.Span(one.when, className="number"),
        html.Span([html.Span(one.who or "–", className="strong"), *account]),
        html.Span(one.what, className="act-name", **refused),
        html.Div(about, className="told-about"),
    ]


def _foot(words: Words, facts: AuditFacts) -> html.Div:
    """To newer and older ones, and the files of what was found."""
    asked, page = facts.asked.fields(), facts.asked.page
    steps: list[Any] = []
    if page > 1:
        steps.append(html.A(words("audit.newer"), href=_address(words, page - 1, **asked), className="button"))
    if page < facts.pages:
        steps.append(html.A(words("audit.older"), href=_address(words, page + 1, **asked), className="button"))
    if facts.pages > 1:
        steps.append(html.Span(words("audit.page", page=page, pages=f"{facts.pages:,}"), className="quiet"))
    return html.Div([html.Div(steps, className="row buttons"), _files(words, facts)], className="audit-foot")


def _files(words: Words, facts: AuditFacts) -> html.Div:
    if not facts.may_export:
        return html.Div()
    query = urlencode({"lang": words.language, **facts.asked.fields()})
    links = [link_button(words(f"audit.file.{one}"), f"{_HERE}/acts.{one}?{query}") for one in ("csv", "xlsx")]
    more = words("audit.file.most", most=f"{facts.most:,}") if facts.total > facts.most else words("audit.file.note")
    return html.Div([html.Span(more, className="quiet"), *links], className="row buttons")


def _proofs(words: Words, facts: AuditFacts) -> html.Section:
    """That nothing was changed or removed, and what to keep elsewhere to be sure of the newest entries as well."""
    lines = [_proof(words, one) for one in facts.proofs]
    return panel(words("audit.proof"), html.Div(lines, className="stack"), note=words("audit.proof.note"))


def _proof(words: Words, one: Proof) -> html.Div:
    name = words(f"audit.proof.{one.name}")
    if one.fault:
        return notice("bad", words("audit.proof.broken", name=name, where=one.fault))
    gone = [words("audit.proof.missing", n=f"{one.missing:,}"), " "] if one.missing else []
    kept = words("audit.proof.kept", name=name, n=f"{one.entries:,}")
    return notice("good", kept, " ", *gone, html.Span(f"{one.entries}:{one.digest}", className="digest"))

"""The periods page: which periods run, are over, closed or open again, and one of them in detail with its steps."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from dash import html

from .. import formats
from ..bindings import Attributes, data, glyph
from ..lookup import Lookup
from .facts import Adjusted, PeriodDetail, PeriodRow, PeriodsFacts, Verified
from .history_page import moment
from .parts import act, button, empty, link_button, notice, panel, table
from .shell import desk_page

#: The glyph of a period's state.
_LOOKS = {"running": "unknown", "over": "watch", "closed": "good", "reopened": "watch"}
_MOST = 200


def periods_page(found: Lookup, facts: PeriodsFacts) -> html.Div:
    """The page."""
    words = found.words
    chosen = facts.detail.row.name if facts.detail else ""
    groups = [
        html.Div(
            [html.H3(words(f"desk.kind.{kind}")), html.Ul([_row(found, row, chosen) for row in rows])],
            className="kind-group",
        )
        for kind, rows in facts.groups
        if rows
    ]
    said = [notice("good", facts.done)] if facts.done else []
    left = html.Div(panel(words("desk.periods"), html.Div(groups, className="period-list")), className="desk-side")
    detail = panel(words("desk.period"), empty(words("desk.period.pick")))
    right = html.Div(
        [*said, *period_detail(found, facts, facts.detail)] if facts.detail else detail,
        className="desk-result stack",
        id="pd-detail",
    )
    return desk_page(
        found,
        "periods",
        "periods",
        words("desk.room.periods"),
        [html.Div([left, right], className="two")],
        words("desk.room.periods.for"),
        query=f"period={quote(chosen)}" if chosen else "",
    )


def _row(found: Lookup, row: PeriodRow, chosen: str) -> html.Li:
    words = found.words
    marks: Attributes = {"aria-current": "true"} if row.name == chosen else {}
    line = [
        html.Span(row.title, className="period-title"),
        html.Span([glyph(), words(f"desk.state.{row.state}")], className="state"),
    ]
    link = html.A(
        line,
        href=f"/desk/periods?lang={words.language}&period={quote(row.name)}",
        className="period-link",
        **data(**{"is": _LOOKS[row.state]}),
        **marks,
    )
    return html.Li(link)


def period_detail(found: Lookup, facts: PeriodsFacts, detail: PeriodDetail) -> list[Any]:
    """All panels of one period."""
    row = detail.row
    panels = [_state(found, facts, detail)]
    if row.state in ("closed", "reopened"):
        panels += [_proof(found, detail), _adjustments(found, detail)]
    return panels


def _state(found: Lookup, page: PeriodsFacts, detail: PeriodDetail) -> html.Section:
    words, row = found.words, detail.row
    status = html.Div(
        [glyph(), html.Span(words(f"desk.state.{row.state}"))], className="status", **data(**{"is": _LOOKS[row.state]})
    )
    facts: list[tuple[str, Any]] = []
    if row.author:
        facts = [
            (words("desk.closed.by"), f"{row.author} · {moment(found, row.at_ms)}"),
            (words("desk.reason"), row.reason),
            (
                words("desk.frozen"),
                words("desk.frozen.count", kpis=detail.kpis, units=detail.units, model=detail.model),
            ),
            (words("desk.digest"), html.Span(row.digest, className="digest")),
            (words("desk.reopened"), row.reopened),
        ]
    said = html.Dl([html.Div([html.Dt(label), html.Dd(text)]) for label, text in facts if text], className="said-list")
    steps: list[Any] = [html.P(words(f"desk.state.{row.state}.note"), className="para")]
    if row.state in ("over", "reopened") and page.may_close:
        steps.append(act(words, "close", words("desk.close", period=row.title)))
    if row.state == "closed" and page.may_export:
        export = link_button(words("desk.frozen.export"), f"/desk/periods/{quote(row.name)}.xlsx")
        steps.append(html.Div(export, className="row buttons"))
    if row.state == "closed" and page.may_close:
        again = act(words, "reopen", words("desk.reopen"), main=False)
        steps.append(html.Details([html.Summary(words("desk.reopen.fold")), again], className="undo"))
    return panel(row.title, *([said] if facts else []), *steps, note=status)


def _proof(found: Lookup, detail: PeriodDetail) -> html.Section:
    words = found.words
    start = html.Div(
        [button(words("desk.verify"), "verify-do"), html.Div(id="verify-told", className="told")],
        className="row buttons",
    )
    said: list[Any] = [] if detail.verified is None else [verified(found, detail.row.name, detail.verified)]
    if detail.verified is not None and detail.verified.same is None and not detail.verified.trouble:
        return panel(words("desk.proof"), *said, note=words("desk.proof.note"))
    return panel(words("desk.proof"), *said, start, note=words("desk.proof.note"))


def verified(found: Lookup, period: str, one: Verified) -> html.Div:
    """How far a recount is, or what came of it."""
    words = found.words
    if one.trouble:
        return notice("bad", one.trouble)
    if one.same is None:
        share = one.done / one.total if one.total else 0
        text = html.Span(
            words("desk.verify.running", done=f"{one.done:,}", total=f"{one.total:,}"), className="progress-text"
        )
        return html.Div(
            [html.Div(className="progress-fill"), text],
            className="progress",
            style={"--share": share},
            **data(progress=f"/desk/stream/verify/{quote(period)}?lang={words.language}"),
        )
    if one.same:
        return notice(
            "good", words("desk.verify.same", n=f"{one.done:,}"), " ", html.Span(one.digest, className="digest")
        )
    return notice("bad", words("desk.verify.other"), " ", html.Span(one.digest, className="digest"))


def _adjustments(found: Lookup, detail: PeriodDetail) -> html.Section:
    words = found.words
    if detail.adjustments is None:
        return panel(words("desk.adjustments"), notice("unknown", detail.adjustments_note))
    if not detail.adjustments:
        return panel(words("desk.adjustments"), notice("good", words("desk.adjustments.none")))
    heads = [
        (words("desk.unit"), "grow"),
        (words("desk.kpi"), "grow"),
        (words("desk.frozen"), "num"),
        (words("desk.now"), "num"),
        (words("desk.change"), "num"),
    ]
    rows = [_adjusted(found, one) for one in detail.adjustments[:_MOST]]
    more = len(detail.adjustments) - len(rows)
    rest = [html.Div(words("desk.more", n=more), className="quiet")] if more > 0 else []
    return panel(words("desk.adjustments"), table(heads, rows), *rest, note=words("desk.adjustments.note"))


def _adjusted(found: Lookup, one: Adjusted) -> list[Any]:
    unit, kpi = found.units.get(one.unit), found.kpis.get(one.kpi)
    frozen, now = formats.points(one.frozen), formats.points(one.now)
    change = None if frozen is None or now is None else now - frozen
    return [
        found.text(unit.title) if unit else one.unit,
        found.text(kpi.title) if kpi else one.kpi,
        formats.fixed(frozen, 3),
        formats.fixed(now, 3),
        formats.UNKNOWN if change is None else formats.signed_digits(formats.rounded(change, 3), 3),
    ]

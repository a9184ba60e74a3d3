"""The audit page: what people did, found by who, what, when and a text; and taken away as a file."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any
from zoneinfo import ZoneInfo

import flask
from dash import html
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from layouts import moments
from layouts.desk.audit_facts import AuditAsked, AuditFacts, AuditRow, Proof
from layouts.desk.audit_page import audit_page
from layouts.desk.facts import Choice
from layouts.lookup import Lookup
from layouts.words import Words
from wall.chain import Chained
from wall.definitions.target_sheet import cell_text
from wall.journal import Entry
from wall.people.acts import Acts, Asked, Found, about
from wall.people.audit import PREFIX, REFUSALS, Act, AuditTrail
from wall.people.own_account import browser_named
from wall.people.permits import no_such_page, route_for
from wall.people.viewer import current_viewer, language_for
from wall.refusal import Refused

from .analysis_export import defused
from .desk import EXPECTED, Desk, faults_of
from .permits import AUDIT, EXPORT_ALL

#: Acts on a page; what fits a screen is read by scrolling, what does not is found by asking.
PER_PAGE = 100
#: Acts in a file: what a spreadsheet still opens within seconds.
MOST_IN_FILE = 50_000
_KINDS = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
_REFUSED = frozenset(f"{PREFIX}{one}" for one in REFUSALS)
_HEADS = ("when", "who", "account", "kind", "what", "about")


def audit_room(desk: Desk, acts: Acts, asked: Mapping[str, str], language: str) -> html.Div:
    """The page, with what its address asks for."""
    found = desk.lookup(language, AUDIT)
    wanted, trouble = _asked(asked), ""
    try:
        which = _which(found, wanted)
    except Refused as refused:
        which, trouble = Asked(who=wanted.who, kind=wanted.kind, text=wanted.text), str(refused)
    shown = acts.found(which, (wanted.page - 1) * PER_PAGE, PER_PAGE)
    rows = tuple(_row(found, one) for one in shown.entries)
    facts = AuditFacts(
        rows=rows,
        first=(wanted.page - 1) * PER_PAGE + 1,
        total=shown.total,
        pages=max(1, -(-shown.total // PER_PAGE)),
        asked=wanted,
        kinds=_kinds(found.words, acts, wanted.kind),
        proofs=tuple(_proof(name, one.chained()) for name, one in _logs(desk)),
        may_export=EXPORT_ALL.admits(current_viewer()),
        most=MOST_IN_FILE,
        trouble=trouble,
    )
    return audit_page(found, facts)


def _asked(asked: Mapping[str, str]) -> AuditAsked:
    page = asked.get("page", "")
    texts = {name: asked.get(name, "").strip()[:200] for name in ("who", "kind", "text", "since", "until")}
    return AuditAsked(**texts, page=max(1, int(page)) if page.isascii() and page.isdigit() and len(page) < 9 else 1)


def _which(found: Lookup, wanted: AuditAsked) -> Asked:
    """What is asked for; days are whole days of the company's clock, the last one included."""
    since = _day_ms(found, wanted.since)
    until = _day_ms(found, wanted.until, days=1)
    return Asked(wanted.who, wanted.kind, wanted.text, since, until)


def _day_ms(found: Lookup, text: str, days: int = 0) -> int | None:
    if not text:
        return None
    try:
        day = dt.date.fromisoformat(text) + dt.timedelta(days)
        return int(dt.datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(found.zone)).timestamp() * 1000)
    except (ValueError, OverflowError):
        raise Refused(found.words("audit.filter.no_day", day=text)) from None


def _kinds(words: Words, acts: Acts, chosen: str) -> tuple[Choice, ...]:
    """What can be picked: every kind there is, and one that an address asks for."""
    names = sorted({*acts.kinds(), chosen} - {""}, key=lambda one: what(one, words))
    return (
        Choice("", words("audit.filter.all"), not chosen),
        *(Choice(one, what(one, words), one == chosen) for one in names),
    )


def what(kind: str, words: Words) -> str:
    """What somebody did; a kind that another version wrote is told as it is."""
    return words.table.get(f"audit.kind.{kind}", kind)


def _row(found: Lookup, entry: Entry) -> AuditRow:
    account = str(entry.body.get("who", "")) if entry.kind.startswith(PREFIX) else ""
    return AuditRow(
        when=f"{moments.local(entry.at_ms, found.zone):%Y-%m-%d %H:%M:%S}",
        who=entry.author,
        account=account if account != entry.author else "",
        what=what(entry.kind, found.words),
        refused=entry.kind in _REFUSED,
        about=tuple(_about(found, entry)),
    )


def _about(found: Lookup, entry: Entry) -> Iterator[tuple[str, str]]:
    """Of what, in labelled texts; an account that is who did it is not told twice."""
    for key, value in about(entry).items():
        if key == "account" and value in (entry.body.get("who"), entry.author):
            continue
        yield found.words.table.get(f"audit.about.{key}", key), _text(found, key, value)


def _text(found: Lookup, key: str, value: Any) -> str:
    if key.endswith("_ms") and isinstance(value, int):
        return f"{moments.local(value, found.zone):%Y-%m-%d %H:%M}"
    if key == "unit" and value in found.units:
        return found.text(found.units[value].title)
    if key == "why":
        return found.words.table.get(f"audit.why.{value}", str(value))
    if key == "agent":
        return browser_named(str(value))
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _logs(desk: Desk) -> tuple[tuple[str, Any], ...]:
    return (("journal", desk.site.journal), ("trail", desk.site.trail))


def _proof(name: str, found: Chained) -> Proof:
    fault = ""
    if found.broken is not None:
        fault = f"{found.broken.after:,}–{found.broken.at:,}"
    return Proof(name, found.entries, found.digest, found.missing, fault)


def add_audit(server: flask.Flask, desk: Desk, acts: Acts) -> None:
    """The routes of the files."""
    trail = AuditTrail(desk.site)

    @server.get("/desk/audit/acts.<suffix>")
    @route_for(AUDIT & EXPORT_ALL)
    def audit_file(suffix: str) -> Any:
        if suffix not in _KINDS:
            return no_such_page()
        try:
            return _file(desk, acts, trail, suffix)
        except EXPECTED as error:
            return flask.Response(faults_of(error) + "\n", 400, mimetype="text/plain")


def _file(desk: Desk, acts: Acts, trail: AuditTrail, suffix: str) -> flask.Response:
    """The file of an address; it is noted before anything leaves."""
    found = desk.lookup(language_for(flask.request.args.get("lang"), desk.model.language), AUDIT)
    wanted = _asked(flask.request.args)
    shown = acts.found(_which(found, wanted), 0, MOST_IN_FILE)
    content = _csv(found, shown) if suffix == "csv" else _workbook(found, shown)
    noted = {"what": f"audit/acts.{suffix}", "rows": len(shown.entries), "asked": wanted.fields()}
    trail.note(Act.EXPORTED, current_viewer(), noted)
    name = f"audit-{desk.today}.{suffix}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return flask.Response(content, mimetype=_KINDS[suffix], headers=headers)


def _lines(found: Lookup, shown: Found) -> Iterator[list[str]]:
    yield [found.words(f"audit.head.{one}") for one in _HEADS]
    for entry in shown.entries:
        row = asdict(_row(found, entry))
        told = "; ".join(f"{label}: {text}" for label, text in row["about"])
        when = moments.local(entry.at_ms, found.zone).isoformat(timespec="milliseconds")
        yield [when, row["who"], str(entry.body.get("who", "")), entry.kind, row["what"], told]


def _csv(found: Lookup, shown: Found) -> bytes:
    """UTF-8 with a mark by which Excel knows it; nothing in it is a formula."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([defused(one) for one in line] for line in _lines(found, shown))
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _workbook(found: Lookup, shown: Found) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(found.words("desk.room.audit")[:31])
    sheet.freeze_panes = "A2"
    for column, width in zip("ABCDEF", (28, 20, 20, 24, 28, 80), strict=True):
        sheet.column_dimensions[column].width = width
    for line in _lines(found, shown):
        sheet.append([_cell(sheet, one) for one in line])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _cell(sheet: Any, text: str) -> Any:
    """Text that stays text."""
    cell = WriteOnlyCell(sheet, value=cell_text(text))
    if cell.value:
        cell.data_type = "s"
    return cell

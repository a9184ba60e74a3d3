"""The line of changes: what alerts did in the last hour and what took its present status last, newest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scoring.board import Freshness

from . import moments
from .alert_rows import alert_title
from .alerts.standing import alerts_below
from .lookup import Lookup, ShownScene, View
from .ranking_view import ranked_units

#: A title is as long as it may be; the line turns, it does not cut.
TITLE_SIZE, LONGEST = 22, 640
#: More are news of yesterday; a wall that has no room for all turns them page by page.
ROWS = 8
#: Of what changed its status only the newest: each that comes moves all others on, on every screen.
STATUSES = 4
#: What alerts did is told for so long.
ALERTS_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Change:
    """Something that took a status at a moment."""

    at_ms: int
    status: str
    title: str
    owner: str
    word: str = ""


def changes(found: Lookup, scene: ShownScene) -> list[Change]:
    """The scene's KPIs, ranked units and quiet sources by the moment of their present status."""
    words = found.words
    rows = [
        Change(result.since_ms, result.status.value, found.text(found.kpis[result.kpi].title),
               found.text(found.kpis[result.kpi].owner))
        for result in found.results(scene.unit)
        if result.since_ms is not None and found.freshness(result.kpi) is Freshness.LIVE
    ]  # fmt: skip
    for unit in ranked_units(found, scene):
        since = found.board.units[unit.id].since_ms
        if since is not None:
            title = words("changes.unit", unit=found.text(unit.title))
            rows.append(Change(since, found.board.units[unit.id].status.value, title, found.text(unit.owner)))
    for source in found.model.sources:
        state = found.board.sources.get(source.id)
        if state is not None and state.event_ms is not None and state.freshness is not Freshness.LIVE:
            rows.append(Change(state.event_ms, state.freshness.value, found.text(source.title), ""))
    newest = sorted(rows, key=_newest_first)[:STATUSES]
    return sorted([*newest, *_alerts(found, scene)], key=_newest_first)


def _newest_first(row: Change) -> tuple[int, str]:
    return -row.at_ms, row.title


def changes_view(found: Lookup, scene: ShownScene) -> View:
    """`ROWS` slots of changes and how many sources are live."""
    rows = changes(found, scene)[:ROWS]
    view: View = {"changes.none": not rows, "changes.sources": _sources(found)}
    for index in range(ROWS):
        row = rows[index] if index < len(rows) else None
        shown = row is not None
        view |= {
            f"chg.{index}.status": row.status if row else "",
            f"chg.{index}.time": _time(found, row.at_ms) if row else "",
            f"chg.{index}.title": row.title if row else "",
            f"chg.{index}.word": _word(found, row) if row else "",
            f"chg.{index}.owner": row.owner if row else "",
            f"chg.{index}.shown": shown,
        }
    return view


def _alerts(found: Lookup, scene: ShownScene) -> Iterator[Change]:
    """What fired, was acknowledged or has recovered lately at the unit and below it."""
    since_ms = found.board.as_of_ms - ALERTS_MS
    for fact in alerts_below(found, scene.unit):
        title = alert_title(found, fact, LONGEST, TITLE_SIZE)
        place = "" if fact.unit == scene.unit or not fact.kpi else found.short(found.units[fact.unit])
        told = (
            (fact.fired_ms, fact.severity, "fired", place),
            (fact.acknowledged_ms, fact.severity, "acknowledged", fact.acknowledged_by or place),
            (fact.resolved_ms, "good", "resolved", place),
        )
        for at_ms, status, word, about in told:
            if at_ms is not None and at_ms > since_ms:
                yield Change(at_ms, status, title, about, found.words(f"alerts.did.{word}"))


def _word(found: Lookup, row: Change) -> str:
    return row.word or found.words(f"status.{row.status}")


def _time(found: Lookup, at_ms: int) -> str:
    return moments.clock(at_ms, found.zone, found.board.as_of_ms, found.words)


def _sources(found: Lookup) -> str:
    known = [found.board.sources[source.id] for source in found.model.sources if source.id in found.board.sources]
    faults = sum(state.freshness is not Freshness.LIVE for state in known)
    if faults:
        return found.words("changes.faults", n=faults, all=len(known))
    return found.words("changes.sources", n=len(known)) if known else ""

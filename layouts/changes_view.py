"""The line of changes: what took its present status last, newest first."""

from __future__ import annotations

from dataclasses import dataclass

from scoring.board import Freshness

from . import moments
from .lookup import Lookup, ShownScene, View
from .ranking_view import ranked_units

ROWS = 4


@dataclass(frozen=True, slots=True)
class Change:
    """Something that took a status at a moment."""

    at_ms: int
    status: str
    title: str
    owner: str


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
    return sorted(rows, key=lambda row: (-row.at_ms, row.title))


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
            f"chg.{index}.word": found.words(f"status.{row.status}") if row else "",
            f"chg.{index}.owner": row.owner if row else "",
            f"chg.{index}.shown": shown,
        }
    return view


def _time(found: Lookup, at_ms: int) -> str:
    return moments.clock(at_ms, found.zone, found.board.as_of_ms, found.words)


def _sources(found: Lookup) -> str:
    known = [found.board.sources[source.id] for source in found.model.sources if source.id in found.board.sources]
    faults = sum(state.freshness is not Freshness.LIVE for state in known)
    if faults:
        return found.words("changes.faults", n=faults, all=len(known))
    return found.words("changes.sources", n=len(known)) if known else ""

"""The hero: the unit's score against its target, and the sum that makes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from scoring.board import POINT, WEIGHT, Freshness, KpiResult, Status
from scoring.definitions import Unit
from scoring.scores import status_of

from . import formats, moments
from .formats import UNKNOWN, rounded, signed_digits
from .gate_text import calm_vetoes, gate_title
from .header_view import main_period
from .kpi_view import displayed_status, position
from .lookup import Lookup, View

#: Room for the hero's name and for the labels under the composition, in u.
NAME_WIDTH = 225
COMPOSITION_WIDTH, SEGMENT_GAP = 408, 6
NAME_SIZE, LABEL_SIZE = 28, 20
#: Room of the words on gates beside the counts by status, in u.
GATE_WIDTH = 200
#: From so many parts on, their list takes the room of the counts by status.
MANY_PARTS = 4
SHARES = ("live", "stale", "silent")


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a unit's score: an objective, a KPI or the child units."""

    id: str
    title: str
    results: tuple[KpiResult, ...]
    weight: Fraction
    points: Fraction

    @property
    def score(self) -> Fraction | None:
        """The weighted mean score of what is known."""
        known = [result for result in self.results if result.score is not None]
        weight = sum(result.weight for result in known)
        weighted = sum(result.weight * (result.score or 0) for result in known)
        return Fraction(weighted, weight * POINT) if weight else None


def standing(score: Fraction | None, target: Decimal) -> Status:
    """The status of a score against its target score, by the same bands as a unit's."""
    return status_of(None if score is None else score / Fraction(target), Decimal(1), Decimal("0.9"))


def composition(found: Lookup, unit: Unit) -> list[Part]:
    """The parts that sum to the unit's score before its gates: by objective, else by KPI, and what child units add."""
    results = found.results(unit.id)
    by_objective: dict[str, list[KpiResult]] = {}
    for result in results:
        objective = found.objective(result.kpi)
        by_objective.setdefault("" if objective is None else objective.id, []).append(result)
    if len(by_objective) > 1:
        titles = {objective.id: found.text(objective.title) for objective in found.model.objectives}
        parts = [
            make_part(key, titles.get(key, found.words("hero.other")), members) for key, members in by_objective.items()
        ]
    else:
        parts = [make_part(result.kpi, found.short(found.kpis[result.kpi]), [result]) for result in results]
    return parts + _children_part(found, unit, parts)


def make_part(part_id: str, title: str, results: Sequence[KpiResult]) -> Part:
    """The part that these results make together."""
    weight = Fraction(sum(result.weight for result in results), WEIGHT)
    points = sum((formats.points(result.contribution) or Fraction(0) for result in results), Fraction(0))
    return Part(part_id, title, tuple(results), weight, points)


def _children_part(found: Lookup, unit: Unit, parts: Sequence[Part]) -> list[Part]:
    own = found.unit_score(unit.id)
    share = Fraction(unit.child_share) if parts else Fraction(100)
    if own is None or own.base is None or not share or not found.children(unit.id):
        return []
    rest = (formats.points(own.base) or Fraction(0)) - sum((part.points for part in parts), Fraction(0))
    return [Part("units", found.words("hero.children"), (), share, rest)]


def hero_view(found: Lookup, unit: Unit) -> View:
    """Name, number, bar, target, gap, change, counts by status and the composition, under `hero.*`."""
    own, before, words = found.unit_score(unit.id), found.board.yesterday_units.get(unit.id), found.words
    score = None if own is None else formats.points(own.score)
    status = Status.UNKNOWN if own is None else own.status
    fresh, as_of = scorecard_freshness(found, found.results(unit.id))
    target = Fraction(unit.target_score)
    shown = formats.fixed(score, 1)
    view: View = {
        "hero.name": _name(found, unit),
        "hero.score": shown,
        "hero.length": len(shown),
        "hero.status": displayed_status(status, fresh),
        "hero.freshness": fresh.value,
        "hero.word": words(f"status.{status}") if as_of is None else words("hero.as_of", time=as_of),
        "hero.last": words(f"status.{status}"),
        "hero.bar": position(None if score is None else score / 100),
        "hero.target_tick": position(target / 100),
        "hero.target": formats.fixed(target, 1),
        "hero.gap": _gap(found, score, target),
        "hero.change": change(score, None if before is None else formats.points(before.score)),
    }
    view |= forecast_range(found, unit, found.results(unit.id))
    gate_status, gates = _gates(found, unit)
    view |= {"hero.gate_status": gate_status, "hero.gate": gates}
    return view | _counts(found, unit, gates) | _composition_view(found, unit, gates) | _sources_view(found, unit)


def change(now: Fraction | None, before: Fraction | None) -> str:
    """The difference of two scores as they were shown."""
    if now is None or before is None:
        return UNKNOWN
    return signed_digits(rounded(now, 1) - rounded(before, 1), 1)


def scorecard_freshness(found: Lookup, results: Sequence[KpiResult]) -> tuple[Freshness, str | None]:
    """Live if all of it is; else stale, and up to when all of it was."""
    late = [state for result in results if (state := found.worst_source(result.kpi)) is not None]
    late = [state for state in late if state.freshness is not Freshness.LIVE]
    if not late:
        return Freshness.LIVE, None
    heard = [state.event_ms for state in late if state.event_ms is not None]
    when = moments.clock(min(heard), found.zone, found.board.as_of_ms, found.words) if heard else UNKNOWN
    return Freshness.STALE, when


def _name(found: Lookup, unit: Unit) -> str:
    name = found.words("hero.name", unit=found.short(unit))
    return name if formats.text_width(name, NAME_SIZE) <= NAME_WIDTH else found.words("hero.plain")


def _gap(found: Lookup, score: Fraction | None, target: Fraction) -> str:
    if score is None:
        return ""
    gap = rounded(score, 1) - rounded(target, 1)
    return found.words("hero.ahead" if gap >= 0 else "hero.gap", gap=signed_digits(gap, 1))


def forecast_range(found: Lookup, unit: Unit, results: Sequence[KpiResult]) -> View:
    """The range of the score at the end of the period that most of these KPIs run over; nothing while hidden."""
    ahead, kind = found.board.unit_forecasts.get(unit.id), main_period(found, results)
    if ahead is None or not kind:
        return {"hero.forecast": "", "hero.forecast_label": ""}
    low, high = (formats.fixed(points / POINT, 1) for points in (ahead.low, ahead.high))
    return {
        "hero.forecast": low if low == high else f"{low}{UNKNOWN}{high}",
        "hero.forecast_label": found.words(f"hero.forecast.{kind}"),
    }


def _gates(found: Lookup, unit: Unit) -> tuple[str, str]:
    """(status, words) on the gates of the unit: what one did to the score, else that no veto was triggered."""
    own = found.unit_score(unit.id)
    bitten = [] if own is None else list(own.gates)
    if own is not None and bitten and own.base is not None:
        moved = "" if own.base == own.score else f" {formats.score(own.base)} → {formats.score(own.score)}"
        title = gate_title(found, bitten[0])
        if formats.text_width(title + moved, LABEL_SIZE) > GATE_WIDTH:
            kind = next((gate.kind for gate in found.model.gates if gate.id == bitten[0]), "veto")
            title = found.words(f"gate.{kind}")
        return "bad", title + moved
    status, _ = calm_vetoes(found, unit, bitten)
    return status, found.words(f"hero.vetoes.{status}") if status else ""


def _counts(found: Lookup, unit: Unit, gates: str) -> View:
    """How many KPIs stand where; `unknown` counts those that are stale or silent too."""
    counts = dict.fromkeys(("good", "watch", "bad", "unknown"), 0)
    results = found.results(unit.id)
    for result in results:
        shown = displayed_status(result.status, found.freshness(result.kpi))
        counts[shown if shown in counts else "unknown"] += 1
    view: View = {f"hero.count.{status}": str(count) if count else "" for status, count in counts.items()}
    return view | {"hero.kpis": "" if gates else found.words("hero.kpis", n=len(results))}


def _composition_view(found: Lookup, unit: Unit, gates: str) -> View:
    parts = composition(found, unit)
    weight = sum((part.weight for part in parts), Fraction(0)) or Fraction(1)
    added = formats.parts_that_add_up([part.points for part in parts], 1)
    known = any(part.score is not None for part in parts) or any(part.id == "units" for part in parts)
    view: View = {
        "hero.parts": [part.id for part in parts],
        "hero.formula": found.words("hero.formula" if weight == 100 else "hero.formula.any"),
        "hero.total": formats.digits(added.total, added.decimals) if known else UNKNOWN,
        "hero.labels": _labels(parts, weight),
        "hero.many": len(parts) > MANY_PARTS and not gates,
    }
    for part, shown in zip(parts, added.parts, strict=True):
        share = part.weight / weight
        score = part.points / share if part.id == "units" else part.score
        lost = score is None
        view |= {
            f"part.{part.id}.title": part.title,
            f"part.{part.id}.weight": formats.plain(part.weight),
            f"part.{part.id}.share": round(float(share), 4),
            f"part.{part.id}.earned": _earned(score),
            f"part.{part.id}.points": UNKNOWN if lost else formats.digits(shown, added.decimals),
            f"part.{part.id}.score": formats.fixed(score, 1),
            f"part.{part.id}.status": part_status(found, part, score, unit),
        }
    return view


def _earned(score: Fraction | None) -> float:
    """How much of its segment a part fills: all of it from 100 points on."""
    return 0.0 if score is None else round(float(min(max(score / 100, Fraction(0)), Fraction(1))), 4)


def part_status(found: Lookup, part: Part, score: Fraction | None, unit: Unit) -> str:
    """The worst freshness of the part's KPIs, else the status of its score."""
    freshness = {found.freshness(result.kpi) for result in part.results}
    for worst in (Freshness.SILENT, Freshness.STALE):
        if worst in freshness:
            return worst.value
    if len(part.results) == 1:
        return part.results[0].status.value
    return standing(score, unit.target_score).value


def _labels(parts: Sequence[Part], weight: Fraction) -> str:
    """Whether labels fit under their segments; a list of two columns if not."""
    width = COMPOSITION_WIDTH - SEGMENT_GAP * (len(parts) - 1)
    for part in parts:
        room = float(part.weight / weight) * width + SEGMENT_GAP / 2
        if formats.text_width(f"{part.title} {formats.plain(part.weight)}", LABEL_SIZE) > room:
            return "list"
    return "under"


def _sources_view(found: Lookup, unit: Unit) -> View:
    """The score's weight by freshness, shown in place of the composition while part of it is not live."""
    by_state = dict.fromkeys(SHARES, 0)
    for result in found.results(unit.id):
        by_state[found.freshness(result.kpi).value] += result.weight
    whole = sum(by_state.values()) or 1
    shown = formats.parts_that_add_up([Fraction(100 * weight, whole) for weight in by_state.values()], 0)
    view: View = {}
    for (state, weight), part in zip(by_state.items(), shown.parts, strict=True):
        view[f"fresh.{state}.share"] = round(weight / whole, 4)
        view[f"fresh.{state}.percent"] = formats.digits(part, shown.decimals) + "%" if weight else ""
    return view

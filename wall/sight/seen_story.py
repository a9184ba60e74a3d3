"""Explanations as a sight shows them: hidden parts stand together as one, or the explanation is withheld."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from layouts.stories import KpiStory, UnitStory
from scoring.board import Status, UnitScore
from scoring.explain import OTHERS, KpiExplanation, Part, UnitExplanation
from scoring.waterfall import Waterfall

from .seen_board import without_coverage
from .visible import Visible


def seen_unit_story(story: UnitStory, seen: Visible) -> UnitStory | None:
    """Why a unit has its score; None where the score is not seen or its parts would tell a hidden one."""
    unit = story.explanation.node.unit.id
    explanation = _seen_explanation(story.explanation, seen) if seen.sees_score(unit) else None
    if explanation is None:
        return None
    since = None if story.since_yesterday is None else seen_waterfall(story.since_yesterday, seen)
    return replace(story, explanation=explanation, since_yesterday=since)


def seen_kpi_story(story: KpiStory, seen: Visible) -> KpiStory | None:
    """Why a KPI has its score; None where it is not seen. What it adds above is told while each score above is seen."""
    unit, kpi = story.explanation.cell.key
    if not seen.sees_kpi(unit, kpi):
        return None
    known = {gate.id for gate in seen.model.gates}
    if not known.issuperset(effect.gate for effect in story.explanation.gates):
        return None
    score = story.unit_score
    if not seen.sees_score(unit):
        score = UnitScore(unit, None, Status.UNKNOWN, Fraction(0))
    return replace(story, explanation=_seen_shares(story.explanation, seen), unit_score=score)


def seen_waterfall(found: Waterfall, seen: Visible) -> Waterfall | None:
    """Why a score moved, hidden parts as one; None where they are too few to stand together."""
    if not seen.sees_score(found.unit):
        return None
    hidden = {key for step in found.steps for key in step.by_part if not _part_is_seen(found.unit, key, seen)}
    if _too_few(hidden, seen):
        return None
    return replace(found, steps=tuple(replace(step, by_part=_joined(step.by_part, hidden)) for step in found.steps))


def _seen_explanation(explanation: UnitExplanation, seen: Visible) -> UnitExplanation | None:
    unit = explanation.node.unit.id
    hidden = {part.key for part in explanation.parts if not _part_is_seen(unit, part.key, seen)}
    gates = {f"gate:{effect.gate}" for effect in explanation.gates}
    if _too_few(hidden, seen) or not all(_part_is_seen(unit, key, seen) for key in gates):
        return None
    parts = [part for part in explanation.parts if part.key not in hidden]
    for kind in ("kpi", "bonus", "unit"):
        joined = [part for part in explanation.parts if part.key in hidden and part.kind == kind]
        if joined:
            weight = sum((part.weight for part in joined), Fraction(0))
            known = [part.score for part in joined if part.score is not None]
            points = sum(part.points for part in joined)
            # Nobody needs the score of the group; that it is known lets its points count.
            parts.append(Part(kind, OTHERS, weight, 0 if known else None, points))
    score = explanation.score
    if unit in seen.opened.joint:
        score = without_coverage(score)
    return replace(explanation, score=score, parts=tuple(parts))


def _part_is_seen(unit: str, key: str, seen: Visible) -> bool:
    kind, _, name = key.partition(":")
    if kind == "unit":
        return seen.sees_score(name)
    if kind == "kpi":
        return seen.sees_kpi(unit, name)
    return any(gate.id == name for gate in seen.model.gates)


def _too_few(hidden: set[str], seen: Visible) -> bool:
    """Whether hidden parts of one kind are fewer than may stand together; a hidden gate never may."""
    by_kind: dict[str, int] = {}
    for key in hidden:
        kind = key.partition(":")[0]
        by_kind[kind] = by_kind.get(kind, 0) + 1
    return "gate" in by_kind or any(number < seen.model.minimum_group for number in by_kind.values())


def _joined(by_part: Mapping[str, int], hidden: set[str]) -> dict[str, int]:
    kept = {key: points for key, points in by_part.items() if key not in hidden}
    for key, points in by_part.items():
        if key in hidden:
            joint = f"{key.partition(':')[0]}:{OTHERS}"
            kept[joint] = kept.get(joint, 0) + points
    return kept


def _seen_shares(explanation: KpiExplanation, seen: Visible) -> KpiExplanation:
    kept = []
    for share in explanation.shares:
        if not seen.sees_score(share.unit):
            break
        kept.append(share)
    result = explanation.result
    if (result.unit, result.kpi) in seen.opened.joint_kpis:
        result = without_coverage(result)
    return replace(explanation, result=result, shares=tuple(kept))

"""Gates in words: what one does, why it bit, who vouches for it; and whether vetoes were triggered at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from scoring.board import Freshness
from scoring.definitions import Unit
from scoring.explain import GateEffect
from scoring.expressions import names
from scoring.gates import Ambition, Ceiling, Difficulty, Gate, Veto

from . import formats
from .formula_text import formula_text
from .kpi_view import form_for
from .lookup import Lookup
from .method_text import number


@dataclass(frozen=True, slots=True)
class GateLine:
    """A gate that bit: its title and kind, what it does, the points before and after, whether it gave, its ground."""

    title: str
    kind: str
    does: str
    before: str
    after: str
    gives: bool
    ground: str


def gate_line(found: Lookup, effect: GateEffect) -> GateLine:
    """A gate that bit, for people."""
    gate = next((one for one in found.model.gates if one.id == effect.gate), None)
    before, after = (formats.fixed(formats.points(points), 2) for points in (effect.before, effect.after))
    gives = effect.after > effect.before
    if gate is None:
        return GateLine(effect.gate, "", "", before, after, gives, "")
    ground = ""
    if isinstance(gate, Veto):
        ground = found.words("gate.ground", evidence=gate.evidence, approver=gate.approver)
    return GateLine(
        found.text(gate.title), found.words(f"gate.{gate.kind}"), _does(found, gate), before, after, gives, ground
    )


def gate_title(found: Lookup, gate_id: str) -> str:
    """The title of a gate, its id where the model no longer has it."""
    return next((found.text(gate.title) for gate in found.model.gates if gate.id == gate_id), gate_id)


def _does(found: Lookup, gate: Gate) -> str:
    words = found.words
    match gate:
        case Veto():
            effect = words(f"gate.veto.{gate.effect}", grade=gate.grade or "")
            return effect if gate.when is None else words("gate.while", when=_when(found, gate.when), effect=effect)
        case Ceiling():
            cap = [] if gate.points is None else [words("gate.cap", cap=number(gate.points))]
            cap += [] if gate.grade is None else [words("gate.veto.grade", grade=gate.grade)]
            effect = words("and.between").join(cap)
            return words("gate.while", when=_when(found, gate.when), effect=effect)
        case Ambition():
            base = Fraction(gate.base)
            form = form_for(found, found.kpis[gate.kpi], base) if gate.kpi in found.kpis else None
            shown = number(gate.base) if form is None else form.target(base)
            return words("gate.timid", base=shown, cap=number(gate.cap))
        case Difficulty():
            return words("gate.factor", factor=number(gate.factor), cap=number(gate.cap))


def _when(found: Lookup, when: str) -> str:
    titles = {name: found.text(found.kpis[name].title) for name in names(when) if name in found.kpis}
    signs = {"and": found.words("when.and"), "or": found.words("when.or"), "not": found.words("when.not")}
    return formula_text(when, {**titles, **signs})


def calm_vetoes(found: Lookup, unit: Unit, bitten: Sequence[str]) -> tuple[str, str]:
    """(status, words) on the vetoes that may hit a unit and did not; two empty texts where the model has none.

    A veto whose condition can't be judged, because a KPI has no live value, is not called untriggered.
    """
    vetoes = [gate for gate in found.model.gates if isinstance(gate, Veto) and {unit.id, unit.kind} & {*gate.units}]
    calm = [gate for gate in vetoes if gate.id not in bitten]
    if not calm:
        return "", ""
    open_ = [gate for gate in calm if gate.when and not _known(found, unit.id, gate.when)]
    if open_:
        titles = found.words("and.between").join(found.text(gate.title) for gate in open_)
        return "unknown", found.words("gate.unknown", titles=titles)
    return "good", found.words("gate.calm", n=len(calm))


def _known(found: Lookup, unit: str, when: str) -> bool:
    results = [found.board.kpis.get((unit, name)) for name in names(when)]
    live = [name for name in names(when) if found.freshness(name) is Freshness.LIVE]
    return len(live) == len(results) and all(result is not None and result.value is not None for result in results)

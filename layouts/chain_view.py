"""The chain of one KPI: metric values, formula, target, attainment, curve, gates and weight, each as texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from scoring.board import POINT, WEIGHT
from scoring.curves import Over
from scoring.explain import KpiExplanation, points_lost
from scoring.methods import Binary, Bonus, Deduct, Graded, Ratio

from . import formats
from .formats import MINUS, UNKNOWN, Form
from .formula_text import formula_text
from .kpi_view import amount_text, form_for, value_text
from .lookup import Lookup
from .method_text import abscissa, attainment_key, method_sentence, number


@dataclass(frozen=True, slots=True)
class ShareLine:
    """What the KPI adds to one unit: points, and their share of that unit's score before gates."""

    unit: str
    points: str
    share: float
    percent: str


@dataclass(frozen=True, slots=True)
class Chain:
    """Every link as texts; an empty text is a link that this KPI does not have."""

    form: Form
    metrics: tuple[tuple[str, str], ...]
    formula: str
    filled: str
    value: str
    missing: str
    target: str
    due: str
    forecast: str
    attained: str
    attained_how: str
    method: str
    piece: str
    curve_points: str
    score: str
    weighed: str
    contribution: str
    moved: str
    shares: tuple[ShareLine, ...]


def chain(found: Lookup, explanation: KpiExplanation) -> Chain:
    """The chain of an explanation."""
    cell, result, words = explanation.cell, explanation.result, found.words
    kpi, form = cell.rule.kpi, form_for(found, cell.rule.kpi, result.target)
    pairs = list(zip(cell.rule.metrics, result.metrics, strict=False))
    metrics = {metric.id: formats.fixed(value, metric.decimals) for metric, value in pairs}
    titles = {metric.id: found.text(metric.title) for metric in cell.rule.metrics}
    sign = "≤" if kpi.direction == "lower" else ""
    rolled = cell.rollup == "scores"
    curve_points = formats.fixed(formats.points(explanation.curve_points), 2)
    method = words("explain.rolled") if rolled else method_sentence(found, cell.rule, form)
    return Chain(
        form=form,
        metrics=tuple((titles[name], amount) for name, amount in metrics.items()),
        formula=formula_text(kpi.value, titles),
        filled=formula_text(kpi.value, metrics),
        value=value_text(form, result),
        missing=_missing(found, explanation),
        target=form.target(result.target, sign),
        due=_due(found, explanation, form),
        forecast=_forecast(found, explanation, form),
        attained=formats.percent(result.attainment),
        attained_how=_attained_how(found, explanation, form),
        method=method,
        piece="" if rolled else piece_text(found, explanation, form),
        curve_points=curve_points,
        score=formats.score(result.score),
        weighed=_weighed(found, explanation),
        contribution=formats.fixed(formats.points(result.contribution), 2),
        moved=_moved(found, explanation),
        shares=tuple(
            ShareLine(share.unit, _points(share.points), *_part(share.points, share.base))
            for share in explanation.shares
        ),
    )


def _points(points: int) -> str:
    """Two decimals, or as many more as a small part needs to be seen."""
    exact = formats.points(points) or Fraction(0)
    decimals = next((tried for tried in (2, 3, 4) if formats.rounded(exact, tried)), 2)
    return formats.fixed(exact, decimals)


def _part(points: int, base: int) -> tuple[float, str]:
    share = Fraction(points, base) if base else Fraction(0)
    return round(float(min(max(share, Fraction(0)), Fraction(1))), 4), formats.percent(share)


def _forecast(found: Lookup, explanation: KpiExplanation, form: Form) -> str:
    """The range at the end of the period; empty while it is hidden."""
    ahead = found.board.forecasts.get(explanation.cell.key)
    if ahead is None:
        return ""
    end = found.words(f"hero.forecast.{explanation.cell.period}")
    low, high = form.value(ahead.low), amount_text(form, ahead.high)
    return found.words("explain.forecast", end=end, low=low, high=high)


def _missing(found: Lookup, explanation: KpiExplanation) -> str:
    """Why there is no value, and what that means for the unit's score; empty where there is one."""
    result, words = explanation.result, found.words
    if explanation.cell.rollup == "scores":
        if result.score is not None:
            return ""
        why = words("explain.missing.below")
    elif result.value is not None:
        return "" if result.score is not None else words("explain.missing.score")
    else:
        pairs = zip(explanation.cell.rule.metrics, result.metrics, strict=False)
        absent = [found.text(metric.title) for metric, value in pairs if value is None]
        titles = words("and.between").join(absent)
        why = words("explain.missing.metrics", titles=titles) if absent else words("explain.missing.divisor")
    return why + words(f"explain.missing.{found.units[result.unit].missing}")


def _due(found: Lookup, explanation: KpiExplanation, form: Form) -> str:
    result = explanation.result
    if not explanation.cell.rule.kpi.accrues or result.due is None:
        return ""
    target, due = form.target(result.target), _exact(form, result.due)
    return found.words("explain.due", target=target, elapsed=formats.percent(result.elapsed), due=due)


def _exact(form: Form, amount: Fraction) -> str:
    """A value with its unit, in the decimals of the KPI."""
    return form.value(amount) + ("%" if form.percent else f" {form.unit}" if form.unit else "")


def _attained_how(found: Lookup, explanation: KpiExplanation, form: Form) -> str:
    result, words = explanation.result, found.words
    if result.attainment is None or result.value is None or result.due is None:
        return words("explain.attained.none") if result.value is not None and not result.due else ""
    amounts = {"value": _exact(form, result.value), "due": _exact(form, result.due)}
    key = attainment_key(explanation.cell.rule.kpi)
    if key.endswith("reciprocal") and result.value <= 0:
        return words("explain.attained.nothing")
    return words(key, **amounts)


def piece_text(found: Lookup, explanation: KpiExplanation, form: Form) -> str:
    """Where on the curve the value lies, and what it earns there; empty while unknown."""
    at, piece, points = explanation.position, explanation.piece, formats.points(explanation.curve_points)
    if at is None or piece is None or points is None:
        return ""
    words, rule, earned = found.words, explanation.cell.rule, formats.fixed(points, 2)
    clamp = words(f"piece.{piece.clamp}") if piece.clamp else ""
    own = _own_piece(found, explanation, at, earned)
    if own:
        return own + clamp
    over, x = rule.curve.over, _position(form, rule.curve.over, at)
    if rule.curve.quantum is not None:
        steps = formats.signed_digits(int(at / rule.curve.quantum), 0)
        return words("piece.steps", x=x, n=steps, points=earned) + clamp
    ends = ["" if end is None else abscissa(form, over, end) for end in (piece.x0, piece.x1)]
    if piece.y0 == piece.y1:
        side = "any" if not any(ends) else "under" if not ends[0] else "over" if not ends[1] else "within"
        return words(f"piece.{side}", x=x, low=ends[0], high=ends[1], points=earned) + clamp
    inside = piece.x0 is not None and piece.x1 is not None and piece.x0 <= at <= piece.x1
    low, high = (formats.plain(points) for points in (piece.y0, piece.y1))
    key = "piece.between" if inside else "piece.along"
    return words(key, x=x, low=ends[0], high=ends[1], under=low, upper=high, points=earned) + clamp


def _own_piece(found: Lookup, explanation: KpiExplanation, at: Fraction, earned: str) -> str:
    """The wording of methods that have a shorter one than "between two points of a curve"."""
    words = found.words
    match explanation.cell.rule.kpi.method:
        case Ratio():
            return words("piece.ratio", share=formats.percent(at), points=earned)
        case Bonus():
            return words("piece.bonus", points=earned)
        case Deduct(out_of=full):
            return words("piece.deduct", full=number(full), off=number(at), points=earned)
        case Binary():
            return words("piece.hit" if at >= 0 else "piece.miss", points=earned)
        case Graded(grades=grades):
            title = next((found.text(grade.title) for grade in grades if grade.value == at), number(at))
            return words("piece.grade", title=title, points=earned)
    return ""


def _position(form: Form, over: Over, at: Fraction) -> str:
    if over is Over.VALUE:
        return _exact(form, at)
    if over is Over.MARGIN:
        return form.signed(at) + ("%" if form.percent else f" {form.unit}" if form.unit else "")
    share = formats.percent(at)
    return f"+{share}" if over is Over.DEVIATION and at > 0 else share


def _weighed(found: Lookup, explanation: KpiExplanation) -> str:
    """Score x weight ÷ the weight that is known, as numbers."""
    result, words = explanation.result, found.words
    if explanation.cell.rule.adds:
        return words("explain.on_top")
    if result.score is None or result.contribution is None:
        return words("explain.not_weighed")
    weight = formats.plain(Fraction(result.weight, WEIGHT))
    score = formats.fixed(Fraction(result.score, POINT), 2)
    if not result.contribution:
        return words("explain.weighed.zero", score=score, weight=weight)
    whole = formats.plain(Fraction(result.weight * result.score, WEIGHT * result.contribution))
    return words("explain.weighed", score=score, weight=weight, whole=whole)


def _moved(found: Lookup, explanation: KpiExplanation) -> str:
    """What the KPI lost against full marks, or a bonus added."""
    result = explanation.result
    if explanation.cell.rule.adds:
        return formats.signed_digits(formats.rounded(formats.points(result.contribution) or Fraction(0), 2), 2)
    lost = points_lost(result, found.results(result.unit))
    if lost is None:
        return UNKNOWN
    return formats.signed_digits(-formats.rounded(lost, 2), 2).replace("-", MINUS)


def children_scores(found: Lookup, explanation: KpiExplanation) -> Sequence[tuple[str, str, str]]:
    """(unit id, title, score) of the same KPI at the child units, for one that rolls up scores."""
    if explanation.cell.rollup != "scores":
        return []
    rows = []
    for child in found.children(explanation.cell.unit):
        result = found.board.kpis.get((child.id, explanation.cell.rule.kpi.id))
        if result is not None:
            rows.append((child.id, found.text(child.title), formats.score(result.score)))
    return rows

"""Grade bands and incentives: tables that fall or rise, over units that exist."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from scoring.definitions import Model
from scoring.grades import Incentive
from scoring.grading import jumps
from scoring.scorecard import by_unit

from .finding import Finding, KeyPath, doubt, fault


def check_grades(model: Model) -> Iterator[Finding]:
    for number, (better, worse) in enumerate(itertools.pairwise(model.grades), 1):
        if better.from_ is None:
            yield fault(
                ("grades", number - 1), f"grade {better.grade!r} has no from, but is not the last", "say from where"
            )
        elif worse.from_ is not None and worse.from_ >= better.from_:
            yield fault(
                ("grades", number),
                f"grade {worse.grade!r} begins at {worse.from_}, not below {better.grade!r} at {better.from_}",
                "list grades from best to worst, from falling",
            )
    shares = [band.most_share for band in model.grades]
    known = [share for share in shares if share is not None]
    if known and len(known) == len(shares) and sum(known) < 100:
        yield doubt(
            ("grades",), f"the grades leave room for {sum(known)} % of units only", "leave one without most_share"
        )


def check_incentives(model: Model) -> Iterator[Finding]:
    places = {unit.id for unit in model.units} | {unit.kind for unit in model.units}
    ids = {unit.id for unit in model.units}
    for number, incentive in enumerate(model.incentives):
        path = ("incentives", number)
        yield from _table(incentive, (*path, "table"))
        named = {"units": set(incentive.units)}
        for key in ("unit_coefficient", "base"):
            setting = getattr(incentive, key)
            values = list(setting.values()) if isinstance(setting, dict) else [setting]
            named[key] = set(setting) if isinstance(setting, dict) else set()
            if any(value < 0 for value in values):
                yield fault((*path, key), f"incentive {incentive.id!r}: {key} is below 0", "use a number ≥ 0")
        for key, names in named.items():
            for name in sorted(names - places):
                yield fault(
                    (*path, key), f"incentive {incentive.id!r}: {name!r} is no unit and no kind", "name a unit or kind"
                )
        if incentive.company is not None and incentive.company not in ids:
            yield fault(
                (*path, "company"), f"incentive {incentive.id!r}: unit {incentive.company!r} is unknown", "name a unit"
            )
        yield from _left_out(model, incentive, path)


def _table(incentive: Incentive, path: KeyPath) -> Iterator[Finding]:
    for one, two in itertools.pairwise(incentive.table):
        if two.score < one.score or two.coefficient < one.coefficient:
            yield fault(
                path,
                f"incentive {incentive.id!r}: ({two.score}, {two.coefficient}) after ({one.score}, {one.coefficient})",
                "let scores and coefficients rise",
            )
    for jump in jumps(incentive.table):
        yield doubt(
            path,
            f"incentive {incentive.id!r}: a cliff at {jump.score}: {jump.below} below it, {jump.above} from it on",
            "use a straight line, if a hair's breadth of score should not decide",
        )


def _left_out(model: Model, incentive: Incentive, path: KeyPath) -> Iterator[Finding]:
    """Units of an incentive for which base or coefficient says nothing."""
    concerned = [unit for unit in model.units if unit.id in incentive.units or unit.kind in incentive.units]
    for key in ("unit_coefficient", "base"):
        without = [unit.id for unit in concerned if by_unit(getattr(incentive, key), unit) is None]
        if without:
            more = f" and {len(without) - 1} more" if len(without) > 1 else ""
            yield fault(
                (*path, key),
                f"incentive {incentive.id!r}: no {key} for {without[0]!r}{more}",
                "give it by unit or kind",
            )

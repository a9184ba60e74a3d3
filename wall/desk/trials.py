"""Trials on the desk: tried, shown, kept by the page, and applied exactly as they were shown."""

from __future__ import annotations

import base64
import datetime as dt
import zlib
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from layouts.desk.facts import MovedUnit, PeriodEffect, Said, TrialFacts
from layouts.words import Words
from scoring.definitions import Change
from scoring.forms import text_in
from streams.redis_adapters.site import AppliedModel
from wall.definitions.what_ifs import Compared, Comparison, Trial, apply_trial, compare, trial
from wall.model_check import Finding
from wall.people.viewer import current_viewer
from wall.refusal import Refused
from wall.results.frozen import digest
from wall.sight.seen_trial import Showing, seen_trial, sets_targets_only, unseen_names
from wall.sight.visible import Visible

from .acting import Acting
from .change_text import as_yaml, change_lines
from .desk import Desk
from .permits import EXPORT, INCENTIVE, MODEL, TARGETS, WHAT_IF
from .scorecard_form import NO_REASON

#: Units shown of one comparison, those that move most.
MOST_UNITS = 200


def try_changes(
    desk: Desk, changes: Sequence[Change], periods: Sequence[str], words: Words
) -> tuple[TrialFacts, dict[str, Any] | None]:
    """A trial as the page shows it, and what the page keeps of it; nothing to keep where it can't be applied.

    Whoever does not see everything tries out what is seen only, and is shown no more.
    """
    base, seen = desk.applied, desk.visible(WHAT_IF)
    refuse_unseen(changes, seen, words)
    tried = seen_trial(base, changes, seen)
    said = tuple(_said(one) for one in tried.findings)
    known = base.model if seen.sight.whole else seen.model
    lines = tuple(line for change in changes for line in change_lines(known, change, words))
    reason = "; ".join(one.reason for one in changes if one.reason != NO_REASON)
    token = packed(changes) if EXPORT.admits(current_viewer()) else ""
    if tried.faulty:
        return TrialFacts(lines, said, (), reason, token), None
    if tried.goes_further:
        raise Refused(words("desk.trial.further"))
    effects = tuple(_effect(desk, one, words) for one in _comparisons(desk, tried.whole, periods))
    mine = may_apply(desk, changes)
    kept = [one.model_dump(mode="json", by_alias=True, exclude_defaults=True) for one in changes]
    stored = {"base": base.number, "changes": kept, "digest": _digest(base, changes)}
    facts = TrialFacts(lines, said, effects, reason, token, may_apply=mine)
    return facts, stored if mine else None


def refuse_unseen(changes: Sequence[Change], seen: Visible, words: Words) -> None:
    """Refuse changes that name what is not seen, in the same words as what does not exist."""
    unseen = unseen_names(changes, seen)
    if unseen:
        raise Refused(words("desk.trial.unseen", names=words.table["list.comma"].join(unseen)))


def _comparisons(desk: Desk, tried: Trial, periods: Sequence[str]) -> list[Comparison]:
    """The running period and past ones as far as the viewer sees them."""
    showing = Showing(desk.visible(WHAT_IF), lambda moment: desk.visible(WHAT_IF, moment), desk.visible(INCENTIVE))
    return showing.comparisons(compare(tried, desk.site, desk.view, periods), desk.calendar)


def may_apply(desk: Desk, changes: Sequence[Change]) -> bool:
    """Whether the viewer may put changes in force: any who may apply models, else targets and weights in sight."""
    if MODEL.admits(current_viewer()):
        return True

    def on(day: dt.date) -> Visible:
        return desk.visible(TARGETS, desk.calendar.day_start_ms(day))

    return TARGETS.admits(current_viewer()) and sets_targets_only(changes, desk.visible(TARGETS), on)


def _digest(base: AppliedModel, changes: Sequence[Change]) -> str:
    return digest({"base": base.number, "yaml": as_yaml(changes)})


def _said(finding: Finding) -> Said:
    return Said(finding.level, finding.message, finding.fix)


def _effect(desk: Desk, found: Comparison, words: Words) -> PeriodEffect:
    titles = {one.id: text_in(one.title, words.language) for one in desk.model.incentives}
    moved = sorted((_moved(one, titles) for one in found.units), key=_weight, reverse=True)
    shown, pay = tuple(moved[:MOST_UNITS]), tuple(_pay_change(moved))
    return PeriodEffect("" if found.running else found.period, shown, len(moved) - len(shown), pay)


def _weight(one: MovedUnit) -> tuple[int, Decimal]:
    """How much a unit moves: its score first, its pay then."""
    pay = [abs(after - before) for _, before, after in one.pay if before is not None and after is not None]
    return abs(one.change or 0), sum(pay, Decimal(0))


def _pay_change(moved: Sequence[MovedUnit]) -> Iterator[tuple[str, Decimal]]:
    """By how much each incentive moves in all; nothing where an amount is not known."""
    for title in dict.fromkeys(title for one in moved for title, _, _ in one.pay):
        pairs = [(before, after) for one in moved for name, before, after in one.pay if name == title]
        known = [after - before for before, after in pairs if before is not None and after is not None]
        whole = sum(known, Decimal(0))
        if len(known) == len(pairs) and whole:
            yield title, whole


def _moved(one: Compared, titles: Mapping[str, str]) -> MovedUnit:
    effect = one.effect
    before, after = (score.score if score else None for score in (effect.before, effect.after))
    names = dict.fromkeys([*one.pay_before, *one.pay_after])
    pay = [(titles.get(name, name), one.pay_before.get(name), one.pay_after.get(name)) for name in names]
    change = None if before is None or after is None else after - before
    ranks, grades = (effect.rank_before, effect.rank_after), (one.grade_before, one.grade_after)
    return MovedUnit(effect.unit, before, after, change, ranks, grades, tuple(pay))


def kept_trial(desk: Desk, stored: Mapping[str, Any] | None, words: Words) -> Trial:
    """The trial that a page keeps, as it was shown; refused where another model came in force meanwhile."""
    if not stored:
        raise Refused(words("desk.trial.none"))
    base, following = desk.applied, desk.site.store.following()
    if following is not None:
        raise Refused(words("desk.trial.following", version=following.model.version))
    if base.number != stored["base"]:
        raise Refused(words("desk.trial.outdated"))
    changes = [Change.model_validate(one) for one in stored["changes"]]
    if _digest(base, changes) != stored["digest"]:
        raise Refused(words("desk.trial.none"))
    return trial(base, changes)


def apply_kept(desk: Desk, stored: Mapping[str, Any] | None, who: Acting, words: Words) -> AppliedModel:
    """Apply the trial that was shown; only who proposed it, and a reason that was missing, are added to it."""
    shown = kept_trial(desk, stored, words)
    if not may_apply(desk, shown.changes):
        raise Refused(words("desk.trial.not_yours"))
    if shown.errors and not desk.visible(TARGETS).sight.whole:
        raise Refused(words("desk.trial.further"))
    alone = len(shown.changes) == 1
    signed = [
        one.model_copy(
            update={
                "author": one.author or who.author,
                "reason": who.reason if alone or one.reason == NO_REASON else one.reason,
            }
        )
        for one in shown.changes
    ]
    return apply_trial(desk.site, trial(shown.base, signed), who.author, who.reason)


def packed(changes: Sequence[Change]) -> str:
    """Changes as a piece of an address, for their download."""
    content = msgspec.json.encode(
        [one.model_dump(mode="json", by_alias=True, exclude_defaults=True) for one in changes]
    )
    return base64.urlsafe_b64encode(zlib.compress(content, 9)).decode()


def unpacked(token: str) -> list[Change]:
    """The changes of an address; raises `Refused` for what is none."""
    try:
        unfolding = zlib.decompressobj()
        content = unfolding.decompress(base64.urlsafe_b64decode(token), 1 << 20)
        return [Change.model_validate(one) for one in msgspec.json.decode(content)]
    except (ValueError, zlib.error, TypeError, msgspec.DecodeError):
        raise Refused("these are no changes; try them again") from None

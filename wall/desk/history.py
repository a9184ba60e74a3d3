"""History on a page: applications, dated changes, definitions as of a day, and taking a coming change out again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from dash import MATCH, Input, Output, State, ctx, html, no_update

from layouts.desk.facts import Applied, Choice, DatedChange, Difference, HistoryFacts, Standing
from layouts.desk.history_page import history_page
from layouts.desk.parts import PAGE, told
from layouts.desk.what_if_page import unit_choices
from layouts.words import Words
from scoring.compile import compile_scorecard
from scoring.definitions import Change, Model
from scoring.editions import kpi_versions
from streams.redis_adapters.site import AppliedModel
from wall.backfill import filling
from wall.dash_app import PageApp
from wall.definitions.apply import changes, put_in_force
from wall.definitions.history import applications
from wall.model_check import check_model
from wall.people.viewer import current_viewer
from wall.refusal import Refused
from wall.results.frozen import digest

from .acting import Acting, acting
from .change_text import change_lines, set_keys
from .desk import Desk, answering
from .permits import HISTORY, MODEL
from .scorecard_form import day_of

#: Applications shown; older ones are counted.
MOST_APPLIED = 30


def history_room(desk: Desk, asked: Mapping[str, str], language: str) -> html.Div:
    """The page, with what its address asks for: a day for a KPI and a unit, or two applications."""
    found = desk.lookup(language, HISTORY)
    words, model = found.words, desk.model
    known = applications(desk.site.journal)
    unit = asked.get("unit") or model.units[0].id
    kpis = tuple(Choice(one.id, found.text(one.title), one.id == asked.get("kpi")) for one in model.kpis)
    standing, note = _standing(desk, asked, words)
    shown = known[-MOST_APPLIED:]
    pair = _pair(known, asked)
    share = filling_share(desk)
    return history_page(
        found,
        HistoryFacts(
            desk.today,
            tuple(_applied(desk, one, _before(known, one), words) for one in reversed(shown)),
            len(known) - len(shown),
            dated_changes(model, desk.today, words, MODEL.admits(current_viewer())),
            unit_choices(found, unit),
            kpis,
            asked.get("on") or desk.today.isoformat(),
            standing,
            note,
            (_choices(known, pair[0]), _choices(known, pair[1])),
            _between(known, pair, words) if "a" in asked and "b" in asked else None,
            share,
        ),
    )


def filling_share(desk: Desk) -> Fraction | None:
    """How far the next model's counters are filled; None where none comes next."""
    if desk.site.store.following() is None:
        return None
    parts = filling(desk.site)
    total = sum(one.total for one in parts)
    return Fraction(sum(one.done for one in parts), total) if total else Fraction(0)


def _before(known: list[AppliedModel], one: AppliedModel) -> Model | None:
    return next((other.model for other in reversed(known) if other.number < one.number), None)


def _applied(desk: Desk, one: AppliedModel, before: Model | None, words: Words) -> Applied:
    in_force, following = desk.applied, desk.site.store.following()
    state = "held" if one.number == in_force.number else "next" if following and one.number == following.number else ""
    shown = tuple(differences(before, one.model, words)) if before is not None else ()
    return Applied(one.number, one.applied_ms, one.author, one.model.version, one.reason, shown, state)


def differences(before: Model, after: Model, words: Words) -> Iterator[Difference]:
    """What differs between two models: dated changes in words, all else by its id."""
    for gone in [one for one in before.changes if one not in after.changes]:
        yield from _dated("-", before, gone, words)
    for new in [one for one in after.changes if one not in before.changes]:
        yield from _dated("+", after, new, words)
    for other in changes(before, after):
        if not other.what.startswith("changes "):
            yield Difference(other.sign, other.what, other.detail)


def _dated(sign: str, model: Model, change: Change, words: Words) -> Iterator[Difference]:
    for line in change_lines(model, change, words):
        yield Difference(sign, change.from_.isoformat(), line)


def change_token(change: Change) -> str:
    """What names a change: a digest of its content."""
    return digest(change.model_dump(mode="json", by_alias=True))[:16]


def dated_changes(model: Model, today: dt.date, words: Words, may_undo: bool) -> tuple[DatedChange, ...]:
    """Every dated change, newest first, with whether anything of it still holds; named where it may be undone."""
    ordered = sorted(model.changes, key=lambda one: one.from_)
    shown = []
    for place, one in enumerate(ordered):
        later = [other for other in ordered[place + 1 :] if other.from_ <= today]
        replaced = set[tuple[str, ...]]().union(*(set(_keys(other)) for other in later))
        held = any(key not in replaced for key in _keys(one))
        state = "to_come" if one.from_ > today else "held" if held else "past"
        lines = tuple(change_lines(model, one, words))
        shown.append(
            DatedChange(one.from_, one.reason, one.author, lines, state, change_token(one) if may_undo else "")
        )
    return tuple(reversed(shown))


def _keys(change: Change) -> Iterator[tuple[str, ...]]:
    """What a change sets: definition, key and place."""
    for kpi, one in change.kpis.items():
        for key in set_keys(one):
            value = getattr(one, key)
            yield from (("kpi", kpi, key, place) for place in value) if isinstance(value, dict) else [("kpi", kpi, key)]
    for unit, other in change.units.items():
        yield from (("unit", unit, key) for key in set_keys(other))


def _standing(desk: Desk, asked: Mapping[str, str], words: Words) -> tuple[Standing | None, str]:
    """The definition that the address asks for, or why there is none."""
    if "kpi" not in asked:
        return None, ""
    try:
        day = day_of(asked.get("on"), words)
    except Refused as error:
        return None, str(error)
    model = desk.model
    node = compile_scorecard(model, day).nodes.get(asked.get("unit", ""))
    cell = next((one for one in node.cells if one.rule.kpi.id == asked["kpi"]), None) if node else None
    if node is None or cell is None:
        return None, words("desk.as_of.none")
    versions = kpi_versions(model, asked["kpi"], day, node.unit)
    last = versions[-1] if versions else None
    return Standing(cell, last.author if last else "", last.from_ if last else None, last.reason if last else ""), ""


def _pair(known: list[AppliedModel], asked: Mapping[str, str]) -> tuple[str, str]:
    """The two applications asked for; the last two where none are."""
    numbers = [str(one.number) for one in known]
    last = numbers[-1] if numbers else ""
    before = numbers[-2] if len(numbers) > 1 else last
    return (asked["a"] if asked.get("a") in numbers else before, asked["b"] if asked.get("b") in numbers else last)


def _choices(known: list[AppliedModel], chosen: str) -> tuple[Choice, ...]:
    return tuple(
        Choice(str(one.number), f"#{one.number} · {one.reason[:40]}", str(one.number) == chosen)
        for one in reversed(known)
    )


def _between(known: list[AppliedModel], pair: tuple[str, str], words: Words) -> tuple[Difference, ...]:
    models = {str(one.number): one.model for one in known}
    if not set(pair) <= models.keys():
        return ()
    return tuple(differences(models[pair[0]], models[pair[1]], words))


def take_out(desk: Desk, token: str, who: Acting, words: Words) -> AppliedModel:
    """Apply the model without a change that is not in force yet."""
    model, following = desk.model, desk.site.store.following()
    if following is not None:
        raise Refused(words("desk.trial.following", version=following.model.version))
    change = next((one for one in model.changes if change_token(one) == token), None)
    if change is None:
        raise Refused(words("desk.undo.gone"))
    if change.from_ <= desk.today:
        raise Refused(words("desk.undo.late", day=change.from_.isoformat()))
    without = model.model_copy(update={"changes": [one for one in model.changes if one is not change]})
    known = {(one.level, one.message) for one in check_model(model)}
    new = [one for one in check_model(without) if one.level == "error" and (one.level, one.message) not in known]
    if new:
        raise Refused("; ".join(f"{one.message}; {one.fix}" for one in new))
    return put_in_force(desk.site, without, who.author, who.reason)


def add_history(app: PageApp, desk: Desk) -> None:
    """The callback that takes a change out."""

    @app.callback(
        Output({"type": "undo-told", "change": MATCH}, "children"),
        Input({"type": "undo-do", "change": MATCH}, "n_clicks"),
        State({"type": "undo-reason", "change": MATCH}, "value"),
        State(PAGE, "data"),
        permit=MODEL,
        running=[(Output({"type": "undo-do", "change": MATCH}, "disabled"), True, False)],
        prevent_initial_call=True,
    )
    def undo(clicks: int, reason: str, page: dict[str, str]) -> Any:
        words = desk.words(page)
        if not clicks:
            return no_update
        token = ctx.triggered_id["change"]

        @answering(lambda why: told(why, good=False))
        def answer() -> Any:
            done = take_out(desk, token, acting(current_viewer(), reason, words), words)
            again = html.A(words("desk.reload"), href=f"/desk/history?lang={words.language}", className="text-link")
            return told(words("desk.undone", n=done.number), " ", again, good=True)

        return answer()

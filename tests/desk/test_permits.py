"""Rooms, callbacks, files and the API of the desk, as people see them who may not do or see everything."""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from openpyxl import load_workbook

from layouts.words import Words
from scoring.definitions import Change
from scoring.roles import Capability
from tests.server.teams import change, teams
from wall.definitions.history import applications
from wall.desk.acting import Acting
from wall.desk.incentive import seen_calculation, seen_incentive
from wall.desk.permits import INCENTIVE, ROOMS, WHAT_IF
from wall.desk.targets import targets_workbook
from wall.desk.trials import apply_kept, try_changes
from wall.people.permits import SIGNED_IN, Permit
from wall.people.viewer import NOBODY, Viewer
from wall.refusal import Refused
from wall.sight.look import NOTHING, WHOLE, Look

from .staged import Stage, staged
from .viewers import ADMIN, able, asking, sight_of, viewer

WORDS = Words.of("en")
RED = sight_of("red")
#: Leads the team red: sees it and all below it, sets its targets, sees its pay, takes files away.
LEAD = able(
    Capability.VIEW, Capability.EXPLAIN, Capability.EDIT_TARGETS, Capability.SEE_INCENTIVE, Capability.EXPORT, sight=RED
)
STRANGER = viewer({})
HIDDEN = ("blue", "Blue", "cat", "Cat", "company", "Company")
FORM_DAY = "2026-04-01"


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with staged(teams()) as found:
        yield found


def target(kpi: str, place: str, value: int, day: str = "2026-04-01") -> Change:
    return change(day, kpis={kpi: {"target": {place: value}}})


def test_a_permit_admits_by_any_of_its_capabilities_and_all_of_its_parts() -> None:
    either = Permit((Capability.AUDIT, Capability.APPLY_MODEL), whole=True)
    assert either.admits(viewer({Capability.AUDIT: WHOLE}))
    assert not either.admits(viewer({Capability.AUDIT: RED}))
    both = either & Permit((Capability.EXPORT,))
    assert not both.admits(viewer({Capability.AUDIT: WHOLE}))
    assert both.admits(viewer({Capability.AUDIT: WHOLE, Capability.EXPORT: RED}))
    assert SIGNED_IN.admits(STRANGER)
    assert not SIGNED_IN.admits(NOBODY)


def test_no_callback_is_declared_without_a_permit(stage: Stage) -> None:
    with pytest.raises(TypeError, match="permit"):
        stage.app.callback()  # type: ignore[call-arg]
    permits = {output: _permit(held) for output, held in stage.app.callback_map.items() if held.get("callback")}
    assert len(permits) > 10
    assert not [output for output, permit in permits.items() if permit is None]


def _permit(held: dict[str, Any]) -> Permit | None:
    found: Permit | None = getattr(getattr(held["callback"], "__wrapped__", None), "permit", None)
    return found


def test_every_callback_refuses_who_lacks_its_permit(stage: Stage) -> None:
    for output, held in stage.app.callback_map.items():
        permit = _permit(held) if held.get("callback") else None
        if permit is None:
            continue
        assert stage.call(output, NOBODY).status_code == 404, output
        if permit != SIGNED_IN:
            assert stage.call(output, STRANGER).status_code == 404, output
        if permit.whole:
            partial = able(*permit.any_of, sight=RED)
            assert stage.call(output, partial).status_code == 404, output


def test_a_room_is_there_for_those_whom_its_permit_admits_and_linked_for_nobody_else(stage: Stage) -> None:
    for room, permit in ROOMS.items():
        for capability in permit.any_of:
            whole, partial = (able(Capability.VIEW, capability, sight=one) for one in (WHOLE, RED))
            assert room in page_of(stage, f"/desk/{room}", whole), (room, capability)
            shown = page_of(stage, f"/desk/{room}", partial)
            assert ("desk-head" in shown) != permit.whole, (room, capability)
        viewed = Capability.VIEW in permit.any_of
        refused = page_of(stage, f"/desk/{room}", viewer({} if viewed else {Capability.VIEW: WHOLE}))
        assert f"There is no page “/desk/{room}”" in refused
        assert f"/desk/{room}?" not in refused


def page_of(stage: Stage, path: str, who: Viewer, query: str = "?lang=en") -> str:
    """What a page shows, as JSON."""
    answer = stage.call("page.children", who, address=None)
    body = json.loads(answer.data)
    assert body is not None
    given = {"output": "page.children", "outputs": {"id": "page", "property": "children"},
             "inputs": [{"id": "address", "property": "pathname", "value": path},
                        {"id": "address", "property": "search", "value": query}],
             "changedPropIds": ["address.pathname"]}  # fmt: skip
    answer = stage.post("/_dash-update-component", given, who)
    assert answer.status_code == 200, path
    return json.dumps(json.loads(answer.data), ensure_ascii=False)


def test_files_streams_and_steps_are_there_for_those_who_may(stage: Stage) -> None:
    get = ["/desk/targets/targets.xlsx", "/desk/what-if/changes.yaml?trial=x", "/desk/periods/2026-02.xlsx",
           "/desk/incentive/bonus/2026-02.xlsx", "/desk/stream/verify/2026-02", "/desk/stream/filling",
           "/desk/scenes/facts", "/desk/scenes/frame", "/desk/screens/now", "/remote/s1", "/remote/s1/now"]  # fmt: skip
    unknown = stage.get("/desk/nothing.xlsx", STRANGER)
    for path in get:
        answer = stage.get(path, STRANGER)
        assert (answer.status_code, answer.mimetype) == (unknown.status_code, unknown.mimetype), path
        assert len(answer.data) == len(unknown.data), path
    for step in ("draft", "picture", "tiles", "file", "save"):
        assert stage.post(f"/desk/scenes/{step}", {}, STRANGER).status_code == 405
        partial = able(Capability.APPLY_MODEL, sight=RED)
        assert stage.post(f"/desk/scenes/{step}", {}, partial).status_code == 405


def test_the_api_answers_what_is_hidden_like_what_does_not_exist(stage: Stage) -> None:
    for path in ("/api/v1/board?unit={}", "/api/v1/explain/{}", "/api/v1/explain/{}/output",
                 "/api/v1/explain/{}/output/events", "/api/v1/waterfall/{}?from=2026-03-17&to=now"):  # fmt: skip
        assert stage.get(path.format("red"), LEAD).status_code == 200, path
        hidden, unknown = (stage.get(path.format(unit), LEAD) for unit in ("blue", "none"))
        assert hidden.status_code == unknown.status_code == 404, path
        assert hidden.get_data(as_text=True).replace("blue", "none") == unknown.get_data(as_text=True)
    for path in ("history", "periods", "no-such-thing"):
        answer = stage.get(f"/api/v1/{path}", LEAD)
        assert (answer.status_code, answer.get_json()) == (404, {"error": f"there is no GET /api/v1/{path}"})
    assert stage.post("/api/v1/events", {}, LEAD).status_code == 404
    assert stage.get("/api/v1/history", able(Capability.AUDIT, sight=WHOLE)).status_code == 200


def test_what_the_api_tells_a_lead_names_nothing_outside_of_the_team(stage: Stage) -> None:
    for path in ("board", "definitions", "definitions?as_of=2026-02-01", "definitions?known_at=2099-01-01",
                 "explain/red", "explain/ann", "explain/red/output", "explain/red/output/events"):  # fmt: skip
        text = stage.get(f"/api/v1/{path}", LEAD).get_data(as_text=True).replace('"Company"', "")
        assert "red" in text or "ann" in text
        model_title = text.replace('"title":"Teams"', "")
        assert not [name for name in ("blue", "Blue", "cat", "Cat") if f'"{name}"' in model_title], path
    board = stage.get("/api/v1/board", LEAD).get_json()
    assert {one["unit"] for one in board["units"]} == {"red", "ann", "bob"}
    model = stage.get("/api/v1/definitions", LEAD).get_json()["model"]
    assert not model.get("roles")
    assert not model.get("incentives")


def test_roles_and_pay_in_the_definitions_are_for_those_who_may_see_them(stage: Stage) -> None:
    told = [stage.get("/api/v1/definitions", able(Capability.VIEW, *more, sight=WHOLE)).get_json()["model"]
            for more in ((), (Capability.SEE_INCENTIVE,), (Capability.AUDIT,))]  # fmt: skip
    assert [("incentives" in one, "roles" in one) for one in told] == [(False, False), (True, False), (False, True)]


def test_a_trial_of_a_lead_shows_the_team_and_nobody_else(stage: Stage) -> None:
    with asking(LEAD):
        facts, stored = try_changes(stage.desk, [target("output", "ann", 200)], ["2026-02"], WORDS)
    assert stored is not None
    assert {one.unit for effect in facts.effects for one in effect.units} == {"red", "ann", "bob"}
    assert all(one.ranks == (None, None) for effect in facts.effects for one in effect.units if one.unit == "red")
    with asking(ADMIN):
        whole, _ = try_changes(stage.desk, [target("output", "ann", 200)], [], WORDS)
    by_unit = {one.unit: one for one in facts.effects[0].units}
    assert {one.unit for one in whole.effects[0].units} >= {"company", *by_unit}
    assert all(by_unit[one.unit].after == one.after for one in whole.effects[0].units if one.unit in by_unit)


def test_a_trial_shows_pay_to_those_who_may_see_it(stage: Stage) -> None:
    for who, paid in ((LEAD, {"ann"}), (able(Capability.VIEW, Capability.EDIT_TARGETS, sight=RED), set())):
        with asking(who):
            facts, _ = try_changes(stage.desk, [target("output", "ann", 200)], [], WORDS)
        assert {one.unit for one in facts.effects[0].units if one.pay} >= paid
        assert any(one.pay for one in facts.effects[0].units) == bool(paid)


@pytest.mark.parametrize(
    "said",
    [
        {"kpis": {"output": {"target": {"cat": 90}}}},
        {"kpis": {"output": {"target": {"nobody": 90}}}},
        {"kpis": {"output": {"target": {"person": 90}}}},
        {"kpis": {"nothing": {"target": {"ann": 90}}}},
        {"units": {"blue": {"child_share": 0}}},
        {"units": {"ann": {"parent": "blue"}}},
        {"units": {"company": {"child_share": 100}}},
    ],
)
def test_a_trial_of_what_is_hidden_is_refused_like_one_of_what_is_not_there(stage: Stage, said: dict[str, Any]) -> None:
    with asking(LEAD), pytest.raises(Refused, match=r"Not known here: [a-z]+\."):
        try_changes(stage.desk, [change("2026-04-01", **said)], [], WORDS)
    body = {"changes": [{"from": "2026-04-01", "reason": "r", **said}]}
    answer = stage.post("/api/v1/what-if", body, LEAD)
    assert answer.status_code == 400
    assert "not known here" in answer.get_json()["error"]


def test_a_trial_over_the_api_shows_a_lead_the_team_and_nobody_else(stage: Stage) -> None:
    body = {"changes": [{"from": "2026-04-01", "reason": "r", "kpis": {"output": {"target": {"ann": 200}}}}],
            "periods": ["2026-02"]}  # fmt: skip
    told = stage.post("/api/v1/what-if", body, LEAD).get_json()
    assert len(told["comparisons"]) == 2
    assert {one["effect"]["unit"] for found in told["comparisons"] for one in found["units"]} == {"red", "ann", "bob"}
    assert stage.post("/api/v1/what-if", body, able(Capability.VIEW, sight=WHOLE)).status_code == 404


def test_a_total_of_hidden_units_moves_for_nobody_who_could_probe_them(stage: Stage) -> None:
    boss = able(Capability.VIEW, Capability.EDIT_TARGETS, sight=sight_of(Look("company", "total")))
    bent = change("2026-04-01", kpis={"output": {"target": {"company": 5}}})
    with asking(boss):
        facts, _ = try_changes(stage.desk, [bent], [], WORDS)
    assert [effect.units for effect in facts.effects] == [()]


def test_a_lead_applies_targets_of_the_team_only(stage: Stage) -> None:
    who = Acting("Lea (lea)", "because")
    with asking(ADMIN):
        _, foreign = try_changes(stage.desk, [target("output", "cat", 130)], [], WORDS)
        _, method = try_changes(
            stage.desk, [change("2026-04-01", kpis={"output": {"method": {"name": "ratio", "cap": 130}}})], [], WORDS
        )
        _, own = try_changes(stage.desk, [target("output", "ann", 130)], [], WORDS)
    before = len(applications(stage.site.journal))
    for stored in (foreign, method):
        with asking(LEAD), pytest.raises(Refused, match="set targets and weights of units that you see"):
            apply_kept(stage.desk, stored, who, WORDS)
    with asking(able(Capability.VIEW, sight=WHOLE)), pytest.raises(Refused):
        apply_kept(stage.desk, own, who, WORDS)
    assert len(applications(stage.site.journal)) == before
    with asking(LEAD):
        applied = apply_kept(stage.desk, own, who, WORDS)
    assert applied.model.changes[-1].author == "Lea (lea)"
    assert len(applications(stage.site.journal)) == before + 1


def test_forged_units_of_a_form_are_answered_like_unknown_ones(stage: Stage) -> None:
    page = {"language": "en", "name": "what-if/red", "query": ""}
    day = "wi-card.children...wi-card-note.children...wi-day.data"
    output = next(one for one in stage.app.callback_map if day in one)
    said = [
        stage.call(output, LEAD, wi_from=FORM_DAY, wi_unit=unit, wi_day="2026-05-01", desk_page=page)
        for unit in ("blue", "none")
    ]
    assert [one.status_code for one in said] == [200, 200]
    hidden, unknown = (one.get_data(as_text=True) for one in said)
    assert "There is no unit" in unknown
    assert hidden.replace("blue", "none") == unknown
    tried = next(one for one in stage.app.callback_map if one.startswith("..trial-result.children"))
    given = {"wi_try": 1, "wi_from": FORM_DAY, "wi_reason": "r", "wi_periods": [], "desk_page": page,
             "wi": [({"type": "wi", "kpi": "output", "field": "target", "n": 0}, "1")]}  # fmt: skip
    answers = [stage.call(tried, LEAD, wi_unit=unit, **given).get_data(as_text=True) for unit in ("blue", "none")]
    assert "There is no unit" in answers[1]
    assert answers[0].replace("blue", "none") == answers[1]


def test_a_workbook_of_targets_has_the_rows_of_the_team(stage: Stage) -> None:
    with asking(LEAD):
        sheet = load_workbook(io.BytesIO(targets_workbook(stage.desk)))["targets"]
    units = {row[0] for row in sheet.iter_rows(min_row=2, values_only=True)}
    assert units == {"red", "ann", "bob"}
    narrow = viewer({Capability.EDIT_TARGETS: RED, Capability.EXPORT: sight_of("ann")})
    with asking(narrow):
        sheet = load_workbook(io.BytesIO(targets_workbook(stage.desk)))["targets"]
    assert {row[0] for row in sheet.iter_rows(min_row=2, values_only=True)} == {"ann"}


def test_pay_is_shown_of_the_units_of_that_sight(stage: Stage) -> None:
    with asking(LEAD):
        found = seen_calculation(stage.desk, seen_incentive(stage.desk, "bonus"), "2026-02", INCENTIVE)
        assert [line.unit for line in found.lines] == ["ann", "bob"]
        assert (found.digest, found.reason) == ("", "")
    with asking(ADMIN):
        whole = seen_calculation(stage.desk, seen_incentive(stage.desk, "bonus"), "2026-02", INCENTIVE)
        assert [line.unit for line in whole.lines] == ["ann", "bob", "cat"]
    with asking(able(Capability.SEE_INCENTIVE, sight=NOTHING)), pytest.raises(Refused, match="no incentive"):
        seen_incentive(stage.desk, "bonus")


def test_what_is_taken_away_is_in_the_audit_trail_first(stage: Stage) -> None:
    for path in ("/desk/targets/targets.xlsx", "/desk/incentive/bonus/2026-02.xlsx"):
        assert stage.get(path, LEAD).status_code == 200
    taken = [entry for entry in stage.site.trail.entries("audit.exported") if entry.body["who"] == "bob"]
    assert [entry.body["what"] for entry in taken] == [
        f"targets-{dt.date(2026, 3, 20)}.xlsx", "bonus-2026-02-preview.xlsx"
    ]  # fmt: skip


def test_pages_of_a_lead_name_nothing_outside_of_the_team(stage: Stage) -> None:
    for path in ("/", "/desk", "/desk/what-if", "/desk/what-if/ann", "/desk/targets", "/desk/incentive",
                 "/desk/incentive/bonus/2026-02", "/explain/red", "/explain/red/output", "/desk/history",
                 "/desk/periods"):  # fmt: skip
        shown = page_of(stage, path, LEAD)
        assert not [name for name in HIDDEN if f'"{name}"' in shown or f"/{name}?" in shown], path
    assert page_of(stage, "/explain/blue", LEAD).replace("blue", "x") == page_of(stage, "/explain/x", LEAD)
    assert page_of(stage, "/desk/what-if/blue", LEAD).replace("blue", "x") == page_of(stage, "/desk/what-if/x", LEAD)


def test_the_landing_page_has_the_own_unit_first_and_words_for_who_sees_nothing(stage: Stage) -> None:
    own = Viewer("person", "ann", "Ann Lee", {Capability.VIEW: sight_of("ann")}, unit="red", person="ann")
    shown = page_of(stage, "/", own)
    assert "Ann Lee" in shown
    assert "/sign-out" in shown
    assert "own-unit" in shown
    assert "/desk/what-if" not in shown
    nothing = page_of(stage, "/", STRANGER)
    assert WORDS("index.nothing") in nothing
    assert "unit-list" not in nothing


def test_what_if_opens_at_a_unit_that_is_seen(stage: Stage) -> None:
    with asking(LEAD):
        assert stage.desk.visible(WHAT_IF).has_unit("red")
        assert stage.rooms.page("what-if/blue", {}, "en") is None
    shown = page_of(stage, "/desk/what-if", LEAD)
    assert '"red"' in shown

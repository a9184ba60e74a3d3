"""Definitions over a real site: what-if against applying, moves, closing, incentives, and their API."""

from __future__ import annotations

import datetime as dt
import http.client
import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from scoring.board import POINT, Board
from scoring.calendar import BusinessCalendar
from tests.support.servers import Service, wait_until
from tests.support.signed_in import bearer
from wall.bench.push import await_port
from wall.board_follower import load_board
from wall.definitions.what_ifs import apply_trial, compare, trial
from wall.refusal import Refused
from wall.results.closing import adjustments, close_period, closed_periods, late_events, reopen_period, verify_period
from wall.results.explaining import Explainer
from wall.results.incentive_sheet import workbook
from wall.results.incentives import Stage, approve, calculations, incentive_named, preview, propose, warnings, withdraw
from wall.results.past import Past
from wall.results.period_names import period_named
from wall.wiring import Site

from .teams import FEBRUARY, MARCH, NOW_MS, change, company, count, event, teams

SHIFT = change("2026-03-01", "quality first", kpis={
    "quality": {"weight": {"person": 70}}, "output": {"weight": {"person": 30}, "target": {"ann": 90}},
})  # fmt: skip


@pytest.fixture
def site() -> Iterator[Site]:
    with company(teams()) as found:
        yield found


def board_when(site: Site, ready: Any) -> Board:
    found: list[Board] = []

    def look() -> bool:
        loaded = load_board(site)
        if loaded is not None and ready(loaded):
            found.append(loaded.board())
        return bool(found)

    wait_until(look, 20, "the board shows it")
    return found[0]


def month(site: Site, name: str) -> Any:
    applied = site.store.model()
    assert applied is not None
    return period_named(name, BusinessCalendar(applied.model.calendar))


def test_applying_what_a_what_if_showed_gives_exactly_what_it_showed(site: Site) -> None:
    count(site, FEBRUARY + MARCH)
    with Service("score", site.settings):
        board_when(site, lambda one: one.board().units["company"].score is not None)
        view = load_board(site)
        assert view is not None
        epoch = site.boards.meta()
        tried = trial(view.applied, [SHIFT])
        assert not tried.errors
        running, february = compare(tried, site, view, ["2026-02"])
        shown = {one.effect.unit: one for one in running.units}
        assert shown.keys() == {"company", "red", "blue", "ann", "bob", "cat"}
        applied = apply_trial(site, tried, "Eve", "quality first")
        after = board_when(site, lambda one: one.board().units["ann"].definition == 2)
        for unit, one in shown.items():
            assert one.effect.after is not None
            assert after.units[unit].score == one.effect.after.score
            assert after.units[unit].status == one.effect.after.status
        meta = site.boards.meta()
        assert epoch is not None
        assert meta is not None
        assert meta.epoch == epoch.epoch, "a change of weights must not read the counters anew"
    now = Past(site, applied).at(month(site, "2026-02").end_ms)
    assert now.units["ann"].definition == 1, "the change begins in March"
    assert {one.effect.unit for one in february.units} >= {"ann", "bob", "cat"}


def test_a_what_if_that_changes_nothing_shows_nothing_and_a_faulty_one_is_not_applied(site: Site) -> None:
    count(site, MARCH)
    with Service("score", site.settings):
        board_when(site, lambda one: one.board().units["company"].score is not None)
    view = load_board(site)
    assert view is not None
    same = change("2026-03-01", "nothing", kpis={"quality": {"weight": {"person": 50}}})
    (nothing,) = compare(trial(view.applied, [same]), site, view)
    assert nothing.units == ()
    heavy = trial(view.applied, [change("2026-03-01", "too much", kpis={"quality": {"weight": {"person": 80}}})])
    assert any("100" in one.message for one in heavy.errors)
    with pytest.raises(Refused, match="100"):
        apply_trial(site, heavy, "Eve", "too much")
    stale = trial(view.applied, [SHIFT])
    apply_trial(site, trial(view.applied, [same]), "Ben", "first")
    with pytest.raises(Refused, match="meanwhile"):
        apply_trial(site, stale, "Eve", "second")


def test_who_changes_team_in_mid_month_counts_for_each_team_in_its_time(site: Site) -> None:
    moved = change("2026-03-16", "Ann goes to blue", units={"ann": {"parent": "blue"}})
    applied = count(site, MARCH)
    view = Past(site, replace(applied, model=teams(moved))).at(NOW_MS)
    done = {unit: view.kpis[unit, "output"].value for unit in ("red", "blue", "company")}
    assert done == {"red": 80 + 60, "blue": 120 + 10 + 25, "company": 295}
    assert "ann" in view.scorecard.nodes["blue"].children


def test_a_closed_period_is_proved_by_log_and_history_and_lists_what_came_late(site: Site) -> None:
    applied = count(site, FEBRUARY + MARCH)
    with pytest.raises(Refused, match="still runs"):
        close_period(site, applied, month(site, "2026-03"), NOW_MS, "Eve", "month end")
    closed = close_period(site, applied, month(site, "2026-02"), NOW_MS, "Eve", "month end")
    with pytest.raises(Refused, match="closed since"):
        close_period(site, applied, month(site, "2026-02"), NOW_MS, "Eve", "again")
    assert adjustments(site, applied, closed) == []
    late = event(14, "bob", "2026-02-20T10:00:00Z", 7, 10)
    count(site, [late, late, FEBRUARY[0], event(15, "bob", "2026-03-19T10:00:00Z", 1, 1)])
    assert verify_period(site, closed) == closed.digest
    assert [one.id for one in late_events(site, closed)] == ["14"]
    changed = {(one.unit, one.kpi) for one in adjustments(site, applied, closed)}
    assert changed == {(unit, kpi) for unit in ("bob", "red", "company") for kpi in ("output", "quality")}
    other = replace(applied, generation="another")
    with pytest.raises(Refused, match="other counters"):
        adjustments(site, other, closed)
    assert adjustments(site, other, closed, lambda _: None) == adjustments(site, applied, closed)
    apply_trial(
        site, trial(applied, [change("2026-02-01", "later", kpis={"output": {"target": {"person": 50}}})]), "Eve", "x"
    )
    assert verify_period(site, closed) == closed.digest, "the model of its closing counts, not today's"
    reopen_period(site, "2026-02", "Eve", "bob's time sheet came late")
    assert closed_periods(site.journal)["2026-02"].reopened == "bob's time sheet came late"
    with pytest.raises(Refused, match="not closed"):
        reopen_period(site, "2026-02", "Eve", "again")
    current = site.store.model()
    assert current is not None
    again = close_period(site, current, month(site, "2026-02"), NOW_MS, "Eve", "with the time sheet")
    assert again.digest != closed.digest
    assert verify_period(site, again) == again.digest


def test_counters_that_lag_behind_the_log_are_not_frozen(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    applied = count(site, FEBRUARY)
    site.log.append([event(99, "ann", "2026-02-05T10:00:00Z", 1, 1)])
    monkeypatch.setattr("wall.results.closing.AWAIT_S", 0.2)
    with pytest.raises(Refused, match="not counted"):
        close_period(site, applied, month(site, "2026-02"), NOW_MS, "Eve", "too early")


def test_incentives_are_frozen_only_by_a_second_person_and_only_over_a_closed_period(site: Site) -> None:
    applied = count(site, FEBRUARY)
    bonus, february = incentive_named(applied.model, "bonus"), month(site, "2026-02")
    draft = preview(site, applied, bonus, february)
    with pytest.raises(Refused, match="not closed"):
        propose(site, draft, "Eve", "February")
    close_period(site, applied, february, NOW_MS, "Eve", "month end")
    found = preview(site, applied, bonus, february)
    assert found.closed
    assert found.lines == draft.lines
    propose(site, found, "Eve", "February")
    with pytest.raises(Refused, match="second person"):
        approve(site, "bonus", "2026-02", "Eve")
    approved = approve(site, "bonus", "2026-02", "Ben")
    assert (approved.stage, approved.proposed_by, approved.approved_by) == (Stage.APPROVED, "Eve", "Ben")
    with pytest.raises(Refused, match="approved by Ben"):
        propose(site, found, "Eve", "again")
    count(site, [event(14, "bob", "2026-02-20T10:00:00Z", 50, 50)])
    assert preview(site, applied, bonus, february).lines == found.lines, "frozen scores pay"
    for line in found.lines:
        assert line.coefficient is not None
        assert line.company_coefficient is not None
        exact = 1000 * line.coefficient * line.company_coefficient
        assert line.amount is not None
        assert abs(Fraction(line.amount) - exact) <= Fraction(1, 200)
    assert [one.grade for one in warnings(applied.model, found)] == (["A"] if _many_a(found) else [])
    withdraw(site, "bonus", "2026-02", "Ben", "wrong base")
    assert calculations(site.journal) == {}


def test_a_running_month_is_paid_as_of_now(site: Site) -> None:
    applied = count(site, FEBRUARY + MARCH)
    bonus = incentive_named(applied.model, "bonus")
    found = preview(site, applied, bonus, month(site, "2026-03"))
    count(site, [event(20, "ann", "2026-03-25T09:00:00Z", 500, 500)])
    assert preview(site, applied, bonus, month(site, "2026-03")) == found


def _many_a(found: Any) -> bool:
    return sum(line.grade == "A" for line in found.lines) * 100 > 30 * len(found.lines)


def test_the_incentive_workbook_holds_what_was_calculated(site: Site) -> None:
    applied = count(site, FEBRUARY)
    found = preview(site, applied, incentive_named(applied.model, "bonus"), month(site, "2026-02"))
    sheet = load_workbook(BytesIO(workbook(applied.model, found))).worksheets[0]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert [row[0] for row in rows[:-1]] == ["ann", "bob", "cat"]
    for row, line in zip(rows, found.lines, strict=False):
        assert line.score is not None
        assert Decimal(str(row[8])) == line.amount
        assert round(Decimal(str(row[2])), 6) == round(Decimal(line.score) / POINT, 6)
    assert Decimal(str(rows[-1][8])) == found.total


def test_explanations_reach_the_events_and_the_waterfall_the_month_before(site: Site) -> None:
    count(site, FEBRUARY + MARCH)
    with Service("score", site.settings):
        board_when(site, lambda one: one.board().units["company"].score is not None)
    view = load_board(site)
    assert view is not None
    explainer = Explainer(site, view)
    origins = explainer.origins("red", "quality")
    assert origins is not None
    assert [one.id for one in origins.events] == ["4", "2", "1"]
    assert {(part.metric, part.amount) for part in origins.events[0].added} == {("good", 20), ("done", 25)}
    found = explainer.waterfall("company", month(site, "2026-02").end_ms, NOW_MS)
    assert found is not None
    assert sum(step.points for step in found.steps) == found.end - found.start
    page = explainer.events_behind("red", "quality", None, "en")
    assert page.rows[0].added == {"good": "+20", "done": "+25"}


def ask(site: Site, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", site.settings.port, timeout=10)
    connection.request(method, path, None if body is None else json.dumps(body), bearer(site))
    answer = connection.getresponse()
    found = answer.status, json.loads(answer.read())
    connection.close()
    return found


def test_the_api_explains_tries_and_remembers(site: Site) -> None:
    applied = count(site, FEBRUARY + MARCH)
    with Service("score", site.settings), Service("serve", site.settings):
        board_when(site, lambda one: one.board().units["company"].score is not None)
        await_port(site.settings.port)
        wait_until(lambda: ask(site, "GET", "/readyz")[0] == 200, 20, "ready")
        status, unit = ask(site, "GET", "/api/v1/explain/company")
        assert status == 200
        assert sum(part["points"] for part in unit["parts"]) == unit["score"]["base"]
        status, kpi = ask(site, "GET", "/api/v1/explain/ann/quality")
        assert (status, kpi["metrics"]) == (200, {"good": "90/1", "done": "105/1"})
        assert [share["unit"] for share in kpi["shares"]] == ["ann", "red", "company"]
        status, events = ask(site, "GET", "/api/v1/explain/ann/quality/events")
        assert [one["id"] for one in events["events"]] == ["4", "1"]
        status, fall = ask(site, "GET", "/api/v1/waterfall/company?from=2026-02")
        assert sum(step["points"] for step in fall["steps"]) == fall["end"] - fall["start"]
        content = SHIFT.model_dump(mode="json", by_alias=True, exclude_unset=True)
        status, tried = ask(site, "POST", "/api/v1/what-if", {"changes": [content], "periods": ["2026-02"]})
        assert (status, tried["base"], [one["period"] for one in tried["comparisons"]]) == (
            200,
            applied.number,
            ["", "2026-02"],
        )
        assert ask(site, "GET", "/api/v1/history")[1][0]["reason"] == "first model"
        close_period(site, applied, month(site, "2026-02"), NOW_MS, "Eve", "month end")
        assert ask(site, "GET", "/api/v1/periods")[1][0]["period"] == "2026-02"
        day = ask(site, "GET", "/api/v1/definitions?as_of=2026-02-01")[1]
        assert (day["as_of"], day["application"]) == ("2026-02-01", 1)
        for path, wanted in {
            "/api/v1/explain/nowhere": 404,
            "/api/v1/explain/ann/nothing": 404,
            "/api/v1/waterfall/company?from=yesterday": 400,
            "/api/v1/waterfall/nowhere?from=2026-02": 404,
            "/api/v1/definitions?as_of=tomorrow": 400,
            "/api/v1/definitions?known_at=2001-01-01": 400,
            "/api/v1/explain/ann/quality/events?cursor=x": 400,
        }.items():
            status, answer = ask(site, "GET", path)
            assert (status, bool(answer["error"])) == (wanted, True), path
        assert ask(site, "POST", "/api/v1/what-if", {"changes": [{"from": "soon"}]})[0] == 400
        assert ask(site, "POST", "/api/v1/what-if", {"changes": [content], "periods": ["2026-03"]})[0] == 400
        assert ask(site, "POST", "/api/v1/what-if", [1])[0] == 400


def test_the_definition_in_force_is_told_for_each_day_and_as_known_then(site: Site) -> None:
    applied = count(site, FEBRUARY)
    apply_trial(site, trial(applied, [SHIFT]), "Ben", "quality first")
    current = site.store.model()
    assert current is not None
    assert Past(site, current).at(month(site, "2026-02").end_ms).kpis["ann", "quality"].weight == 500_000
    march = Past(site, current).at(month(site, "2026-03").end_ms - 86_400_000)
    assert march.scorecard.date == dt.date(2026, 3, 30)
    assert march.kpis["ann", "quality"].weight == 700_000
    assert march.kpis["ann", "quality"].definition == 2

"""The year under definitions that change: tried out, applied, closed, corrected late, and counted anew for a metric.

One site goes through it all, stage by stage; every stage is a fixture that keeps what it showed.
"""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pandas as pd
import pytest
import yaml

from scoring.calendar import BusinessCalendar
from scoring.evaluator import Evaluator
from streams.redis_adapters.site import AppliedModel, Clock
from tests.oracle.deciding import (
    DECISIONS,
    MONTHS,
    Command,
    Late,
    Oracle,
    airline_with,
    compare,
    counts,
    decoded,
    end_ms,
    first_day,
    late_flights,
    oracle,
)
from tests.oracle.scorecards import Card, said
from tests.support.servers import Service, wait_until
from wall.definitions.apply import put_in_force
from wall.definitions.generation import generation
from wall.definitions.history import applications, model_as_known, record_application
from wall.refusal import Refused
from wall.results.closing import Adjustment, ClosedPeriod, LateEvent, adjustments, closed_periods, late_events
from wall.results.past import Past
from wall.wiring import Site

pytestmark = pytest.mark.slow
_DAY_MS = 86_400_000
#: A week after the year, when all its periods are over.
_AFTERWARDS_MS = end_ms("2013-12") + 6 * _DAY_MS
Tables = tuple[pd.DataFrame, pd.DataFrame]


def current(site: Site) -> AppliedModel:
    applied = site.store.model()
    assert applied is not None
    return applied


def records(site: Site, of: str) -> int:
    return counts(site, of, "records")


@pytest.fixture(scope="module")
def before_april(tables: Tables) -> Oracle:
    return oracle(tables, "year")


@pytest.fixture(scope="module")
def with_april(tables: Tables) -> Oracle:
    return oracle(tables, "year", "april")


@pytest.fixture(scope="module")
def late(tables: Tables) -> Late:
    return late_flights(tables)


@pytest.fixture(scope="module")
def at_last(late: Late) -> Oracle:
    """With everything decided and everything counted that came late."""
    return oracle(late.tables, "year", "april", "september")


@pytest.fixture(scope="module")
def site(year: Site, months: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The year is over, and the decisions of January and July are in force; the scorer runs."""
    year.store.set_clock(Clock(_AFTERWARDS_MS, 1, 0.0))
    put_in_force(year, airline_with(tmp_path_factory.mktemp("first"), "year"), "Elena Marsh", "the year's decisions")
    with Service("score", year.settings):
        wait_until(lambda: (meta := year.boards.meta()) is not None and meta.version > 0, 60, "there is a board")
        yield year


@pytest.fixture(scope="module")
def kpiwall(site: Site) -> Command:
    return Command(site.settings)


@dataclass(frozen=True)
class Tried:
    """What-ifs over past months, and what applying one of them gave."""

    shown: dict[str, Any]
    february: dict[str, Any]
    applied: Evaluator


@pytest.fixture(scope="module")
def tried(site: Site, kpiwall: Command, tmp_path_factory: pytest.TempPathFactory) -> Tried:
    """April's weights tried out over past months, once applied as of February and withdrawn; then applied as meant."""
    base = current(site)
    file = tmp_path_factory.mktemp("what-if") / "february.yaml"
    file.write_text((DECISIONS / "april.yaml").read_text(encoding="utf-8").replace("2013-04-01", "2013-02-01"), "utf-8")
    february = kpiwall.out("what-if", file, "--period", "2013-02", "--json", "--apply", "--yes", "--author", "Ben")
    applied = Past(site, current(site)).at(end_ms("2013-02"))
    put_in_force(site, base.model, "Ben", "withdrawn")
    order = ("what-if", DECISIONS / "april.yaml", "--period", "2013-02", "--period", "2013-03", "--json")
    shown = kpiwall.out(*order, "--apply", "--yes", "--author", "Marcus Bell")
    return Tried(*({one["period"]: one["units"] for one in decoded(text)} for text in (shown, february)), applied)


def shown_scores(found: list[dict[str, Any]], side: str) -> dict[str, tuple[int, int]]:
    return {one["effect"]["unit"]: (one["effect"][side]["score"], one["effect"][side]["definition"]) for one in found}


def card_scores(found: Card) -> dict[str, tuple[int | None, int]]:
    return {unit: (one.score, one.version) for unit, one in found.units.items()}


@pytest.mark.parametrize("month", ["2013-02", "2013-03"])
def test_a_what_if_over_a_past_month_is_that_month_with_aprils_weights(
    month: str, tried: Tried, before_april: Oracle, with_april: Oracle
) -> None:
    before = card_scores(before_april.card(month))
    after = card_scores(with_april.card(month, dt.date(2013, 4, 1)))
    moved = {unit for unit in before if before[unit][0] != after[unit][0]}
    assert moved > {"NYC", "EWR", "JFK", "LGA"}, "and main carriers"
    found = tried.shown[month]
    assert moved <= {one["effect"]["unit"] for one in found}
    for unit, score in shown_scores(found, "before").items():
        assert score == before[unit]
    for unit, score in shown_scores(found, "after").items():
        assert score == after[unit]


def test_applying_what_a_what_if_showed_gives_what_it_showed(
    tried: Tried, before_april: Oracle, with_april: Oracle
) -> None:
    compare(with_april.card("2013-02", dt.date(2013, 4, 1)), tried.applied.kpis, tried.applied.units)
    found = shown_scores(tried.february["2013-02"], "after")
    given = {unit: (one.score, one.definition) for unit, one in tried.applied.units.items()}
    assert found == {unit: given[unit] for unit in found}
    unmoved = {unit: score for unit, score in given.items() if unit not in found}
    before = card_scores(before_april.card("2013-02"))
    assert {unit: score for unit, (score, _) in unmoved.items()} == {unit: before[unit][0] for unit in unmoved}


def test_what_was_applied_from_a_what_if_is_in_the_history_with_reason_and_author(site: Site, tried: Tried) -> None:
    reasons = [(one.author, one.reason) for one in applications(site.journal)]
    weights = "Delays weigh more than punctuality"
    assert reasons[1:5] == [
        ("Elena Marsh", "the year's decisions"), ("Ben", weights), ("Ben", "withdrawn"), ("Marcus Bell", weights),
    ]  # fmt: skip


@dataclass(frozen=True)
class Closed:
    """March as it was frozen, what came of closing and reopening, and what late events would make different."""

    march: ClosedPeriod
    refusals: list[str]
    may: list[ClosedPeriod]
    adjustments: list[Adjustment]
    under: AppliedModel


@pytest.fixture(scope="module")
def closed(site: Site, kpiwall: Command, tried: Tried, late: Late) -> Iterator[Closed]:
    """March frozen under April's application, then late events, taken in by ingest services that go on running."""
    under = current(site)
    kpiwall.out("close", "2013-03", "--reason", "reviewed", "--author", "Grace Okafor")
    march = closed_periods(site.journal)["2013-03"]
    refusals = [
        kpiwall("close", "2013-03", "--reason", "again", "--author", "x").output,
        kpiwall("close", "2014-01", "--reason", "too early", "--author", "x").output,
        kpiwall("reopen", "2013-05", "--reason", "never closed", "--author", "x").output,
    ]
    may = []
    for order in (("close", "reviewed"), ("reopen", "a claim of Newark"), ("close", "settled")):
        kpiwall.out(order[0], "2013-05", "--reason", order[1], "--author", "Ann")
        may.append(closed_periods(site.journal)["2013-05"])
    total = records(site, under.generation) + len(late.entries)
    with ExitStack() as running:
        for _ in range(2):
            running.enter_context(Service("ingest", site.settings))
        site.log.append(late.entries)
        wait_until(lambda: records(site, under.generation) == total, 60, "late events are counted")
        found = adjustments(site, under, march)
        yield Closed(march, refusals, may, found, under)


def test_a_closed_month_holds_what_pandas_says(closed: Closed, with_april: Oracle) -> None:
    assert compare(with_april.card("2013-03"), closed.march.scores.kpis, closed.march.scores.units) > 1000
    assert (closed.march.author, closed.march.reason) == ("Grace Okafor", "reviewed")
    assert (closed.march.model, closed.march.model_version) == (closed.under.number, closed.under.model.version)


def test_a_month_is_closed_once_and_not_before_it_is_over(closed: Closed) -> None:
    again, early, never = closed.refusals
    assert "2013-03 is closed since" in again
    assert "reopen it with a reason first" in again
    assert "2014-01 still runs" in early
    assert "2013-05 is not closed" in never


def test_a_reopened_month_keeps_the_reason_and_can_be_closed_again(closed: Closed, site: Site) -> None:
    first, reopened, last = closed.may
    assert (first.reopened, reopened.reopened, last.reopened) == ("", "a claim of Newark", "")
    assert first.digest == reopened.digest == last.digest
    kept = [
        (one.kind, one.body["reason"]) for one in site.journal.entries("period.") if one.body["period"] == "2013-05"
    ]
    assert kept == [
        ("period.closed", "reviewed"), ("period.reopened", "a claim of Newark"), ("period.closed", "settled"),
    ]  # fmt: skip


def test_late_events_of_a_closed_month_are_its_adjustments(closed: Closed, with_april: Oracle, late: Late) -> None:
    frozen = with_april.card("2013-03").kpis
    now = oracle(late.tables, "year", "april").card("2013-03").kpis
    wanted = {
        key: (frozen[key].score, now[key].score)
        for key in frozen
        if (frozen[key].value, frozen[key].score) != (now[key].value, now[key].score)
    }
    found = {}
    for one in closed.adjustments:
        assert one.frozen is not None
        assert one.now is not None
        found[one.unit, one.kpi] = one.frozen.score, one.now.score
    assert found == wanted
    assert {unit for unit, _ in found} == {"NYC", "EWR", "EWR.UA"}


@dataclass(frozen=True)
class AtLast:
    """The year under all decisions, its counters filled anew from the log."""

    applied: AppliedModel
    months: dict[str, Evaluator]
    late: list[LateEvent]
    verified: str
    audit: str


@pytest.fixture(scope="module")
def last(site: Site, kpiwall: Command, closed: Closed, tmp_path_factory: pytest.TempPathFactory) -> AtLast:
    """September's metric, applied two days after April's weights; then audit, proof and late events side by side."""
    total, before = records(site, closed.under.generation), closed.under
    model = airline_with(tmp_path_factory.mktemp("last"), "year", "april", "september")
    at_ms = before.applied_ms + 2 * _DAY_MS
    site.store.put_model(
        record_application(site.journal, site.store, model, generation(model), "Grace Okafor", "early arrivals", at_ms)
    )
    assert current(site).number == before.number, "until its counters are filled"
    wait_until(lambda: current(site).number > before.number, 300, "the log is counted anew")
    applied = current(site)
    wait_until(lambda: records(site, applied.generation) == total, 60, "all is counted")
    command = [sys.executable, "-W", "ignore", "-m", "wall.cli", *kpiwall.flags]
    audit, verify = (
        subprocess.Popen([*command, *order], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for order in (["audit"], ["verify", "2013-03"])
    )
    found = list(late_events(site, closed.march))
    past = Past(site, applied)
    months = {month: past.at(end_ms(month)) for month in MONTHS}
    said_by_audit, said_by_verify = audit.communicate(timeout=300)[0], verify.communicate(timeout=300)[0]
    assert (audit.returncode, verify.returncode) == (0, 0), (said_by_audit, said_by_verify)
    return AtLast(applied, months, found, said_by_verify, said_by_audit)


@pytest.mark.parametrize("month", MONTHS)
def test_every_score_of_every_month_is_what_pandas_says(month: str, last: AtLast, at_last: Oracle) -> None:
    compared = compare(at_last.card(month), last.months[month].kpis, last.months[month].units)
    assert compared >= 242 * 5 + 39 * 3


def test_scores_name_the_version_of_their_definition(last: AtLast) -> None:
    versions = {
        key: [last.months[month].kpis[key].definition for month in MONTHS if key in last.months[month].kpis]
        for key in [("NYC", "on_time_departure"), ("EWR.UA", "on_time_departure"), ("EWR.UA", "flights_operated"),
                    ("EWR.DL", "flights_operated"), ("JFK", "completion_factor"), ("LGA", "early_arrivals")]
    }  # fmt: skip
    assert versions == {
        ("NYC", "on_time_departure"): [1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3, 3],
        ("EWR.UA", "on_time_departure"): [1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2],
        ("EWR.UA", "flights_operated"): [1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2],
        ("EWR.DL", "flights_operated"): [1] * 12,
        ("JFK", "completion_factor"): [1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2],
        ("LGA", "early_arrivals"): [1, 1, 1, 1],
    }
    assert [last.months[month].units["NYC"].definition for month in MONTHS] == [2, 2, 2, 3, 3, 3, 4, 4, 5, 5, 5, 5]


def test_counters_filled_anew_are_what_the_log_says(last: AtLast, closed: Closed) -> None:
    assert last.applied.generation != closed.under.generation
    assert "every counter is what the log says" in last.audit
    assert "664130 records" in last.audit


def test_a_closed_month_is_proved_from_log_and_history_after_a_later_model(closed: Closed, last: AtLast) -> None:
    assert f"log and history give what was frozen, sha256 {closed.march.digest}" in last.verified


def test_events_after_the_freeze_are_listed_and_repetitions_are_not(last: AtLast, late: Late) -> None:
    assert {one.id for one in last.late} == late.of_march
    assert len(last.late) == len(late.of_march)
    assert sorted(one.type for one in last.late) == ["flight.arrived", "flight.departed", "flight.departed.corrected"]


def test_adjustments_under_other_counters_are_not_counted_unasked(site: Site, closed: Closed, last: AtLast) -> None:
    with pytest.raises(Refused, match="run: kpiwall adjustments 2013-03"):
        adjustments(site, last.applied, closed.march)


DAYS = ["2013-03-31", "2013-04-01", "2013-06-30", "2013-07-01", "2013-08-31", "2013-09-01"]


def by_place(kpi: dict[str, Any], units: dict[str, dict[str, Any]], key: str) -> dict[str, Fraction]:
    """A setting of a KPI at every unit that has it."""
    return {name: said(kpi[key], unit) for name, unit in units.items() if unit["kind"] in kpi["applies_to"]}


@pytest.mark.parametrize("day", DAYS)
def test_show_answers_as_of_each_moment(day: str, kpiwall: Command, last: AtLast, at_last: Oracle) -> None:
    wanted = at_last.standing(dt.date.fromisoformat(day))
    for kpi in ("on_time_departure", "average_arrival_delay", "flights_operated", "completion_factor"):
        found = yaml.safe_load(kpiwall.out("show", kpi, "--as-of", day))
        for key in ("target", "weight"):
            given = by_place({**wanted.kpis[kpi], key: found[key]}, wanted.units, key)
            assert given == by_place(wanted.kpis[kpi], wanted.units, key), (kpi, key)
    network = yaml.safe_load(kpiwall.out("show", "NYC", "--as-of", day))
    assert Fraction(network["child_share"]) == wanted.units["NYC"]["child_share"]
    new = kpiwall("show", "early_arrivals", "--as-of", day)
    assert (new.exit_code == 0) == ("early_arrivals" in wanted.kpis) == (day == "2013-09-01")


def test_show_leaves_out_what_was_applied_later(kpiwall: Command, last: AtLast, closed: Closed, site: Site) -> None:
    calendar = BusinessCalendar(last.applied.model.calendar)
    known = calendar.business_date(closed.under.applied_ms)
    order = ("show", "completion_factor", "--as-of", "2013-09-01", "--known-at")
    for day, weight in ((known, 12), (known + dt.timedelta(days=1), 12), (known + dt.timedelta(days=2), 5)):
        found = yaml.safe_load(kpiwall.out(*order, day))
        assert Fraction(found["weight"]["network"]) == weight
    assert kpiwall("show", "early_arrivals", "--as-of", "2013-09-01", "--known-at", known).exit_code == 1
    assert "no model had been applied" in kpiwall(*order, known - dt.timedelta(days=1)).output
    assert (as_known := model_as_known(site.journal, closed.under.applied_ms)) is not None
    assert as_known.number == closed.under.number


def steps(kpiwall: Command, start: str, end: str) -> tuple[dict[str, Any], dict[str, int]]:
    found = decoded(kpiwall.out("waterfall", "NYC", "--from", start, "--to", end, "--json"))
    for one in found["steps"]:
        assert sum(one["by_part"].values()) == one["points"]
    return found, {one["cause"]: one["points"] for one in found["steps"]}


@pytest.mark.parametrize(
    ("start", "end", "causes"),
    [
        ("2013-03", "2013-04", {"value", "weight"}),
        ("2013-06", "2013-07", {"value", "target"}),
        ("2013-08", "2013-09", {"value", "weight", "structure"}),
    ],
)
def test_a_waterfall_tells_what_was_decided_from_what_was_counted(
    start: str, end: str, causes: set[str], kpiwall: Command, last: AtLast, at_last: Oracle
) -> None:
    def network(month: str, day: dt.date, *without: str) -> int:
        score = at_last.card(month, day, without).units["NYC"].score
        assert score is not None
        return score

    found, by_cause = steps(kpiwall, start, end)
    before, after = first_day(start), first_day(end)
    assert (found["start"], found["end"]) == (network(start, before), network(end, after))
    assert sum(by_cause.values()) == found["end"] - found["start"]
    assert {cause for cause, points in by_cause.items() if points} == by_cause.keys() == causes
    valued = network(end, before)
    assert by_cause["value"] == valued - found["start"]
    new = {"early_arrivals"} if "structure" in causes else set()
    decided = network(end, after, *new)
    assert by_cause.get("weight", 0) + by_cause.get("target", 0) == decided - valued
    assert by_cause.get("structure", 0) == found["end"] - decided

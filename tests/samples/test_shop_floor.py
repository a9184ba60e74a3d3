"""The factory's stream: the same every time, whatever window is asked for, and as untidy as a real one."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter, defaultdict
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.models.arrival import Arrival
from deploy.models.factory import garbage, plant
from deploy.models.factory.shop_floor import LONGEST_MS, events
from tests.samples import folders, recount

HOUR_MS = 3_600_000


def ms(day: int, hour: int = 0, minute: int = 0) -> int:
    return int(dt.datetime(2026, 3, day, hour, minute, tzinfo=plant.ZONE).timestamp() * 1000)


def event_ms(arrival: Arrival) -> int:
    return int(dt.datetime.fromisoformat(arrival.event["time"]).timestamp() * 1000)


@pytest.fixture(scope="module")
def march() -> list[Arrival]:
    return list(events(ms(1), ms(18, 14, 24)))


def test_the_same_window_gives_the_same_bytes_and_another_seed_others() -> None:
    once = recount.as_log(events(ms(3), ms(4)))
    assert once == recount.as_log(events(ms(3), ms(4)))
    assert once != recount.as_log(events(ms(3), ms(4), seed=7))


@settings(max_examples=8, deadline=None)
@given(cut=st.integers(ms(16, 7, 13), ms(16, 19, 47)))
def test_two_windows_side_by_side_are_the_window_over_both(cut: int) -> None:
    start, end = ms(16, 7, 13), ms(16, 19, 47)
    assert [*events(start, cut), *events(cut, end)] == list(events(start, end))


def test_arrivals_are_in_order_inside_the_window_and_never_before_they_happened(march: list[Arrival]) -> None:
    assert all(one.at_ms <= other.at_ms for one, other in pairwise(march))
    assert march[0].at_ms >= ms(1)
    assert march[-1].at_ms < ms(18, 14, 24)
    assert all(0 <= arrival.at_ms - event_ms(arrival) <= LONGEST_MS for arrival in march)


def test_duplicates_late_events_and_corrections_have_their_shares(march: list[Arrival]) -> None:
    seen: dict[str, Arrival] = {}
    counts = Counter()
    for arrival in march:
        id_ = arrival.event["id"]
        kind = (
            "duplicate" if id_ in seen
            else "correction" if arrival.event["type"].endswith(".corrected")
            else "late" if arrival.at_ms - event_ms(arrival) > 10 * 60_000
            else "usual"
        )  # fmt: skip
        counts[kind] += 1
        if kind == "duplicate":
            assert arrival.event == seen[id_].event
        seen[id_] = arrival
    assert 60_000 < len(march) < 90_000
    assert 0.025 < counts["duplicate"] / len(march) < 0.035
    assert 0.017 < counts["late"] / len(march) < 0.023
    assert 0.007 < counts["correction"] / len(march) < 0.013


def test_a_correction_repeats_what_it_corrects_and_changes_it(march: list[Arrival]) -> None:
    originals = {arrival.event["id"]: arrival for arrival in march}
    corrections = [a for a in march if a.event["type"].endswith(".corrected") and event_ms(a) > ms(1, 1)]
    assert any(arrival.event["data"]["after"] is None for arrival in corrections)
    for arrival in corrections:
        event, original = arrival.event, originals[arrival.event["id"].removesuffix("-c")]
        assert event["type"] == f"{original.event['type']}.corrected"
        assert event["time"] == original.event["time"]
        assert event["data"]["before"] == original.event["data"]
        assert arrival.key == original.key
        assert arrival.at_ms > original.at_ms


def test_nearly_every_minute_of_a_working_day_moves_and_every_department_lives(march: list[Arrival]) -> None:
    minutes = Counter(arrival.at_ms // 60_000 for arrival in march if ms(17) <= arrival.at_ms < ms(18))
    assert len(minutes) >= 1430
    assert sum(minutes.values()) / 1440 > 2.5
    parents = {unit.id: unit.parent for unit in folders.read("factory").units}
    alive = defaultdict(set)
    for arrival in march:
        if ms(17, 9) <= arrival.at_ms < ms(17, 17):
            department = arrival.key if parents[arrival.key] == "group" else parents[arrival.key]
            alive[arrival.at_ms // HOUR_MS].add(department)
    departments = {unit for unit, parent in parents.items() if parent == "group"}
    assert all(here == departments for here in alive.values())


def test_nothing_is_produced_on_a_sunday_or_a_holiday() -> None:
    for day in (dt.date(2026, 3, 15), dt.date(2026, 10, 1)):
        start = int(dt.datetime(day.year, day.month, day.day, tzinfo=plant.ZONE).timestamp() * 1000)
        found = {a.event["type"] for a in events(start, start + 24 * HOUR_MS) if event_ms(a) >= start}
        assert found == {"energy.metered", "ticket.closed", "survey.answered"}


def test_the_generators_calendar_is_the_models() -> None:
    model = folders.read("factory")
    days = [dt.date(2026, 1, 1) + dt.timedelta(days=n) for n in range(365)]
    assert [plant.works(day) for day in days] == [recount.works(model, day) for day in days]


def test_garbage_comes_on_top_of_an_unchanged_stream() -> None:
    start, end = ms(17, 8), ms(18, 8)
    mixed = list(events(start, end, garbage_share=0.05))
    bad = [arrival.event for arrival in mixed if isinstance(arrival.event, bytes)]
    assert [arrival for arrival in mixed if isinstance(arrival.event, dict)] == list(events(start, end))
    assert 0.04 < len(bad) / len(mixed) < 0.06


def test_every_kind_of_garbage_differs_from_a_sound_event() -> None:
    sound = garbage._sound("g-1", ms(17, 9))
    written = {kind: write(sound) for kind, write in garbage.KINDS.items()}
    assert json.dumps(sound, ensure_ascii=False).encode() not in written.values()
    assert len(set(written.values())) == len(written)
    assert sound == garbage._sound("g-1", ms(17, 9))


def test_the_picture_of_18_march_has_green_amber_and_red(march: list[Arrival]) -> None:
    model = folders.read("factory")
    judged, scores = recount.scorecards(
        model, recount.metric_sums(model, march), dt.datetime(2026, 3, 18, 14, 24, tzinfo=plant.ZONE)
    )
    assert 91.5 < scores["group"] < 93.5
    tiles = Counter(judged["group", kpi].status for kpi in model.scenes[0].kpis)
    assert tiles == {"good": 3, "watch": 3, "bad": 2}
    departments = [unit.id for unit in model.units if unit.kind == "department"]
    assert len(departments) == 8
    assert all(80 < scores[unit] < 105 for unit in departments)

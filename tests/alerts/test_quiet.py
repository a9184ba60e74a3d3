"""Quiet hours: over midnight, by shift, on weekdays, outside working days; and until when."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from scoring.alerts.quiet import quiet_until_ms
from scoring.calendar import BusinessCalendar
from scoring.definitions import Calendar
from tests.alerts.boards import model_with, rule

SHIFTS = [
    {"id": "early", "title": "", "start": "06:00", "end": "14:00"},
    {"id": "late", "title": "", "start": "14:00", "end": "22:00"},
    {"id": "night", "title": "", "start": "22:00", "end": "06:00"},
]
WEEK = ["mon", "tue", "wed", "thu", "fri"]


def until(now: str, quiet: dict[str, Any] | None, **calendar: Any) -> str | None:
    """Until when it is quiet, in Shanghai; 1 June 2026 is a Monday."""
    given = {"zone": "Asia/Shanghai", "working_days": WEEK, "shifts": SHIFTS, **calendar}
    business = BusinessCalendar(Calendar.model_validate(given))
    one = model_with(rule(quiet=quiet)).alerts[0]
    moment = dt.datetime.fromisoformat(now).replace(tzinfo=business.zone)
    found = quiet_until_ms(one, business, int(moment.timestamp() * 1000))
    return None if found is None else f"{business.local(found):%m-%d %H:%M}"


def test_a_rule_without_quiet_hours_is_never_quiet() -> None:
    assert until("2026-06-01T03:00", None) is None


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("2026-06-01T21:59", None),
        ("2026-06-01T22:00", "06-02 07:00"),
        ("2026-06-02T00:30", "06-02 07:00"),
        ("2026-06-02T07:00", None),
    ],
)
def test_hours_go_over_midnight(now: str, end: str | None) -> None:
    assert until(now, {"hours": ["22:00", "07:00"]}) == end


def test_hours_before_the_business_day_begins() -> None:
    assert until("2026-06-02T05:00", {"hours": ["04:00", "07:00"]}, day_starts="06:00", shifts=[]) == "06-02 07:00"
    assert until("2026-06-02T03:00", {"hours": ["04:00", "07:00"]}, day_starts="06:00", shifts=[]) is None


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("2026-06-01T23:00", "06-02 06:00"),
        ("2026-06-02T05:59", "06-02 06:00"),
        ("2026-06-02T06:00", None),
        ("2026-06-06T23:00", None),  # Saturday has no shifts
        ("2026-06-06T05:00", "06-06 06:00"),  # but Friday's night runs into it
    ],
)
def test_a_night_shift_belongs_to_the_day_it_begins_on(now: str, end: str | None) -> None:
    assert until(now, {"shifts": ["night"]}) == end


def test_weekdays_and_days_off_last_until_the_next_business_day() -> None:
    assert until("2026-06-01T12:00", {"weekdays": ["mon"]}) == "06-02 00:00"
    assert until("2026-06-06T12:00", {"outside_working_days": True}) == "06-08 00:00"
    assert until("2026-06-06T12:00", {"outside_working_days": True}, working_dates=["2026-06-07"]) == "06-07 00:00"


def test_quiet_times_that_follow_each_other_are_one() -> None:
    quiet = {"hours": ["20:00", "08:00"], "outside_working_days": True}
    assert until("2026-06-05T21:00", quiet) == "06-08 08:00"


def test_a_rule_that_is_always_quiet_is_quiet_for_a_month_at_a_time() -> None:
    found = until("2026-06-01T00:00", {"weekdays": [*WEEK, "sat", "sun"]})
    assert found == "07-02 00:00"


def test_hours_follow_the_clock_when_it_changes() -> None:
    """In New York the night of 8 March 2026 is an hour short."""
    found = until("2026-03-08T00:00", {"hours": ["22:00", "07:00"]}, zone="America/New_York", shifts=[])
    assert found == "03-08 07:00"

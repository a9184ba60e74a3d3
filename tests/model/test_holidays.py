"""Holidays of a country: written into the model when its folder is read."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from scoring.calendar import BusinessCalendar
from scoring.definitions import Calendar, Model
from tests.samples import folders
from wall.definitions.generation import generation
from wall.definitions.holidays_of import DECREED, dates_of
from wall.definitions.model_folder import Fault, ModelFaulty, load_model

from .folder import edited, write

#: The notice of the State Council of 4 November 2025: days off (with weekends) and make-up days.
NOTICE_OFF = [("01-01", 3), ("02-15", 9), ("04-04", 3), ("05-01", 5), ("06-19", 3), ("09-25", 3), ("10-01", 7)]
NOTICE_WORKING = ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"]
YEAR_2026 = [dt.date(2026, 1, 1) + dt.timedelta(days=day) for day in range(365)]


def notice_off() -> set[dt.date]:
    return {
        dt.date.fromisoformat(f"2026-{first}") + dt.timedelta(days=day) for first, n in NOTICE_OFF for day in range(n)
    }


def test_the_days_of_china_in_2026_are_those_of_the_notice() -> None:
    known = dates_of("CN", [2026])
    assert known.off == notice_off()
    assert known.working == {dt.date.fromisoformat(f"2026-{day}") for day in NOTICE_WORKING}


@pytest.mark.parametrize("week", [5, 6, 7])
def test_working_days_of_2026_are_those_of_the_notice_whatever_the_week(tmp_path: Path, week: int) -> None:
    days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"][:week]
    calendar = f"calendar: {{zone: Asia/Shanghai, holidays_of: CN, working_days: [{', '.join(days)}]}}\n"
    model, _ = read(tmp_path, calendar, "2027-01-01")
    works = BusinessCalendar(model.calendar).works
    working = {dt.date.fromisoformat(f"2026-{day}") for day in NOTICE_WORKING}
    by_hand = [day for day in YEAR_2026 if day in working or (day.weekday() < week and day not in notice_off())]
    assert [day for day in YEAR_2026 if works(day)] == by_hand


def test_the_factory_works_the_days_it_listed_by_hand_before() -> None:
    """Its former calendar.yaml, a six-day week with what the notice changes in it."""
    off = """01-01 01-02 01-03 02-16 02-17 02-18 02-19 02-20 02-21 02-23 04-04 04-06 05-01 05-02 05-04 05-05 06-19 06-20
             09-25 09-26 10-01 10-02 10-03 10-05 10-06 10-07"""
    model = folders.read("factory")
    by_hand = Calendar(
        zone="Asia/Shanghai",
        working_days=model.calendar.working_days,
        holidays=[dt.date.fromisoformat(f"2026-{day}") for day in off.split()],
        working_dates=[dt.date(2026, 1, 4), dt.date(2026, 9, 20)],
    )
    before, now = BusinessCalendar(by_hand), BusinessCalendar(model.calendar)
    december = [dt.date(2025, 12, day) for day in range(1, 32)]
    assert [day for day in december + YEAR_2026 if before.works(day) != now.works(day)] == []
    assert not now.works(dt.date(2027, 1, 1))


def read(folder: Path, calendar: str, before: str = "2027-01-01") -> tuple[Model, list[Fault]]:
    """The small folder with this calendar, accepting events from 2026 on."""
    model = edited("model.yaml", "after: 2026-01-01", f"after: 2026-01-01\n  before: {before}")
    files = {"calendar.yaml": calendar, "model.yaml": model}
    return load_model(write(folder, files))


def calendar_of(place: str, more: str = "") -> str:
    return (
        f"calendar:\n  zone: Europe/Berlin\n  working_days: [mon, tue, wed, thu, fri]\n  holidays_of: {place}\n{more}"
    )


def test_a_subdivision_has_its_own_days(tmp_path: Path) -> None:
    corpus_christi = dt.date(2026, 6, 4)
    assert corpus_christi in read(tmp_path, calendar_of("DE-BY"))[0].calendar.holidays
    assert corpus_christi not in read(tmp_path, calendar_of("DE"))[0].calendar.holidays
    assert dt.date(2026, 7, 3) in read(tmp_path, calendar_of("US"))[0].calendar.holidays, (
        "observed, the 4th is a Saturday"
    )


def test_easter_saturday_stays_a_working_day_in_germany() -> None:
    assert dt.date(2026, 4, 4) not in dates_of("DE", [2026]).off


def test_dates_written_in_the_model_win(tmp_path: Path) -> None:
    more = "  holidays: [2026-01-04, 2026-07-01]\n  working_dates: [2026-10-07]\n"
    model, faults = read(tmp_path, calendar_of("CN", more))
    works = BusinessCalendar(model.calendar).works
    assert [works(dt.date(2026, *day)) for day in ((1, 4), (7, 1), (10, 7), (10, 6))] == [False, False, True, False]
    assert faults == []


def test_years_that_are_not_decreed_yet_are_named_until_their_days_are_written(tmp_path: Path) -> None:
    model, faults = read(tmp_path, calendar_of("CN"), "2031-01-01")
    last = max(model.calendar.working_dates).year
    (fault,) = faults
    assert (fault.level, fault.file, fault.line) == ("warning", "calendar.yaml", 4)
    assert fault.message.endswith(f"of CN are not known for {last + 1} to 2030")
    assert max(model.calendar.holidays).year == last
    written = "".join(f"    - {year}-01-01\n" for year in range(last + 1, 2031))
    assert read(tmp_path, calendar_of("CN", f"  holidays:\n{written}"), "2031-01-01")[1] == []


def test_estimated_days_are_a_warning(tmp_path: Path) -> None:
    (fault,) = read(tmp_path, calendar_of("BH"), "2061-01-01")[1]
    assert fault.level == "warning"
    assert "some days of BH are estimates in" in fault.message
    assert "to 2060" in fault.message


@pytest.mark.parametrize(("place", "words"), [("XX", "country 'XX' is unknown"), ("DE-ZZ", "no subdivision 'ZZ'")])
def test_an_unknown_place_is_a_fault_with_its_line(tmp_path: Path, place: str, words: str) -> None:
    with pytest.raises(ModelFaulty) as raised:
        read(tmp_path, calendar_of(place))
    (fault,) = raised.value.faults
    assert (fault.level, fault.file, fault.line) == ("error", "calendar.yaml", 4)
    assert words in fault.message
    assert "DE-BY" in fault.fix


def test_the_applied_model_stands_without_the_library(tmp_path: Path) -> None:
    """What is kept as JSON holds the dates, and reading it again looks nothing up."""
    model, _ = read(tmp_path, calendar_of("CN"))
    kept = Model.model_validate_json(model.model_dump_json(by_alias=True))
    assert kept.calendar == model.calendar
    assert dt.date(2026, 2, 23) in kept.calendar.holidays


def test_holidays_do_not_make_the_log_be_counted_anew(tmp_path: Path) -> None:
    assert generation(read(tmp_path, calendar_of("CN"))[0]) == generation(read(tmp_path, calendar_of("DE"))[0])


def test_make_up_days_are_known_for_every_country_that_decrees_them() -> None:
    assert all(dates_of(country, [2024, 2025]).working for country in DECREED - {"VN", "UZ"})
    assert all(dates_of(country, [2100]).unknown == (2100,) for country in DECREED)

"""Walls with alerts: one row per KPI, counted by severity, news of the last hour, and scenes that jump in."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from layouts.alerts.facts import AlertFact
from layouts.alerts.snoozes import snoozes
from layouts.alerts.standing import alerted
from layouts.lookup import View, lookup
from layouts.markup import markup
from layouts.wall_page import wall_stage
from layouts.wall_view import wall_view
from scoring.calendar import HOUR_MS, BusinessCalendar
from scoring.definitions import Calendar
from scoring.scenes import Playlist
from tests.layouts.boards import NOON_MS, board_of, small_model
from wall.screens.programme_frame import programme_view

_MINUTE_MS = 60_000


def _fact(name: str, unit: str = "d1", kpi: str = "otd", severity: str = "critical", **more: Any) -> AlertFact:
    fired = NOON_MS - more.pop("age_min", 10) * _MINUTE_MS
    held = AlertFact(name, "late", "Late", "", severity, "firing", unit, kpi, "value", Fraction(72, 100),
                     Fraction(9, 10), fired, fired)  # fmt: skip
    return replace(held, **more)


def _view(*facts: AlertFact, language: str = "en") -> View:
    model = small_model()
    return wall_view(model, board_of(model), "main", language, alerts=facts)


def _rows(view: View) -> list[tuple[str, str]]:
    found = [(str(view[f"exc.{n}.status"]), str(view[f"exc.{n}.title"])) for n in range(4)]
    return [row for row in found if row[0]]


def test_a_kpi_that_is_off_target_and_has_an_alert_is_one_row() -> None:
    without, with_alert = _rows(_view()), _rows(_view(_fact("a")))
    assert len(without) == len(with_alert)
    assert with_alert[0] == ("critical", "On time")
    assert [title for _, title in with_alert].count("On time") == 1
    view = _view(_fact("a"))
    assert view["exc.0.impact"]
    assert "Critical · D1 72.0%" in str(view["exc.0.worst"])


def test_alerts_of_one_kpi_lead_with_the_worst_and_count_the_others() -> None:
    view = _view(_fact("a", "d0", severity="warning"), _fact("b", "d1"), _fact("c", "d2", severity="info"))
    assert "D1" in str(view["exc.0.worst"])
    assert [status for status, _ in _rows(view)].count("critical") == 1
    alone = _view(_fact("a", "d0", kpi=""), _fact("b", "d1", kpi=""))
    assert {title for status, title in _rows(alone) if status == "critical"} == {"D0 score", "D1 score"}


def test_who_sees_to_an_alert_is_named() -> None:
    assert "Ann" in str(_view(_fact("a", phase="acknowledged", acknowledged_by="Ann"))["exc.0.owner"])
    assert "Bob" in str(_view(_fact("a", assignee="Bob"))["exc.0.owner"])


def test_a_hint_does_not_push_what_is_off_target_down() -> None:
    statuses = [status for status, _ in _rows(_view(_fact("a", "d0", kpi="", severity="info")))]
    assert statuses.index("info") > statuses.index("bad")


def test_the_header_counts_what_stands_with_what_is_folded() -> None:
    view = _view(
        _fact("a", folded=2), _fact("b", "d2", severity="warning"), _fact("c", resolved_ms=1, phase="resolved")
    )
    assert [view[f"header.firing.{one}"] for one in ("critical", "warning", "info")] == ["3", "1", ""]
    calm = _view()
    assert {calm[f"header.firing.{one}"] for one in ("critical", "warning", "info")} == {""}


def test_parts_that_are_given_are_not_counted_twice() -> None:
    assert _view(_fact("a", "co", folded=1), _fact("b", "d1", part=True))["header.firing.critical"] == "2"
    model = small_model()
    found = lookup(model, board_of(model), "en", alerts=[_fact("a", "co", folded=1), _fact("b", "d1", part=True)])
    assert alerted(found, "d1", "critical")
    assert not alerted(found, "d2", "critical")


def test_the_line_tells_what_fired_was_acknowledged_and_recovered_in_the_last_hour() -> None:
    acknowledged = _fact("a", phase="acknowledged", acknowledged_by="Ann", acknowledged_ms=NOON_MS - 5 * _MINUTE_MS)
    over = _fact("b", "d2", age_min=200, phase="resolved", resolved_ms=NOON_MS - _MINUTE_MS)
    view = _view(acknowledged, over)
    told = [(view[f"chg.{n}.status"], view[f"chg.{n}.word"], view[f"chg.{n}.owner"]) for n in range(8)]
    assert told[:3] == [("good", "resolved", "D2"), ("critical", "acknowledged", "Ann"), ("critical", "fired", "D1")]
    assert all(word != "fired" or owner != "D2" for _, word, owner in told)


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_key_that_a_wall_binds_is_in_its_view(language: str) -> None:
    model, facts = small_model(), [_fact("a")]
    page = markup(wall_stage(model, board_of(model), "main", language, "1", alerts=facts))
    view = wall_view(model, board_of(model), "main", language, alerts=facts)
    assert {f"header.firing.{one}" for one in ("critical", "warning", "info")} <= set(view)
    assert 'data-is="critical"' in page
    assert 'data-text="header.firing.critical"' in page


def test_a_scene_jumps_in_while_an_alert_at_least_so_severe_stands_at_its_unit_or_below() -> None:
    item = {"scene": "main", "only_jumps": True, "jumps_in_when": {"alert": "warning"}}
    playlist = Playlist.model_validate({"id": "hall", "title": "Hall", "items": [{"scene": "main"}, item]})
    model = small_model().model_copy(update={"playlists": [playlist]})

    def jumping(*facts: AlertFact) -> object:
        return programme_view(model, board_of(model), "hall", "co", "en", NOON_MS, facts)["jump"]

    assert jumping(_fact("a")) == jumping(_fact("a", severity="warning")) == [1]
    assert jumping() == jumping(_fact("a", severity="info")) == []
    assert jumping(_fact("a", phase="resolved", resolved_ms=NOON_MS)) == []


def test_a_snooze_ends_with_the_hour_the_shift_or_on_the_next_working_morning() -> None:
    shifts = [{"id": "early", "title": "Early", "start": "06:00", "end": "14:00"},
              {"id": "late", "title": "Late", "start": "14:00", "end": "22:00"}]  # fmt: skip
    calendar = BusinessCalendar(
        Calendar.model_validate(
            {"zone": "Asia/Shanghai", "shifts": shifts, "working_days": ["mon", "tue", "wed", "thu", "fri"]}
        )
    )
    midnight = NOON_MS - 12 * HOUR_MS  # a Wednesday
    offered = dict(snoozes(calendar, NOON_MS))
    assert offered == {"hour": NOON_MS + HOUR_MS, "shift": midnight + 14 * HOUR_MS, "morning": midnight + 30 * HOUR_MS}
    friday = dict(snoozes(calendar, NOON_MS + 48 * HOUR_MS))
    assert friday["morning"] == midnight + (5 * 24 + 6) * HOUR_MS
    assert "shift" not in dict(snoozes(calendar, midnight + 23 * HOUR_MS))

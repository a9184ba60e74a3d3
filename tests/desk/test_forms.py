"""The desk's forms: what holds becomes text, edited text becomes a change, and nothing else changes."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from layouts.desk.facts import CardFacts
from layouts.words import Words
from scoring.definitions import Change, Kpi, Model
from scoring.editions import edition
from scoring.methods import Bands, Interpolate, Ratio
from tests.samples.folders import read
from wall.desk.acting import Acting, acting
from wall.desk.change_text import as_yaml, change_lines, from_yaml
from wall.desk.history import change_token, dated_changes, differences
from wall.desk.method_form import NoNumber, method_form, method_of, number_of, number_text
from wall.desk.scorecard_form import Entered, card_facts, entered_change
from wall.desk.trials import packed, unpacked
from wall.people.viewer import NOBODY, Viewer, screen_viewer
from wall.refusal import Refused
from wall.sight.look import WHOLE
from wall.sight.visible import visible

WORDS = Words.of("en")
DAY = dt.date(2026, 5, 1)
Texts = dict[tuple[str, str, int], str]


@pytest.fixture(scope="module")
def model() -> Model:
    return read("factory")


def texts_of(card: CardFacts) -> Texts:
    """The texts that a browser sends back for an untouched form."""
    texts: Texts = {}
    for row in card.rows:
        kpi, form = row.cell.rule.kpi.id, row.form
        texts |= {(kpi, "weight", 0): row.weight, (kpi, "target", 0): row.target, (kpi, "kind", 0): form.kind}
        texts |= {(kpi, "floor", 0): form.floor, (kpi, "cap", 0): form.cap, (kpi, "yaml", 0): form.yaml}
        texts |= {(kpi, "inverse", 0): form.inverse} if form.inverse else {}
        for n, (at, points) in enumerate([*form.points, ("", "")]):
            texts |= {(kpi, "at", n): at, (kpi, "points", n): points}
        for n, (low, high, points) in enumerate([*form.table, ("", "", "")]):
            texts |= {(kpi, "low", n): low, (kpi, "high", n): high, (kpi, "earns", n): points}
    if card.share is not None:
        texts["", "share", 0] = card.share
    return texts


def edited(model: Model, unit: str, texts: Texts) -> tuple[Change | None, dict[str, str]]:
    return entered_change(model, Entered(unit, DAY.isoformat(), "why", texts), WORDS)


@pytest.mark.parametrize("name", ["factory", "airline"])
def test_a_form_that_nobody_touched_changes_nothing(name: str) -> None:
    model = read(name)
    for unit in model.units[:40]:
        texts = texts_of(card_facts(model, unit.id, DAY, "en", visible(edition(model, DAY), WHOLE)))
        assert edited(model, unit.id, texts) == (None, {}), unit.id


def test_only_what_differs_is_changed_and_only_at_the_unit(model: Model) -> None:
    texts = texts_of(card_facts(model, "assembly", DAY, "en", visible(edition(model, DAY), WHOLE)))
    texts["on_time_delivery", "weight", 0] = "35"
    texts["output_today", "weight", 0] = " 15.0 "
    texts["oee", "target", 0] = "85.5"
    change, faults = edited(model, "assembly", texts)
    assert not faults
    assert change is not None
    assert change.model_dump(mode="json", exclude_none=True, exclude_defaults=True)["kpis"] == {
        "on_time_delivery": {"weight": {"assembly": "35"}},
        "output_today": {"weight": {"assembly": "15.0"}},
        "oee": {"target": {"assembly": "0.855"}},
    }


def test_what_is_no_number_is_named_at_its_kpi(model: Model) -> None:
    texts = texts_of(card_facts(model, "assembly", DAY, "en", visible(edition(model, DAY), WHOLE)))
    texts["oee", "weight", 0] = "much"
    texts["output_today", "target", 0] = ""
    change, faults = edited(model, "assembly", texts)
    assert change is None
    assert set(faults) == {"oee", "output_today"}
    assert "much" in faults["oee"]


@pytest.mark.parametrize("day", ["", "1 May", "2026-02-30"])
def test_a_day_that_is_none_is_refused(model: Model, day: str) -> None:
    with pytest.raises(Refused, match="2026-04-01"):
        entered_change(model, Entered("assembly", day, "", {}), WORDS)


def kpi_with(method: dict[str, Any], **more: Any) -> Kpi:
    return Kpi.model_validate(
        {"id": "k", "title": "K", "value": "m", "applies_to": ["co"], "target": "0.9", "weight": 100, "method": method}
        | more
    )


@pytest.mark.parametrize(
    "method",
    [
        {"name": "ratio", "floor": 50, "cap": "110.5"},
        {"name": "interpolate", "points": [{"at": "0.8", "points": 60}, {"at": "0.95", "points": 100}], "cap": 105},
        {"name": "interpolate", "over": "attainment", "points": [{"at": 0, "points": 0}, {"at": 1, "points": 30}],
         "out_of": 30},
        {"name": "bands", "table": [{"to": "0.9", "points": 50}, {"from": "0.9", "points": 100}], "out_of": 100},
        {"name": "red_goal", "red": 500, "goal": 700},
    ],
)  # fmt: skip
@pytest.mark.parametrize("percent", [True, False])
def test_a_method_comes_back_from_its_form_as_it_was(method: dict[str, Any], percent: bool) -> None:
    kpi = kpi_with(method, display={"percent": percent})
    form = method_form(kpi)
    entries = {("kind", 0): form.kind, ("floor", 0): form.floor, ("cap", 0): form.cap, ("yaml", 0): form.yaml}
    for n, (at, points) in enumerate(form.points):
        entries |= {("at", n): at, ("points", n): points}
    for n, (low, high, points) in enumerate(form.table):
        entries |= {("low", n): low, ("high", n): high, ("earns", n): points}
    assert method_of(kpi, entries) == kpi.method


def test_a_method_can_become_another_kind(model: Model) -> None:
    kpi = kpi_with({"name": "ratio"}, display={"percent": True})
    curve = method_of(kpi, {("kind", 0): "interpolate", ("at", 0): "80", ("points", 0): "60", ("at", 1): "95",
                            ("points", 1): "100", ("at", 2): "", ("points", 2): ""})  # fmt: skip
    assert isinstance(curve, Interpolate)
    assert [point.at for point in curve.points] == [Decimal("0.8"), Decimal("0.95")]
    table = method_of(kpi, {("kind", 0): "bands", ("low", 0): "", ("high", 0): "90", ("earns", 0): "0",
                            ("low", 1): "90", ("high", 1): "", ("earns", 1): "100"})  # fmt: skip
    assert isinstance(table, Bands)
    other = method_of(kpi, {("kind", 0): "other", ("yaml", 0): "{name: ratio, cap: 130}"})
    assert other == Ratio(name="ratio", cap=Decimal(130))


def test_changes_go_through_a_file_and_an_address_unchanged(model: Model) -> None:
    assert from_yaml(as_yaml(model.changes).encode(), WORDS) == model.changes
    assert unpacked(packed(model.changes)) == model.changes


@pytest.mark.parametrize("text", [b"\xff\xfe", b"a: [", b"", b"changes: []", b"changes: [{from: 2026-01-01}]", b"- 1"])
def test_a_file_without_changes_is_refused_with_words(text: bytes) -> None:
    with pytest.raises(Refused):
        from_yaml(text, WORDS)


@pytest.mark.parametrize("token", ["", "x", "%%%", "eJw="])
def test_an_address_without_changes_is_refused(token: str) -> None:
    with pytest.raises(Refused):
        unpacked(token)


def test_a_change_is_told_with_its_unit_and_from_what_to_what(model: Model) -> None:
    lines = change_lines(model, model.changes[1], WORDS)
    assert "Final assembly · Overall equipment effectiveness: target 83% → 84%" in lines


def test_a_method_is_told_by_the_rows_that_differ(model: Model) -> None:
    kpi = next(one for one in model.kpis if one.id == "on_time_delivery")
    assert isinstance(kpi.method, Bands)
    lower = kpi.method.table[0].model_copy(update={"points": Decimal(40)})
    table = kpi.method.model_copy(update={"table": [lower, *kpi.method.table[1:]]})
    said = {"from": DAY, "reason": "r", "kpis": {"on_time_delivery": {"method": table.model_dump(by_alias=True)},
                                                 "oee": {"method": {"name": "ratio", "cap": 110}}}}  # fmt: skip
    assert change_lines(model, Change.model_validate(said), WORDS) == [
        "On-time delivery: points …89%: 50 → 40", "Overall equipment effectiveness: cap 120 → 110",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["1e999999999", "NaN", "Infinity", "9" * 40, "1.2.3", "0x1f", "1_000"])
def test_a_number_that_is_no_plain_one_is_refused(text: str) -> None:
    with pytest.raises(NoNumber):
        number_of(text)
    number_text(Decimal("1e999999"))


def test_dated_changes_say_what_is_past_holds_or_is_to_come(model: Model) -> None:
    again = Change.model_validate(
        {"from": "2026-03-10", "reason": "r",
         "kpis": {"on_time_delivery": {"weight": {"assembly": 28}}, "output_today": {"weight": {"assembly": 22}}}}
    )  # fmt: skip
    known = model.model_copy(update={"changes": [*model.changes, again]})
    found = dated_changes(known, dt.date(2026, 3, 18), WORDS, may_undo=True)
    assert [(one.from_.month, one.from_.day, one.state) for one in found] == [
        (4, 1, "to_come"), (3, 10, "held"), (3, 1, "past"),
    ]  # fmt: skip
    assert len({one.token for one in found}) == 3


def test_differences_name_a_dated_change_once(model: Model) -> None:
    before = model.model_copy(update={"changes": model.changes[:1]})
    told = list(differences(before, model, WORDS))
    assert [one.sign for one in told] == ["+", "+"]
    assert all(one.what == "2026-04-01" for one in told)
    assert [one.sign for one in differences(model, before, WORDS)] == ["-", "-"]


def test_a_change_read_from_the_journal_has_the_same_token_and_words(model: Model) -> None:
    kept = Model.model_validate(model.model_dump(mode="json", by_alias=True))
    for one, other in zip(model.changes, kept.changes, strict=True):
        assert change_token(one) == change_token(other)
        assert change_lines(model, one, WORDS) == change_lines(kept, other, WORDS)


def test_a_step_is_signed_by_who_has_signed_in_and_asks_why() -> None:
    ann = Viewer("person", "ann", "Ann Lee")
    assert acting(ann, " because ", WORDS) == Acting("Ann Lee (ann)", "because")
    screen = screen_viewer("s1", "Hall", "east")
    for who, reason in ((NOBODY, "because"), (screen, "because"), (ann, "  "), (ann, None)):
        with pytest.raises(Refused):
            acting(who, reason, WORDS)
    assert acting(ann, None, WORDS, needs_reason=False).reason == ""

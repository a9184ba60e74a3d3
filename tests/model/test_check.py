"""The check of a model folder: every fault at once, each with its file, its line and a fix."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.samples import folders
from wall.definitions.model_folder import Fault, ModelFaulty, load_model

from .folder import FILES, edited, line_of, write


def faults(folder: Path) -> list[Fault]:
    with pytest.raises(ModelFaulty) as raised:
        load_model(folder)
    return [fault for fault in raised.value.faults if fault.level == "error"]


def test_the_clean_folder_has_nothing_to_say(tmp_path: Path) -> None:
    assert load_model(write(tmp_path))[1] == []


@pytest.mark.parametrize("name", ["airline", "factory"])
def test_shipped_models_check_clean(name: str) -> None:
    assert load_model(folders.folder(name))[1] == []


#: file, what is replaced, by what, the text whose line is named, words of the message.
BROKEN = [
    ("kpis.yaml", "weight: 60", "weight: 59", ("org.yaml", "{id: all"), "weights sum to 99"),
    ("org.yaml", "kind: company}", "kind: company, child_share: 10}", ("org.yaml", "{id: all"), "weights sum to 110"),
    ("kpis.yaml", "weight: 60", "weight: -60", "weight: -60", "weight is -60"),
    ("kpis.yaml", "weight: 60", "weight: 59.99999", "weight: 59.99999", "four decimals"),
    ("org.yaml", "weight: 2", "weight: 0.00001", "weight: 0.00001", "four decimals"),
    ("org.yaml", "weight: 2", "weight: 0", "weight: 0", "greater than 0"),
    ("org.yaml", "kind: company}", "kind: company, target_score: 0}", "{id: all", "greater than 0"),
    ("kpis.yaml", "target: 20", "target: 0", "target: 0", "zero or less"),
    ("kpis.yaml", "b: 500}", "b: -1}", "target: {company", "zero or less"),
    ("kpis.yaml", "target: 20", "target: .nan", "target: .nan", "finite number"),
    ("kpis.yaml", "from: 80, to: 90", "from: 80, to: 89", "method:\n      name: bands", "bands meet badly"),
    ("kpis.yaml", "from: 80, to: 90", "from: 79, to: 90", "method:\n      name: bands", "bands meet badly"),
    ("kpis.yaml", "{from: 90, points", "{points", "method:\n      name: bands", "bands meet badly"),
    ("kpis.yaml", "{from: 90, points", "{from: 90, to: 85, points", "method:\n      name: bands", "is empty"),
    ("kpis.yaml", "points: 95", "points: 101", "method:\n      name: bands", "points fall"),
    ("kpis.yaml", "      inverse: reciprocal\n", "", "method:\n      name: ratio", "lower is better"),
    ("kpis.yaml", "    direction: lower\n", "", "method:\n      name: ratio", "lower is better"),
    ("kpis.yaml", "      inverse: reciprocal", "      inverse: reciprocal\n      floor: 120", "method:", "floor"),
    ("kpis.yaml", "name: ratio", "name: curve", "method:", "method"),
    ("kpis.yaml", "good: 1, watch: 0.9", "good: 0.9, watch: 0.9", "status:", "good is not better"),
    ("kpis.yaml", "objective: growth", "objective: fame", "objective: fame", "'fame' is unknown"),
    ("kpis.yaml", "value: turnover / sales", "value: turnover / sale", "value: turnover / sale", "'sale' is unknown"),
    ("kpis.yaml", "value: turnover / sales", "value: turnover > 1", "value: turnover > 1", "arithmetic"),
    ("kpis.yaml", "value: turnover / sales", "value: turnover + 'x'", "value: turnover + 'x'", "mixes"),
    ("kpis.yaml", "value: turnover / sales", "value: turnover.real", "value: turnover.real", "not allowed"),
    ("kpis.yaml", "applies_to: [company]", "applies_to: [firm]", "applies_to: [firm]", "no unit and no kind"),
    ("kpis.yaml", "shop: 40}", "shops: 40}", "weight: {company", "no such unit or kind"),
    ("kpis.yaml", "a: 500, b: 500", "a: 500", ("org.yaml", "{id: b"), "without weight or target"),
    ("kpis.yaml", "period: day\n", "period: day\n    trend: hour\n", "trend: hour", "too coarse"),
    ("kpis.yaml", "period: day\n", "period: shift\n", "id: peak", "too coarse"),
    ("kpis.yaml", "period: day\n", "period: decade\n", "period: decade", "Input should be"),
    ("kpis.yaml", "owner: Ann", "onwer: Ann", "onwer: Ann", "Extra inputs"),
    ("kpis.yaml", "    title: Peak\n", "", "id: peak", "Field required"),
    ("kpis.yaml", "id: peak", "id: basket", "id: basket\n    title: Peak", "stands twice"),
    ("kpis.yaml", "id: peak", "id: Peak", "id: Peak", "pattern"),
    ("kpis.yaml", "weight: 60", "weight: 60\n    weight: 50", "weight: 50", "'weight' stands twice"),
    ("kpis.yaml", "weight: 60", "weight: &w [*w]", "*w", "contains itself"),
    ("org.yaml", "id: b,", "id: a,", "{id: a, title: Shop B", "stands twice"),
    ("org.yaml", "kind: shop, parent: all}", "kind: shop, parent: al}", "{id: a,", "'al' is unknown"),
    ("org.yaml", "kind: company}", "kind: company, parent: a}", "{id: all", "above itself"),
    ("org.yaml", "units:", "units_from: none.csv\nunits:", "units_from", "can't be read"),
    ("metrics.yaml", "event: sale", "event: sail", "event: sail", "'sail' is unknown"),
    ("metrics.yaml", "value: pieces * price", "value: pieces / price", "value: pieces / price", "divides"),
    ("metrics.yaml", "value: pieces * price", "value: pieces * cost", "value: pieces * cost", "no field 'cost'"),
    ("metrics.yaml", "value: pieces * price", "value: pieces * till", "value: pieces * till", "mixes number and text"),
    ("metrics.yaml", "value: pieces * price", "value: till", "value: till", "no number"),
    ("metrics.yaml", "value: pieces * price", "value: pieces > 1", "value: pieces > 1", "no number"),
    ("metrics.yaml", "value: pieces * price", "value: pieces * price * price", "decimals: 2", "4 decimals"),
    ("metrics.yaml", "decimals: 2", "decimals: 1", "decimals: 1", "2 decimals"),
    ("metrics.yaml", "pieces > 0", "pieces > '0'", "where:", "mixes number and text"),
    ("metrics.yaml", "pieces > 0", "pieces.real", "where:", "not allowed"),
    ("metrics.yaml", "dimensions: [till]", "dimensions: [tills]", "dimensions:", "no field 'tills'"),
    ("metrics.yaml", "aggregate: max", "aggregate: sum_of_max", "id: by_day", "item stands with aggregate: sum_of_max"),
    ("metrics.yaml", "aggregate: max", "aggregate: max, item: till", "id: by_day", "item stands with aggregate"),
    ("metrics.yaml", "aggregate: max", "aggregate: sum_of_max, item: shelf", "id: by_day", "no field 'shelf'"),
    ("metrics.yaml", "aggregate: max", "aggregate: sum_of_max, item: price", "id: by_day", "item 'price' is no name"),
    ("metrics.yaml", "aggregate: max", "aggregate: count", "{id: by_day", "takes no value"),
    ("metrics.yaml", "aggregate: max", "aggregate: median", "{id: by_day", "Input should be"),
    ("metrics.yaml", "aggregate: max", "aggregate: quantile", "{id: by_day", "quantile"),
    ("metrics.yaml", "max, value: pieces", "max", "{id: by_day", "needs a value"),
    ("events.yaml", "source: pos", "source: crm", "source: crm", "'crm' is unknown"),
    ("events.yaml", 'unit: "{shop}"', 'unit: "{store}"', "unit:", "'store'"),
    ("events.yaml", 'unit: "{shop}"', 'unit: "{till}"', "unit:", "may be absent"),
    ("events.yaml", 'unit: "{shop}"', 'unit: "{shop.upper()}"', "unit:", "stray brace"),
    ("events.yaml", "type: sale", "type: sale.corrected", "type: sale.corrected", "marks corrections"),
    ("events.yaml", "till: {", "class: {", "class: {", "word of the expression language"),
    ("events.yaml", "^[a-z]+$", "^[a-z+$", "shop: {type", "pattern can't be read"),
    ("events.yaml", "{type: text, optional", "{type: text, max: 5, optional", "till: {", "no range"),
    ("events.yaml", "max: 1000", "max: 1e30", "pieces: {", "beyond what counts exactly"),
    ("events.yaml", "min: 0, max: 1000", "min: 0.5, max: 1000", "pieces: {", "too many decimals"),
    ("events.yaml", "min: 0, max: 1000", "min: 5, max: 4", "pieces: {", "min is above max"),
    ("events.yaml", "    type: sale\n    event_id", "    type: sail\n    event_id", "type: sail", "'sail' is unknown"),
    ("events.yaml", "price: each", "cost: each", "data: {", "no field 'cost'"),
    ("events.yaml", "stale_after: 10m", "stale_after: ten", "{id: pos", "is no duration"),
    ("calendar.yaml", "Europe/Berlin", "Europe/Bonn", "zone:", "'Europe/Bonn' is unknown"),
    ("calendar.yaml", '"06:00"', '"6:00"', "day_starts:", "pattern"),
    ("calendar.yaml", "2026-01-01", "2026-02-30", "calendar:", "not YAML"),
    ("calendar.yaml", "  zone: Europe/Berlin\n", "", "calendar:", "Field required"),
    ("scenes.yaml", "unit: all", "unit: alls", "unit: alls", "'alls' is unknown"),
    ("scenes.yaml", "ranking: shop", "ranking: store", "ranking:", "'store'"),
    ("scenes.yaml", "kpis: [turnover, basket]", "kpis: [turnover, baskets]", "id: main", "'baskets' does not stand"),
    ("scenes.yaml", "trend: turnover", "trend: basket", "trend: basket", "keeps no trend"),
    ("scenes.yaml", "units: [all]", "units: [every]", "{id: boss", "'every' is unknown"),
    ("scenes.yaml", "scenes:", "sceens:", "sceens:", "Extra inputs"),
    ("scenes.yaml", "scenes:", "name: other\nscenes:", "name: other", "another file"),
    ("scenes.yaml", "    unit: all", "\tunit: all", "\tunit", "not YAML"),
    ("scenes.yaml", "scenes:", "5: x\nscenes:", "5: x", "is no key"),
    ("model.yaml", "name: shop\n", "", "title: Shop", "Field required"),
    ("model.yaml", "language: en", "language: de", "language: de", "Input should be"),
    ("model.yaml", "duplicate_window: 3d", "duplicate_window: 3w", "duplicate_window", "is no duration"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "place", "message"), BROKEN, ids=[f"{b[0]}:{b[2]}" for b in BROKEN])
def test_one_fault_is_named_with_its_file_line_and_fix(
    tmp_path: Path, file: str, old: str, new: str, place: str | tuple[str, str], message: str
) -> None:
    broken = edited(file, old, new)
    at, mark = place if isinstance(place, tuple) else (file, place)
    found = faults(write(tmp_path, {file: broken}))
    said = [fault for fault in found if message in fault.message]
    assert said, [str(fault) for fault in found]
    assert (said[0].file, said[0].line) == (at, line_of({**FILES, file: broken}[at], mark)), str(said[0])
    assert said[0].fix
    assert str(said[0]).startswith(f"{at}:{said[0].line}: error: ")


def test_faults_of_several_files_are_reported_at_once(tmp_path: Path) -> None:
    found = faults(write(tmp_path, {
        "kpis.yaml": edited("kpis.yaml", "objective: growth", "objective: fame"),
        "metrics.yaml": edited("metrics.yaml", "dimensions: [till]", "dimensions: [tills]"),
        "scenes.yaml": edited("scenes.yaml", "unit: all", "unit: alls").replace("units: [all]", "units: [every]"),
    }))  # fmt: skip
    assert {fault.file for fault in found} == {"kpis.yaml", "metrics.yaml", "scenes.yaml"}
    assert [(fault.file, fault.line) for fault in found] == sorted((fault.file, fault.line) for fault in found)
    assert len([fault for fault in found if fault.file == "scenes.yaml"]) >= 2


def test_faults_of_form_are_reported_at_once_too(tmp_path: Path) -> None:
    found = faults(write(tmp_path, {
        "kpis.yaml": edited("kpis.yaml", "owner: Ann", "onwer: Ann").replace("weight: 20\n", "weight: many\n"),
        "calendar.yaml": edited("calendar.yaml", "working_days: [mon", "working_days: [monday"),
        "scenes.yaml": "scenes: [\n",
    }))  # fmt: skip
    assert {fault.file for fault in found} == {"kpis.yaml", "calendar.yaml", "scenes.yaml"}
    assert len([fault for fault in found if fault.file == "kpis.yaml"]) >= 2


def test_a_shift_kpi_needs_minutes_where_shifts_change_within_the_hour(tmp_path: Path) -> None:
    halves = FILES["calendar.yaml"].replace("14:00", "14:30")
    by_shift = edited("kpis.yaml", "accrues: true", "accrues: true\n    period: shift")
    found = faults(write(tmp_path, {"calendar.yaml": halves, "kpis.yaml": by_shift.replace("    trend: day\n", "")}))
    assert any("too coarse" in fault.message for fault in found)


def test_an_empty_folder_is_a_fault(tmp_path: Path) -> None:
    assert "no .yaml file" in faults(tmp_path)[0].message


def test_a_list_at_the_top_of_a_file_is_a_fault(tmp_path: Path) -> None:
    found = faults(write(tmp_path, {"org.yaml": "- {id: all}\n"}))
    assert ("org.yaml", 1) in {(fault.file, fault.line) for fault in found}


def test_a_folder_that_ends_in_yaml_and_bytes_that_are_no_text_are_faults(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "more.yaml").mkdir()
    (tmp_path / "other.yaml").write_bytes(b"\xff\xfe\x00")
    assert {fault.file for fault in faults(tmp_path)} == {"more.yaml", "other.yaml"}


def test_units_come_from_a_table_with_its_own_lines(tmp_path: Path) -> None:
    write(tmp_path, {"org.yaml": FILES["org.yaml"] + "units_from: more.csv\n"})
    table = tmp_path / "more.csv"
    table.write_text("id,parent,kind,title\nt1,a,till,Till 1\nt2,b,till,Till 2\n", encoding="utf-8-sig")
    assert [unit.id for unit in load_model(tmp_path)[0].units] == ["all", "a", "b", "t1", "t2"]
    table.write_text("id,parent,kind,title\nt1,a,till,Till 1\nt2,c,till,Till 2\n", encoding="utf-8")
    assert [(fault.file, fault.line) for fault in faults(tmp_path)] == [("more.csv", 3)]
    table.write_text("id,parent,kind,title\nt1,a,till,Till 1,and more\n", encoding="utf-8")
    assert [(fault.file, fault.line) for fault in faults(tmp_path)] == [("more.csv", 2)]
    table.write_bytes(b"id,parent\n\xff\xfe,a\n")
    assert [(fault.file, fault.line) for fault in faults(tmp_path)] == [("org.yaml", 5)]


@pytest.mark.parametrize(
    "value", ["!!int ''", "!!int x", "!!bool x", "!!timestamp x", "!!float x", "!!set 5", "!x 5", "[" * 3000]
)
def test_values_that_are_not_of_their_type_are_faults(tmp_path: Path, value: str) -> None:
    found = faults(write(tmp_path, {"model.yaml": FILES["model.yaml"].replace("title: Shop", f"title: {value}")}))
    assert ("model.yaml", True) in {(fault.file, "not YAML" in fault.message) for fault in found}


SPICE = ["", ":", "- ", "[", "{", "}", "*a", "&a ", "!!int ", "? ", "|", "\t", "0", "-1", ".nan", "1e400", "null",
         "true", "2026-02-30", "<<: *a\n", "units: 5\n", "'", '"', "#", "é", "\n", "~: x\n", "9" * 30]  # fmt: skip
EDITS = st.lists(
    st.tuples(
        st.sampled_from(sorted(FILES)),
        st.integers(0, 1500),
        st.integers(0, 12),
        st.sampled_from(SPICE) | st.text(max_size=3),
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(EDITS)
def test_random_edits_never_raise_anything_but_model_faulty(
    tmp_path: Path, edits: list[tuple[str, int, int, str]]
) -> None:
    files = dict(FILES)
    for file, at, cut, put in edits:
        text = files[file]
        at %= len(text) + 1
        files[file] = (text[:at] + put + text[at + cut :]).encode("utf-8", "replace").decode()
    lines = {name: text.count("\n") + 2 for name, text in files.items()}
    try:
        found = load_model(write(tmp_path, files))[1]
    except ModelFaulty as faulty:
        found = faulty.faults
    assert all(0 < fault.line <= lines[fault.file] for fault in found)

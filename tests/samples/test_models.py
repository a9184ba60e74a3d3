"""Both shipped models: valid, complete, and their samples fit their own declarations."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

import pytest

from deploy.models.airline import flights
from deploy.models.arrival import Arrival
from deploy.models.factory import shop_floor
from scoring.definitions import EventField, Model
from tests.samples import folders, recount
from wall.definitions.model_folder import load_model, model_files

NAMES = ["airline", "factory"]


@pytest.fixture(scope="module", params=NAMES)
def model(request: pytest.FixtureRequest) -> Model:
    return folders.read(request.param)


def samples(name: str) -> Iterable[Arrival]:
    if name == "airline":
        return flights.demo_events()
    return shop_floor.events(1_773_705_600_000, 1_773_792_000_000)  # 17 March 2026, Shanghai


@pytest.mark.parametrize("name", NAMES)
def test_the_check_finds_nothing_to_say_about_a_shipped_model(name: str) -> None:
    assert load_model(folders.folder(name))[1] == []


def test_weights_of_every_scorecard_sum_to_a_hundred(model: Model) -> None:
    for unit in model.units:
        weights = [
            recount.setting(kpi.weight, unit) for kpi in model.kpis if {unit.id, unit.kind} & set(kpi.applies_to)
        ]
        weights = [weight for weight in weights if weight]  # one of 0 is shown and not scored
        if weights:
            assert sum(weights) + unit.child_share == 100, unit.id
            assert min(weights) >= 5
            assert len(weights) <= 8


def test_names_refer_to_something(model: Model) -> None:
    types = {type_.type: type_ for type_ in model.events}
    metrics = {metric.id for metric in model.metrics}
    units, kinds = {unit.id for unit in model.units}, {unit.kind for unit in model.units}
    kpis = {kpi.id for kpi in model.kpis}
    assert len(units) == len(model.units)
    for type_ in model.events:
        assert type_.source in {source.id for source in model.sources}
    for metric in model.metrics:
        used = f"{metric.where or ''} {metric.value or ''} {' '.join(metric.dimensions)}"
        assert words(used) <= set(types[metric.event].fields), metric.id
    for kpi in model.kpis:
        assert words(kpi.value) <= metrics
        assert set(kpi.applies_to) <= units | kinds
        assert kpi.objective in {objective.id for objective in model.objectives}
        assert kpi.owner
        assert kpi.definition
        assert kpi.method.name == "bands" or (kpi.method.inverse is None) == (kpi.direction == "higher")
    for scene in model.scenes:
        tiles = [tile.model_dump() for tile in scene.tiles]
        named = {*scene.kpis, scene.trend, *(tile.get("kpi") for tile in tiles)}
        named |= {kpi for tile in tiles for kpi in tile.get("kpis", [])}
        assert named - {None} <= kpis
        assert {scene.ranking, *(tile.get("of", "") for tile in tiles)} - {""} <= kinds
        assert {scene.unit, *(tile["unit"] for tile in tiles)} - {None} <= units
    shown = {scene.id for scene in model.scenes}
    assert {item.scene for playlist in model.playlists for item in playlist.items} == shown
    for role in model.roles:
        assert set(role.units) <= units
    for mapping in model.mappings:
        assert set(mapping.data) <= set(types[mapping.type].fields)


def words(expression: str) -> set[str]:
    """The names in an expression, without its string literals."""
    return set(re.findall(r"[a-z_]\w*", re.sub(r"'[^']*'", "", expression))) - {"and", "or", "not"}


def test_every_metric_serves_a_kpi_and_every_text_has_both_languages(model: Model) -> None:
    used = {name for kpi in model.kpis for name in words(kpi.value)}
    assert {metric.id for metric in model.metrics} == used
    titled = [model, *model.sources, *model.events, *model.metrics, *model.objectives, *model.kpis, *model.scenes]
    for one in [*titled, *model.roles, *(unit for unit in model.units if unit.kind != "aircraft")]:
        assert set(one.title) == {"en", "zh-CN"}, one


def test_sample_events_fit_their_declared_types(model: Model) -> None:
    types = {type_.type: type_ for type_ in model.events}
    units = {unit.id for unit in model.units}
    for arrival in samples(model.name):
        assert isinstance(arrival.event, dict)
        type_ = types[arrival.event["type"].removesuffix(".corrected")]
        data = arrival.event["data"]
        for part in [data] if "before" not in data else [data["before"], data["after"]]:
            if part is None:
                continue
            assert set(part) <= set(type_.fields)
            for name, field in type_.fields.items():
                assert (name in part and fits(field, part[name])) or (field.optional and name not in part), arrival
            assert recount.unit_of(type_, part) == arrival.key
        assert arrival.key in units


def fits(field: EventField, value: object) -> bool:
    """Whether a value is of the field's type, in its range and of no more decimals than declared."""
    if field.type == "text":
        return isinstance(value, str) and re.search(field.pattern or "", value) is not None
    if field.type == "integer" and type(value) is not int:
        return False
    number = Decimal(str(value))
    small = field.min is None or number >= field.min
    return small and (field.max is None or number <= field.max) and -number.as_tuple().exponent <= field.decimals


@pytest.mark.parametrize("name", NAMES)
def test_every_file_names_the_schema_first(name: str) -> None:
    for file in model_files(folders.folder(name)):
        first = file.read_text(encoding="utf-8").splitlines()[0]
        assert first == "# yaml-language-server: $schema=../model.schema.json"

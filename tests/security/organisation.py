"""Generated organisations in which every name is a token and every number occurs once, so that a leak names itself."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from scoring.definitions import Model
from scoring.roles import Capability
from wall.model_check import check_model

#: The business clock of all: Friday, 20 March 2026, noon.
NOW = dt.datetime(2026, 3, 20, 12, tzinfo=dt.UTC)
NOW_MS = int(NOW.timestamp() * 1000)
TOKEN = re.compile(r"zq[0-9a-f]{10}")
KINDS = ["group", "branch", "person"]
_ABOUT = [[], ["money"], ["count"], ["money", "count"]]


@dataclass
class Organisation:
    """A model with its events, and what each token and each amount is of.

    `of_unit` are the tokens of a unit (its names, owner, gates, scenes), `of_kpi` those of a KPI, `of_change` those of
    a change by its reason, `of_rows` those of a unit's events, `announced` those of what is announced for it; `pay` is
    of trial pay, `secret` nobody's who does not see all.
    """

    model: Model
    events: list[tuple[str, bytes]]
    of_unit: dict[str, set[str]] = field(default_factory=dict)
    of_kpi: dict[str, set[str]] = field(default_factory=dict)
    of_change: dict[str, set[str]] = field(default_factory=dict)
    of_rows: dict[str, set[str]] = field(default_factory=dict)
    announced: dict[str, set[str]] = field(default_factory=dict)
    pay: set[str] = field(default_factory=set)
    secret: set[str] = field(default_factory=set)
    #: Every amount that an event of a unit carried.
    amounts: dict[str, set[int]] = field(default_factory=dict)


class _Maker:
    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.numbers: Iterator[int] = itertools.chain.from_iterable(
            [self.random.sample(range(20_000_000, 99_000_000), 4000)]
        )

    def token(self, into: set[str]) -> str:
        """A new token that belongs to something."""
        made = f"zq{self.random.getrandbits(40):010x}"
        into.add(made)
        return made


def organisation(seed: int) -> Organisation:
    """An organisation of four to fourteen units in up to three levels."""
    drawn = (_drawn(_Maker(1000 * seed + attempt)) for attempt in itertools.count())
    return next(made for made in drawn if not any(one.level == "error" for one in check_model(made.model)))


def _drawn(maker: _Maker) -> Organisation:
    of_unit: dict[str, set[str]] = {}
    units = _units(maker, of_unit)
    people = [unit for unit in units if not any(other["parent"] == unit["id"] for other in units)]
    for one in people:
        one["child_share"] = 0
    of_kpi: dict[str, set[str]] = {}
    kpis = _kpis(maker, units, of_kpi)
    _weigh(units, kpis)
    secret: set[str] = set()
    pay: set[str] = set()
    of_change: dict[str, set[str]] = {}
    content = {
        "name": "hidden", "title": "Company", "version": "1", "language": "en", "calendar": {"zone": "UTC"},
        "sources": [{"id": "desk", "title": "Desk", "stale_after": "30d", "silent_after": "60d"}],
        "events": [{"type": "work.done", "source": "desk", "unit": "{place}", "fields": {
            "place": {"type": "text"}, "pay": {"type": "integer"}, "done": {"type": "integer"},
            "kind": {"type": "text"}, "state": {"type": "text"}}}],
        "metrics": [{"id": name, "title": name.title(), "event": "work.done", "aggregate": "sum", "value": name,
                     "dimensions": ["kind"]} for name in ("pay", "done")],
        "units": units, "kpis": kpis, "objectives": [{"id": "goal", "title": "Goal"}],
        "changes": _changes(maker, units, kpis, of_change),
        "gates": _gates(maker, units, kpis, of_unit),
        "grades": [{"grade": "A", "from": 100}, {"grade": "B"}],
        "incentives": [{"id": "bonus", "title": maker.token(pay), "units": KINDS,
                        "table": [{"score": 50, "coefficient": 0}, {"score": 120, "coefficient": 1}],
                        "base": {unit["id"]: str(next(maker.numbers)) for unit in units}}],
        "tables": [{"id": "work", "title": "Work", "event": "work.done", "key": "place",
                    "fields": {"state": "State", "place": "Place", "pay": "Pay"}, "keep": "60d"}],
        "scenes": _scenes(maker, units, kpis, of_unit),
        "playlists": [{"id": "all", "title": "All", "items": [{"scene": "anywhere"}, {"scene": "tiles"}]}],
        "maps": [{"id": "site", "title": "Site", "spots": [
            {"unit": unit["id"], "x": at, "y": at} for at, unit in enumerate(units)]}],
        # Everything fires everywhere.
        "alerts": [
            {"id": "value", "title": "Value", "on": {"kind": "threshold", "of": "value", "above": -1}, "kpis": ["*"]},
            {"id": "score", "title": "Score", "on": {"kind": "threshold", "above": -1}, "fold": False},
            {"id": "rank", "title": "Rank", "kpis": ["*"],
             "on": {"kind": "rank", "of": "attainment", "from": 2, "at_least": 2}}],
        "roles": _roles(maker, units, secret), "minimum_group": maker.random.choice([2, 2, 3]),
    }  # fmt: skip
    model = Model.model_validate(content)
    made = Organisation(model, [], of_unit, of_kpi, of_change, pay=pay, secret=secret)
    for unit in of_unit:
        maker.token(made.announced.setdefault(unit, set()))
    _work(maker, made, [str(unit["id"]) for unit in people])
    return made


def _units(maker: _Maker, of_unit: dict[str, set[str]]) -> list[dict[str, Any]]:
    units: list[dict[str, Any]] = []
    for _ in range(maker.random.randint(4, 14)):
        uppers = [unit for unit in units if unit["kind"] != "person"]
        parent = maker.random.choice(uppers) if units else None
        mine: set[str] = set()
        name = maker.token(mine)
        of_unit[name] = mine
        kind = "group" if parent is None else KINDS[min(2, KINDS.index(parent["kind"]) + 1)]
        units.append({
            "id": name, "title": {"en": maker.token(mine), "zh-CN": maker.token(mine)}, "kind": kind,
            "parent": None if parent is None else parent["id"], "owner": maker.token(mine),
            "weight": maker.random.choice([1, 2, 3]), "child_share": maker.random.choice([0, 40]),
            "missing": maker.random.choice(["renormalise", "renormalise", "zero"]),
        })  # fmt: skip
    return units


def _kpis(maker: _Maker, units: list[dict[str, Any]], of_kpi: dict[str, set[str]]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for value, period in (("pay", "month"), ("done", "month"), ("pay + done", "month"), ("done", "day")):
        if found and maker.random.random() < 0.3:
            continue
        mine: set[str] = set()
        name = maker.token(mine)
        of_kpi[name] = mine
        targets = {unit["id"]: str(next(maker.numbers)) for unit in units}
        places = KINDS if maker.random.random() < 0.6 else [
            unit["id"] for unit in units if maker.random.random() < 0.7] or KINDS  # fmt: skip
        found.append({
            "id": name, "title": {"en": maker.token(mine), "zh-CN": maker.token(mine)}, "owner": maker.token(mine),
            "definition": maker.token(mine), "value": value, "applies_to": places, "period": period,
            "objective": "goal", "target": targets, "weight": {},
            "trend": maker.random.choice(["day", None]) if found else "day",
            "accrues": maker.random.random() < 0.3, "tags": maker.random.choice(_ABOUT), "display": {"decimals": 0},
            "rollup": maker.random.choice(["values", "values", "scores"]),
            "method": {"name": "ratio", "cap": 900},
        })  # fmt: skip
    return found


def _weigh(units: list[dict[str, Any]], kpis: list[dict[str, Any]]) -> None:
    """Let the weights of each unit's KPIs come to 100 with its share of child units."""
    for unit in units:
        standing = [kpi for kpi in kpis if {unit["id"], unit["kind"]} & set(kpi["applies_to"])]
        left = 100 - unit["child_share"]
        for number, kpi in enumerate(standing):
            share = left // (len(standing) - number)
            kpi["weight"][unit["id"]] = share
            left -= share


def _changes(
    maker: _Maker, units: list[dict[str, Any]], kpis: list[dict[str, Any]], of_change: dict[str, set[str]]
) -> list[dict[str, Any]]:
    """Targets of single units, long ago and to come; people who moved."""
    found = []
    groups = [unit for unit in units if unit["kind"] == "branch"]
    for day in ("2026-02-10", "2026-03-05", "2026-04-02"):
        mine: set[str] = set()
        about: dict[str, Any] = {"from": day, "reason": maker.token(mine), "author": maker.token(mine)}
        of_change[about["reason"]] = mine
        one, kpi = maker.random.choice(units), maker.random.choice(kpis)
        if maker.random.random() < 0.6:
            about["kpis"] = {kpi["id"]: {"target": {one["id"]: str(next(maker.numbers))}}}
        people = [unit for unit in units if unit["kind"] == "person"]
        if groups and people and maker.random.random() < 0.6:
            moved = maker.random.choice(people)
            about["units"] = {moved["id"]: {"parent": maker.random.choice(groups)["id"]}}
        found.append(about)
    return [one for one in found if len(one) > 3]


def _gates(
    maker: _Maker, units: list[dict[str, Any]], kpis: list[dict[str, Any]], of_unit: dict[str, set[str]]
) -> list[dict[str, Any]]:
    one = maker.random.choice(units)
    mine = of_unit[one["id"]]
    return [
        {"kind": "ceiling", "id": maker.token(mine), "title": maker.token(mine), "units": [one["id"]],
         "when": f"{kpis[0]['id']} > 0", "points": "70"}
    ]  # fmt: skip


def _scenes(
    maker: _Maker, units: list[dict[str, Any]], kpis: list[dict[str, Any]], of_unit: dict[str, set[str]]
) -> list[dict[str, Any]]:
    one = maker.random.choice(units)
    first = kpis[0]["id"]
    tiles: list[dict[str, Any]] = [
        {"tile": "hero"}, {"tile": "ranking", "of": "person"}, {"tile": "exceptions"}, {"tile": "changes"},
        {"tile": "announcements"}, {"tile": "celebration"},
        {"tile": "list", "table": "work", "title": "Work", "name": "place", "number": "pay", "about": ["state"]},
    ]  # fmt: skip
    sizes = [(4, 5), (4, 5), (4, 4), (8, 1), (4, 2), (4, 3), (4, 5)]
    spots = [(1, 1), (5, 1), (9, 1), (1, 6), (1, 7), (5, 7), (9, 6)]
    placed = [
        {**tile, "at": {"column": column, "row": row, "columns": columns, "rows": rows}}
        for tile, (columns, rows), (column, row) in zip(tiles, sizes, spots, strict=True)
    ]
    mine = of_unit[one["id"]]
    return [
        {"id": "anywhere", "title": "Anywhere", "kpis": [first], "trend": first, "ranking": "person"},
        {"id": "tiles", "title": "Tiles", "tiles": placed},
        {"id": "about_kpi", "title": "About", "kpis": [first], "trend": first},
        {"id": maker.token(mine), "title": maker.token(mine), "unit": one["id"], "kpis": [first], "trend": first},
        {"id": "heat", "title": "Heat", "tiles": [
            {"tile": "heat", "kpis": [first], "of": "person",
             "at": {"column": 1, "row": 1, "columns": 8, "rows": 6}},
            {"tile": "map", "map": "site", "at": {"column": 9, "row": 1, "columns": 6, "rows": 6}}]},
    ]  # fmt: skip


def _roles(maker: _Maker, units: list[dict[str, Any]], secret: set[str]) -> list[dict[str, Any]]:
    found = []
    for _ in range(5):
        scope = maker.random.choice(["subtree", "own_unit", "own_person", "list", "list"])
        role: dict[str, Any] = {"id": maker.token(secret), "title": maker.token(secret), "scope": scope}
        if scope == "list":
            role["units"] = [unit["id"] for unit in units if maker.random.random() < 0.3] or [units[0]["id"]]
        if scope != "subtree":
            role["depth"] = maker.random.choice(["total", "children", "everything"])
        if maker.random.random() < 0.25:
            role["kpi_tags"] = ["money"]
        some = [one for one in Capability if maker.random.random() < 0.5]
        role["capabilities"] = sorted({"view", *some}) if maker.random.random() < 0.9 else ["explain", "export"]
        found.append(role)
    return found


def _work(maker: _Maker, made: Organisation, people: list[str]) -> None:
    """An event for each person on each of some days, each amount only once."""
    for number, (day, person) in enumerate(itertools.product(("02-11", "03-03", "03-19", "03-20"), people)):
        rows = made.of_rows.setdefault(person, set())
        pay, done = next(maker.numbers), next(maker.numbers)
        made.amounts.setdefault(person, set()).update((pay, done))
        data = {"place": person, "pay": pay, "done": done, "kind": maker.token(rows), "state": maker.token(rows)}
        about = {"specversion": "1.0", "id": str(number), "source": "/desk", "type": "work.done"}
        content = {**about, "time": f"2026-{day}T09:00:00Z", "data": data}
        made.events.append((person, json.dumps(content).encode()))

"""A small clean model folder, to be broken one line at a time."""

from __future__ import annotations

from pathlib import Path

FILES = {
    "model.yaml": """\
name: shop
title: Shop
version: "1"
language: en
accept:
  after: 2026-01-01
  duplicate_window: 3d
""",
    "calendar.yaml": """\
calendar:
  zone: Europe/Berlin
  day_starts: "06:00"
  working_days: [mon, tue, wed, thu, fri]
  holidays:
    - 2026-01-01
  shifts:
    - {id: early, title: Early, start: "06:00", end: "14:00"}
    - {id: late, title: Late, start: "14:00", end: "22:00"}
""",
    "events.yaml": """\
sources:
  - {id: pos, title: Tills, stale_after: 10m, silent_after: 1h}
events:
  - type: sale
    source: pos
    unit: "{shop}"
    fields:
      shop: {type: text, pattern: "^[a-z]+$"}
      pieces: {type: integer, min: 0, max: 1000}
      price: {type: decimal, min: 0, max: 9999, decimals: 2}
      till: {type: text, optional: true}
mappings:
  - id: roll
    when: {doc: receipt}
    type: sale
    event_id: number
    time: at
    data: {shop: shop, pieces: n, price: each}
""",
    "metrics.yaml": """\
metrics:
  - id: sales
    title: Sales
    event: sale
    aggregate: count
  - id: turnover
    title: Turnover
    event: sale
    where: pieces > 0 and till != 'x'
    aggregate: sum
    value: pieces * price
    decimals: 2
    dimensions: [till]
  - {id: by_day, title: Days, event: sale, aggregate: max, value: pieces, bucket: day}
""",
    "kpis.yaml": """\
objectives:
  - {id: growth, title: Growth}
kpis:
  - id: turnover
    title: Turnover
    objective: growth
    owner: Ann
    definition: Sum of sales
    value: turnover
    applies_to: [company, shop]
    accrues: true
    target: {company: 1000, a: 500, b: 500}
    weight: 60
    display: {unit: EUR}
    trend: day
  - id: basket
    title: Basket
    objective: growth
    owner: Ben
    definition: Turnover by sale
    value: turnover / sales
    applies_to: [company, shop]
    direction: lower
    target: 20
    weight: {company: 20, shop: 40}
    display: {unit: EUR}
    status: {good: 1, watch: 0.9}
    method:
      name: ratio
      inverse: reciprocal
  - id: peak
    title: Peak
    objective: growth
    owner: Cy
    definition: Highest of the day
    value: by_day
    applies_to: [company]
    period: day
    target: 90
    weight: 20
    display: {unit: pieces}
    method:
      name: bands
      table:
        - {to: 80, points: 90}
        - {from: 80, to: 90, points: 95}
        - {from: 90, points: 100}
""",
    "org.yaml": """\
units:
  - {id: all, title: Company, kind: company}
  - {id: a, title: Shop A, kind: shop, parent: all}
  - {id: b, title: Shop B, kind: shop, parent: all, weight: 2}
""",
    "scenes.yaml": """\
scenes:
  - id: main
    title: Main
    unit: all
    kpis: [turnover, basket]
    ranking: shop
    trend: turnover
roles:
  - {id: boss, title: Boss, scope: list, units: [all]}
""",
}


def write(folder: Path, files: dict[str, str] | None = None) -> Path:
    """The clean folder, with these files in place of its own."""
    for name, content in {**FILES, **(files or {})}.items():
        (folder / name).write_text(content, encoding="utf-8")
    return folder


def edited(file: str, old: str, new: str) -> str:
    """A file with its first `old` replaced by `new`."""
    assert old in FILES[file], (file, old)
    return FILES[file].replace(old, new, 1)


def line_of(text: str, mark: str) -> int:
    """The line on which a piece of text begins."""
    return text[: text.index(mark)].count("\n") + 1

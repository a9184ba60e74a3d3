"""Where a phone's pages lead: their addresses, and what lies beside and above a unit or a KPI."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, urlencode

from scoring.definitions import Kpi, Model, Unit
from scoring.same import Same
from scoring.scorecard import stands_at

from ..links import unit_href
from ..lookup import Lookup

HOME = "/phone"
#: No unit's id is a hyphen: what belongs to no unit has its addresses below it.
OWN = f"{HOME}/-"
PINNED, PINS = f"{OWN}/pinned", f"{OWN}/pins"
ALERTS = f"{OWN}/alerts"


@dataclass(frozen=True, slots=True)
class Step:
    """One way on, and what it leads to."""

    href: str
    title: str


@dataclass(frozen=True, slots=True)
class Way:
    """What a swipe leads to; None where there is nothing."""

    up: Step | None = None
    before: Step | None = None
    after: Step | None = None


NO_WAY = Way()


def home_href(language: str) -> str:
    """The address of the viewer's own page.

    >>> home_href("en")
    '/phone?lang=en'
    """
    return f"{HOME}?lang={language}"


def pinned_href(language: str) -> str:
    """The address of the viewer's pinned KPIs."""
    return f"{PINNED}?lang={language}"


def kpi_href(unit: str, kpi: str, language: str) -> str:
    """The address of one KPI of a unit.

    >>> kpi_href("asm-1", "oee", "en")
    '/phone/asm-1/kpi/oee?lang=en'
    """
    return f"{HOME}/{quote(unit)}/kpi/{quote(kpi)}?lang={language}"


def tab_href(unit: str, tab: str, language: str, **asked: str) -> str:
    """The address of a unit's peers or trend.

    >>> tab_href("asm-1", "trend", "en", by="week")
    '/phone/asm-1/trend?lang=en&by=week'
    """
    return f"{HOME}/{quote(unit)}/{tab}?{urlencode({'lang': language, **{k: v for k, v in asked.items() if v}})}"


def peers_of(found: Lookup, unit: Unit) -> Sequence[Unit]:
    """The units of the same parent and kind, the unit among them, as the model orders them."""
    beside = found.children(unit.parent) if unit.parent is not None else _roots(Same(found.model))
    return [one for one in beside if one.kind == unit.kind]


@lru_cache(maxsize=512)
def _roots(same: Same[Model]) -> tuple[Unit, ...]:
    return tuple(unit for unit in same.value.units if unit.parent is None)


def kpis_of(found: Lookup, unit: Unit) -> list[Kpi]:
    """The KPIs that stand at a unit; follows from the model alone, so a page outlives every board."""
    return [kpi for kpi in found.model.kpis if stands_at(kpi, unit)]


def unit_way(found: Lookup, unit: Unit, tab: str = "", asked: Mapping[str, str] | None = None) -> Way:
    """From a unit to its peers on the same tab; up to the unit above, from a tab to the unit itself."""
    language = found.words.language

    def step(one: Unit) -> Step:
        href = tab_href(one.id, tab, language, **(asked or {})) if tab else unit_href(one.id, language)
        return Step(href, found.short(one))

    before, after = _beside([one.id for one in peers_of(found, unit)], unit.id)
    above = unit.id if tab else unit.parent
    title = found.words("phone.overview") if tab else "" if above is None else found.short(found.units[above])
    up = None if above is None else Step(unit_href(above, language), title)
    return Way(up, *(None if one is None else step(found.units[one]) for one in (before, after)))


def kpi_way(found: Lookup, unit: Unit, kpi_id: str) -> Way:
    """From a KPI to the others of its unit, and up to the unit."""
    language = found.words.language
    shown = [kpi.id for kpi in kpis_of(found, unit) if (unit.id, kpi.id) in found.board.kpis]
    steps = [
        None if one is None else Step(kpi_href(unit.id, one, language), found.short(found.kpis[one]))
        for one in _beside(shown, kpi_id)
    ]
    return Way(Step(unit_href(unit.id, language), found.short(unit)), *steps)


def _beside(names: Sequence[str], name: str) -> tuple[str | None, str | None]:
    """The names before and after one.

    >>> _beside(["a", "b", "c"], "a"), _beside(["a"], "x")
    ((None, 'b'), (None, None))
    """
    if name not in names:
        return None, None
    at = names.index(name)
    return (names[at - 1] if at else None), (names[at + 1] if at + 1 < len(names) else None)

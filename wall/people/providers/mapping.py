"""From what a provider tells of a person to what the person may: pure, and applied anew at each sign-in."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from .person import Person
from .ways import Way


def grants_of(way: Way, person: Person) -> list[str]:
    """The roles of a person as an account has them (`ROLE[@UNIT]`); none without a group that fits or a default."""
    found = [f"{one.role}@{one.unit}" if one.unit else one.role for one in way.groups if one.group in person.groups]
    return list(dict.fromkeys(found)) or ([way.default_role] if way.default_role else [])


def places_of(way: Way, person: Person, units: Collection[str]) -> dict[str, str]:
    """Unit and person of the account, where the settings name claims for them; what is no unit is left empty."""
    named = {"unit": way.unit_claim, "person": way.person_claim}
    found = {place: str(claim(person.claims, name) or "") for place, name in named.items() if name}
    return {place: value if value in units else "" for place, value in found.items()}


def claim(claims: Mapping[str, Any], path: str) -> Any:
    """What stands under a name, or under a path of names; None where nothing does.

    >>> claim({"realm_access": {"roles": ["boss"]}}, "realm_access.roles"), claim({"https://a.b/c": 1}, "https://a.b/c")
    (['boss'], 1)
    """
    if path in claims:
        return claims[path]
    held: Any = claims
    for name in path.split("."):
        held = held.get(name) if isinstance(held, Mapping) else None
    return held


def texts(value: Any) -> frozenset[str]:
    """The groups that a claim names: a list, or a single one.

    >>> sorted(texts(["a", 7])), texts("one group"), texts(None)
    (['7', 'a'], frozenset({'one group'}), frozenset())
    """
    if isinstance(value, str):
        return frozenset({value}) if value else frozenset()
    if not isinstance(value, list):
        return frozenset()
    return frozenset(str(one) for one in value if isinstance(one, str | int) and not isinstance(one, bool))

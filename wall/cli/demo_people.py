"""The accounts of the demo: one for each way to look at a sample, with passwords of their own each time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scoring.roles import ADMIN, Capability
from wall.people.entrance import open_entrance
from wall.wiring import Site

from .users import WORDS, new_password

_AUTHOR = "demo"


@dataclass(frozen=True, slots=True)
class _Look:
    """Somebody who looks at a sample: role, unit, and what that shows, in words."""

    name: str
    title: str
    role: str
    unit: str
    about: str


_LOOKS: Mapping[str, Sequence[_Look]] = {
    "factory": (
        _Look("admin", "管理员", ADMIN, "", "everything"),
        _Look("boss", "总经理", "boss", "group", "the whole group"),
        _Look("manager", "总装经理", "department_manager", "assembly", "the assembly department and its lines"),
        _Look("worker", "一线员工", "employee", "asm-1", "line 1, its own totals"),
    ),
    "airline": (
        _Look("admin", "Administrator", ADMIN, "", "everything"),
        _Look("boss", "Head of operations", "boss", "NYC", "the three airports"),
        _Look("manager", "Station manager", "station_manager", "EWR", "Newark and its carriers"),
        _Look("staff", "Carrier staff", "employee", "EWR.UA", "United at Newark, its own totals"),
    ),
}


@dataclass(frozen=True, slots=True)
class Person:
    """A name and a password to sign in with, and what is seen then."""

    name: str
    password: str
    about: str


@dataclass(frozen=True, slots=True)
class Access:
    """How to get into the demo: its people, and a token to send events with."""

    people: Sequence[Person]
    token: str


def open_to_all(site: Site, sample: str) -> Access:
    """Make the accounts of a sample."""
    entrance, people = open_entrance(site), []
    for look in _LOOKS[sample]:
        made = Person(look.name, new_password(), look.about)
        about = {"title": look.title, "unit": look.unit, "grants": [look.role]}
        entrance.accounts.add(look.name, about, _AUTHOR, WORDS, made.password)
        people.append(made)
    admin = entrance.accounts.account("admin", WORDS)
    token = entrance.tokens.issue(admin, "events", [Capability.SEND_EVENTS], "", 7, _AUTHOR, WORDS)
    return Access(people, token.text)

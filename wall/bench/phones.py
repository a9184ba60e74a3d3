"""Phones: 500 people who have signed in and follow their own units, against as many wall screens on the same load."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from layouts.words import Words
from scoring.definitions import Model
from wall.definitions.apply import put_in_force
from wall.people.cookies import SESSION
from wall.people.entrance import Entrance, open_entrance
from wall.ports import free_port
from wall.settings import Settings
from wall.supervisor import Supervisor
from wall.wiring import Site, open_site

from .figures import Figure
from .load import Load
from .process import allow_connections, cpu_s
from .push import await_port
from .site_model import bench_model

VIEWERS = 500
#: Ten people of each see the same; one in a hundred sees the company.
DEPARTMENTS = 50
EVENTS_PER_S = 50
_SECONDS = 15
_WORDS = Words.of("en")
_ROLES = [
    {"id": "boss", "title": "Boss", "scope": "list", "units": ["company"], "depth": "everything"},
    {"id": "manager", "title": "Manager", "scope": "subtree"},
]


@dataclass(frozen=True, slots=True)
class _Seat:
    """A viewer: what is followed, and the cookie that is presented."""

    path: str
    cookie: str


@dataclass(slots=True)
class _Got:
    """What all viewers received while it counted."""

    changes: int = 0
    counting: bool = False


def phones_model() -> Model:
    """The benchmark's model with a scene for each department, and roles."""
    content = bench_model(DEPARTMENTS).model_dump(mode="json", by_alias=True)
    scene = content["scenes"][0]
    content["scenes"].append({**scene, "id": "department", "title": "Department", "unit": None})
    return Model.model_validate({**content, "roles": _ROLES})


def _phones(entrance: Entrance) -> list[_Seat]:
    """People with accounts and sessions of their own, each on the page of the own unit."""
    seats = []
    for number in range(VIEWERS):
        role, unit = ("boss", "company") if number % 100 == 99 else ("manager", f"d{number % DEPARTMENTS}")
        account = entrance.accounts.add(f"p{number}", {"grants": [role], "unit": unit}, "bench", _WORDS)
        seats.append(_Seat(f"/push/phone/{unit}?lang=en", f"{SESSION}={entrance.sessions.begin(account, kept=True)}"))
    return seats


def _screens(entrance: Entrance) -> list[_Seat]:
    """As many walls of the same units; they are let in by one admin's session, as the pages are what costs."""
    account = entrance.accounts.add("walls", {"grants": ["admin"]}, "bench", _WORDS)
    cookie = f"{SESSION}={entrance.sessions.begin(account, kept=True)}"
    paths = [f"/push/wall/department?unit=d{number % DEPARTMENTS}&lang=en" for number in range(VIEWERS)]
    paths[99::100] = ["/push/wall/overview?lang=en"] * len(paths[99::100])
    return [_Seat(path, cookie) for path in paths]


async def _follow(port: int, seat: _Seat, got: _Got) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {seat.path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {seat.cookie}\r\n\r\n".encode())
    first = await reader.read(1 << 16)
    if b" 200 " not in first.split(b"\r\n", 1)[0]:
        raise RuntimeError(f"{seat.path}: {first[:80]!r}")
    while content := await reader.read(1 << 16):
        if got.counting:
            got.changes += content.count(b"event: change")


async def _cpu_of(port: int, pid: int, seats: Sequence[_Seat]) -> tuple[float, int]:
    """CPU seconds of the server while all are served, and the changes that they got."""
    got = _Got()
    tasks = [asyncio.create_task(_follow(port, seat, got)) for seat in seats]
    await asyncio.sleep(8)
    begun, got.counting = cpu_s(pid), True
    await asyncio.sleep(_SECONDS)
    used, got.counting = cpu_s(pid) - begun, False
    for task in tasks:
        if task.done():
            task.result()
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return used, got.changes


def measure(redis_url: str) -> Iterator[Figure]:
    """CPU of the server per phone, against a wall screen's in the same run."""
    allow_connections()
    settings = Settings(site=f"phones{time.time_ns()}", redis=redis_url, topic="phones", partitions=1, port=free_port())
    site = open_site(settings)
    put_in_force(site, phones_model(), "bench", "bench")
    supervisor = Supervisor(settings)
    try:
        walls, phones = _measured(site, supervisor)
    finally:
        supervisor.stop()
    each = [f"{cpu_s / VIEWERS / _SECONDS * 1e6:.0f} µs/s" for cpu_s, _ in (phones, walls)]
    detail = f"{VIEWERS} each; {each[0]} against {each[1]}; {phones[1]:,} and {walls[1]:,} changes in {_SECONDS} s"
    yield Figure("phones: CPU per phone ÷ per wall screen", phones[0] / walls[0], "x", at_most=2, detail=detail)


def _measured(site: Site, supervisor: Supervisor) -> tuple[tuple[float, int], tuple[float, int]]:
    port, entrance = site.settings.port, open_entrance(site)
    await_port(port)
    walls, phones = _screens(entrance), _phones(entrance)
    with Load(site, per_second=EVENTS_PER_S, departments=DEPARTMENTS):
        time.sleep(3)
        pid = supervisor.pids()["serve"]
        return asyncio.run(_cpu_of(port, pid, walls)), asyncio.run(_cpu_of(port, pid, phones))

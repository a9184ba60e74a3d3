"""A fleet: 2,000 screens of mixed scenes and units on one server; from the tick of the board to each screen."""

from __future__ import annotations

import asyncio
import re
import socket
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from scoring.definitions import Model
from wall.definitions.apply import put_in_force
from wall.ports import free_port
from wall.settings import Settings
from wall.supervisor import Supervisor
from wall.wiring import open_site

from .entering import bearer
from .figures import Figure
from .load import Load
from .process import allow_connections
from .push import await_port
from .site_model import bench_model

SCREENS = 2000
#: Screens beside them that stop reading; what they don't take must cost the others nothing.
SLOW = 20
#: One for each department, so that every page moves every second, and the company's with each of them.
EVENTS_PER_S = 8
_SECONDS = 20
_TICK_MS = 100
_AS_OF = re.compile(rb'"as_of":(\d+)')


def fleet_model() -> Model:
    """The benchmark's model with scenes that show the unit of their screen."""
    content = bench_model().model_dump(mode="json", by_alias=True)
    scene: dict[str, Any] = content["scenes"][0]
    kpis = scene["kpis"]
    content["scenes"] = [
        scene,
        {"id": "department", "title": "Department", "kpis": kpis, "trend": "rate1"},
        {"id": "short", "title": "In short", "kpis": kpis[:4], "trend": "rate2"},
    ]
    return Model.model_validate(content)


def pages(model: Model) -> list[str]:
    """The streams that screens follow: each scene at each unit it can show."""
    departments = [unit.id for unit in model.units if unit.parent is not None]
    apart = [f"/push/wall/{scene}?unit={unit}" for scene in ("department", "short") for unit in departments]
    return ["/push/wall/overview", *apart]


@dataclass(slots=True)
class Received:
    """What the screens got while it counted: how late each frame came, and how many frames and snapshots."""

    late_ms: list[float] = field(default_factory=list)
    snapshots: int = 0
    counting: bool = False


async def _connect(port: int, path: str, header: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: bench\r\n{header}\r\n".encode())
    return reader, writer


async def _screen(port: int, path: str, header: str, received: Received) -> None:
    reader, _ = await _connect(port, path, header)
    while content := await reader.read(1 << 16):
        arrived_ms = time.time() * 1000
        if received.counting:
            received.snapshots += content.count(b"event: snapshot")
            if b"event: change" in content and (found := _AS_OF.search(content)):
                received.late_ms.append(arrived_ms - int(found[1]))


async def _slow(port: int, path: str, header: str, seconds: float) -> bytes:
    """A screen that stops reading, and what it is sent once it reads again."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(connection, ("127.0.0.1", port))
    await loop.sock_sendall(connection, f"GET {path} HTTP/1.1\r\nHost: bench\r\n{header}\r\n".encode())
    await asyncio.sleep(seconds)
    content, deadline = b"", time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            content += await asyncio.wait_for(loop.sock_recv(connection, 1 << 16), 1)
        except TimeoutError:
            break
    connection.close()
    return content


async def _fleet(port: int, paths: list[str], header: str) -> tuple[Received, int]:
    """Hold all screens open; what they received, and how many slow ones were sent a snapshot in the end."""
    received = Received()
    screens = [asyncio.create_task(_screen(port, paths[at % len(paths)], header, received)) for at in range(SCREENS)]
    slow = [asyncio.create_task(_slow(port, paths[0], header, _SECONDS + 8)) for _ in range(SLOW)]
    await asyncio.sleep(8)
    received.counting = True
    await asyncio.sleep(_SECONDS)
    received.counting = False
    ends = await asyncio.gather(*slow)
    for task in screens:
        task.cancel()
    await asyncio.gather(*screens, return_exceptions=True)
    return received, sum(end.count(b"event: snapshot") > 1 for end in ends)


def measure(redis_url: str) -> Iterator[Figure]:
    """An update a second or more for every screen of the fleet."""
    allow_connections()
    settings = Settings(site=f"fleet{time.time_ns()}", redis=redis_url, topic="fleet", partitions=1, port=free_port())
    site, model = open_site(settings), fleet_model()
    put_in_force(site, model, "bench", "bench")
    supervisor, paths = Supervisor(settings), pages(fleet_model())
    try:
        await_port(settings.port)
        with Load(site, per_second=EVENTS_PER_S):
            time.sleep(3)
            received, resumed = asyncio.run(_fleet(settings.port, paths, bearer(site)))
    finally:
        supervisor.stop()
    late = received.late_ms
    detail = f"{SCREENS} screens on {len(paths)} pages, {len(late):,} frames; p50 {statistics.median(late):.0f} ms"
    p99 = statistics.quantiles(late, n=100)[98]
    yield Figure("fleet: tick to screen, p99", p99, "ms", at_most=_TICK_MS, detail=detail)
    yield Figure("fleet: screens that had to be sent a snapshot", received.snapshots, "", at_most=0)
    yield Figure("fleet: screens that stopped reading and got a snapshot then", resumed, f"of {SLOW}", at_least=SLOW)

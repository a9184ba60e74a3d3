"""Push: CPU per screen and update at 1,000 screens, against a bare ASGI broadcast of the same bytes."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from wall.definitions.apply import put_in_force
from wall.ports import free_port
from wall.settings import Settings
from wall.supervisor import Supervisor
from wall.wiring import Site, open_site

from .entering import bearer
from .figures import Figure
from .load import Load
from .process import allow_connections, cpu_s
from .site_model import bench_model

SCREENS = 1000
_SECONDS = 20


async def _listen(port: int, path: str, header: str, seconds: float, started: Callable[[], None]) -> tuple[int, int]:
    """Hold all screens open; (frames, bytes) received in the measured seconds after all had connected."""
    frames = size = 0
    counting = False

    async def screen() -> None:
        nonlocal frames, size
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET {path} HTTP/1.1\r\nHost: bench\r\n{header}\r\n".encode())
        while content := await reader.read(1 << 16):
            if counting:
                frames += content.count(b"event: change")
                size += len(content)

    tasks = [asyncio.create_task(screen()) for _ in range(SCREENS)]
    await asyncio.sleep(5)
    counting = True
    started()
    await asyncio.sleep(seconds)
    counting = False
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return frames, size


def _measure(pid: int, port: int, path: str, header: str) -> tuple[float, int, int]:
    """CPU seconds of the server while `SCREENS` listen, and what they got."""
    begun = 0.0

    def start() -> None:
        nonlocal begun
        begun = cpu_s(pid)

    frames, size = asyncio.run(_listen(port, path, header, _SECONDS, start))
    return cpu_s(pid) - begun, frames, size


def measure(redis_url: str) -> Iterator[Figure]:
    """Ours, then the bare broadcast of frames of the same size, in one run."""
    allow_connections()
    settings = Settings(site=f"push{time.time_ns()}", redis=redis_url, topic="push", partitions=1, port=free_port())
    site = open_site(settings)
    put_in_force(site, bench_model(), "bench", "bench")
    supervisor = Supervisor(settings)
    try:
        ours = _ours(site, supervisor)
    finally:
        supervisor.stop()
    cpu_s, frames, size = ours
    bare_s, bare_frames = _bare(size // frames)
    per_frame, bare_per_frame = cpu_s / frames * 1e6, bare_s / bare_frames * 1e6
    detail = f"{per_frame:.1f} µs against {bare_per_frame:.1f} µs, {SCREENS} screens, {size // frames} bytes a frame"
    yield Figure(
        "push CPU per screen and update ÷ bare ASGI broadcast",
        per_frame / bare_per_frame,
        "x",
        at_most=2,
        detail=detail,
    )


def _ours(site: Site, supervisor: Supervisor) -> tuple[float, int, int]:
    port = site.settings.port
    await_port(port)
    with Load(site, per_second=1):
        time.sleep(3)
        return _measure(supervisor.pids()["serve"], port, "/push/wall/overview?lang=en", bearer(site))


def _bare(frame_bytes: int) -> tuple[float, int]:
    port = free_port()
    with tempfile.NamedTemporaryFile() as file:
        content = b"event: change\ndata: " + b"x" * max(1, frame_bytes - 22) + b"\n\n"
        Path(file.name).write_bytes(content)
        server = subprocess.Popen([sys.executable, "-m", "wall.bench.bare_broadcast", str(port), file.name])
        try:
            await_port(port)
            cpu_s, frames, _ = _measure(server.pid, port, "/", "")
        finally:
            server.kill()
            server.wait()
    return cpu_s, frames


def await_port(port: int, timeout_s: float = 30) -> None:
    """Wait until something listens."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError(f"nothing listens on {port} after {timeout_s} s")

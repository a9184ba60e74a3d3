"""A real Chromium on a 12-tile wall: latency from event to DOM, main thread per second, heap."""

from __future__ import annotations

import re
import shutil
import statistics
import time
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from typing import Any

from deploy.prerequisites import BROWSERS
from wall.definitions.apply import put_in_force
from wall.ports import free_port
from wall.settings import Settings
from wall.supervisor import Supervisor
from wall.wiring import Site, open_site

from .entering import enter
from .figures import Figure
from .load import Load
from .push import await_port
from .site_model import bench_model

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--js-flags=--expose-gc",
]  # fmt: skip
_LATENCY_S = 20
_QUIET_S = 30
_WARM_UP_S = 8


@contextmanager
def browser() -> Iterator[Any]:
    """A headless Chromium of the system."""
    from playwright.sync_api import sync_playwright

    path = next((found for one in BROWSERS if (found := shutil.which(one))), None)
    if path is None:
        raise FileNotFoundError("no Chromium here; run: make browser")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


@contextmanager
def bench_site(redis_url: str) -> Iterator[Site]:
    """A running site with the benchmark's model."""
    settings = Settings(site=f"screen{time.time_ns()}", redis=redis_url, topic="screen", partitions=1, port=free_port())
    site = open_site(settings)
    put_in_force(site, bench_model(), "bench", "bench")
    supervisor = Supervisor(settings)
    try:
        await_port(settings.port)
        yield site
    finally:
        supervisor.stop()


class Screen:
    """A wall in the browser, with the meters of its main thread and heap."""

    def __init__(self, chromium: Any, site: Site) -> None:
        self.page = chromium.new_page(viewport={"width": 1920, "height": 1080})
        self.page.add_init_script(path=str(files("wall.bench").joinpath("watch.js")))
        enter(self.page, site)
        self._meter = self.page.context.new_cdp_session(self.page)
        self._meter.send("Performance.enable")
        self.page.goto(f"http://127.0.0.1:{site.settings.port}/wall/overview?lang=en")
        self.page.wait_for_selector('[data-text="kpi.done.value"]')

    def metrics(self) -> dict[str, float]:
        """Chromium's own figures."""
        found = self._meter.send("Performance.getMetrics")["metrics"]
        return {one["name"]: float(one["value"]) for one in found}

    def main_thread_ms_per_s(self, seconds: float) -> float:
        """Busy time of the main thread."""
        before, begun = self.metrics()["TaskDuration"], time.perf_counter()
        self.page.wait_for_timeout(seconds * 1000)
        return (self.metrics()["TaskDuration"] - before) * 1000 / (time.perf_counter() - begun)

    def heap_mb(self) -> float:
        """Used heap after a collection."""
        self._meter.send("HeapProfiler.collectGarbage")
        return self.metrics()["JSHeapUsedSize"] / 2**20

    def nodes(self) -> float:
        """DOM nodes."""
        return self.metrics()["Nodes"]


def measure(redis_url: str) -> Iterator[Figure]:
    """Latency at 1,000 events/s, then main thread at one update a second."""
    with bench_site(redis_url) as site, browser() as chromium:
        screen = Screen(chromium, site)
        with Load(site, per_second=1000) as load:
            screen.page.wait_for_timeout(_WARM_UP_S * 1000)
            screen.page.evaluate("window.kpiwallSeen = []")
            first = len(load.appended_at)
            screen.page.wait_for_timeout(_LATENCY_S * 1000)
            last = len(load.appended_at)
            screen.page.wait_for_timeout(1500)
            seen = screen.page.evaluate("window.kpiwallSeen")
        late = latencies_ms(load.appended_at, seen, first, last)
        detail = f"{last - first:,} events at 1,000/s, {len(seen)} paints"
        yield Figure("event to DOM, p50", statistics.median(late), "ms", detail=detail)
        yield Figure("event to DOM, p99", statistics.quantiles(late, n=100)[98], "ms")
    with bench_site(redis_url) as site, browser() as chromium, Load(site, per_second=1):
        screen = Screen(chromium, site)
        screen.page.wait_for_timeout(_WARM_UP_S * 1000)
        busy = screen.main_thread_ms_per_s(_QUIET_S)
        yield Figure("main thread of a 12-tile scene at 1 Hz", busy, "ms/s", at_most=60)


def latencies_ms(appended_at: Sequence[float], seen: Sequence[tuple[float, str]], first: int, last: int) -> list[float]:
    """For each event, how long until the wall showed a count that includes it."""
    shown = [(int(re.sub(r"\D", "", text) or 0), at) for at, text in seen]
    counts = [count for count, _ in shown]
    late = []
    for number in range(first, last):
        at = bisect_left(counts, number + 1)
        if at < len(shown):
            late.append(shown[at][1] - appended_at[number] * 1000)
    return late

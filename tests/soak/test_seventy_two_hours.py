"""A wall's life at speed: as many updates and rotations as 72 hours bring, and the browser is as it was."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest

from tests.browser.staging import staged
from tests.support.signed_in import put_cookie
from wall.bench.screen import browser

_UPDATES = Path(__file__).parent / "many_updates.js"
_BLANK = Path(__file__).parent.parent / "browser" / "blank.js"
#: What is lived through, and how a wall lives: a scene for 30 s, an update a second.
_HOURS = float(os.environ.get("KPIWALL_SOAK_HOURS", "72"))
_DWELL_S = 30
_ROUNDS = 24
#: Growth that a garbage collector's mood explains, and the length of a blank that nobody sees.
_SLACK_MB, _MOST_BLANK_MS = 3.0, 200


class Meter:
    """What the browser says of itself after a collection."""

    def __init__(self, page: Any) -> None:
        self._session = page.context.new_cdp_session(page)
        self._session.send("Performance.enable")

    def read(self) -> dict[str, float]:
        """Heap in MB, DOM nodes and listeners."""
        self._session.send("HeapProfiler.collectGarbage")
        found = {one["name"]: one["value"] for one in self._session.send("Performance.getMetrics")["metrics"]}
        return {"heap_mb": round(found["JSHeapUsedSize"] / 2**20, 2), "nodes": found["Nodes"],
                "listeners": found["JSEventListeners"]}  # fmt: skip


@pytest.mark.soak
@pytest.mark.timeout(4 * 3600)
def test_seventy_two_hours_leave_no_trace_in_the_browser(record_property: pytest.RecordProperty) -> None:
    scenes = int(_HOURS * 3600 / _DWELL_S)
    with browser() as chromium, staged("factory", chromium) as stage:
        addresses = [f"/wall/{scene.id}" for scene in stage.model.scenes]
        page = chromium.new_page(viewport={"width": 1920, "height": 1080}, reduced_motion="reduce")
        put_cookie(page, stage.site, stage.admin)
        page.add_init_script(path=str(_UPDATES))
        page.goto(stage.root + addresses[0])
        page.wait_for_function("() => window.kpiwall && kpiwall.stage")
        page.evaluate(_BLANK.read_text(encoding="utf-8"))
        page.evaluate("([addresses, scenes]) => liveFast(addresses, scenes, 3)", [addresses, 3 * len(addresses)])
        meter, readings, begun = Meter(page), [], time.monotonic()
        for _ in range(_ROUNDS):
            readings.append(meter.read())
            page.evaluate(
                "([addresses, scenes, updates]) => liveFast(addresses, scenes, updates)",
                [addresses, scenes // _ROUNDS, _DWELL_S],
            )
        readings.append(meter.read())
        blank_ms = page.evaluate("window.longestBlank")
    record_property("readings", readings)
    told = f"{scenes} scenes, {scenes * _DWELL_S} updates in {time.monotonic() - begun:.0f} s, blank {blank_ms} ms"
    print(told, readings)  # noqa: T201 - the figures are the result
    half = len(readings) // 2
    early, late = readings[1 : half + 1], readings[half:]
    for name, slack in (("heap_mb", _SLACK_MB), ("nodes", 300), ("listeners", 30)):
        middle = [sorted(one[name] for one in part)[len(part) // 2] for part in (early, late)]
        assert middle[1] <= middle[0] + slack, (name, told, readings)
    assert blank_ms <= _MOST_BLANK_MS, told

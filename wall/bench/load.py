"""A steady load of events on a site, remembering when each was appended."""

from __future__ import annotations

import datetime as dt
import threading
import time
from typing import Self

import msgspec

from wall.wiring import Site

#: Appends a second: enough to be smooth, few enough to leave the cores to what is measured.
_APPENDS_PER_S = 50


class Load:
    """Sends numbered `work.done` events at a rate until left, to one department after the other.

    `appended_at[n]` is when event n was in the log.
    """

    def __init__(self, site: Site, per_second: int, departments: int = 8) -> None:
        self._site = site
        self._rate = per_second
        self._departments = departments
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.appended_at: list[float] = []

    def _run(self) -> None:
        begun = time.perf_counter()
        while not self._stop.wait(1 / min(self._rate, _APPENDS_PER_S)):
            due = int((time.perf_counter() - begun) * self._rate) - len(self.appended_at)
            if due <= 0:
                continue
            first = len(self.appended_at)
            self._site.log.append([self._event(first + at) for at in range(due)])
            self.appended_at += [time.time()] * due

    def _event(self, number: int) -> tuple[str, bytes]:
        department = f"d{number % self._departments}"
        event = {
            "specversion": "1.0",
            "id": f"{number}",
            "source": "/bench",
            "type": "work.done",
            "time": dt.datetime.now(dt.UTC).isoformat(),
            "data": {"department": department, "number": number, "good": 80 + number * 7 % 20, "total": 100},
        }
        return department, msgspec.json.encode(event)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

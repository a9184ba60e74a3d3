"""Replays of alert rules that the desk starts: one at a time, in the background, its outcome kept by model and span."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, replace

from streams.redis_adapters.site import AppliedModel
from wall.alerts.replay import Replayed
from wall.alerts.replays import Hearing, Span, replay_models
from wall.wiring import Site

log = logging.getLogger(__name__)

#: Replays kept: of the models applied last.
_KEPT = 8


@dataclass(frozen=True, slots=True)
class Replaying:
    """How far a replay is; `found` and `trouble` are what came of it."""

    done: int = 0
    total: int = 1
    found: Replayed | None = None
    trouble: str = ""

    @property
    def running(self) -> bool:
        """Whether it goes on."""
        return self.found is None and not self.trouble


class Replays:
    """Replays of the last so many days, by the number of the application and the days; for any number of threads."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._lock = threading.Lock()
        self._known: dict[tuple[int, int], Replaying] = {}

    def known(self, applied: AppliedModel, days: int) -> Replaying | None:
        """A replay under the model in force; None where none was asked for."""
        with self._lock:
            return self._known.get((applied.number, days))

    def newest(self, applied: AppliedModel) -> tuple[int, Replaying] | None:
        """The replay that was asked for last, with its days."""
        with self._lock:
            mine = [(days, one) for (number, days), one in self._known.items() if number == applied.number]
        return mine[-1] if mine else None

    def start(self, applied: AppliedModel, days: int) -> bool:
        """Start a replay; False while another one runs."""
        key = applied.number, days
        with self._lock:
            if any(one.running for one in self._known.values()):
                return False
            self._known.pop(key, None)
            self._known[key] = Replaying(total=days)
            while len(self._known) > _KEPT:
                del self._known[next(iter(self._known))]
        threading.Thread(target=self._run, args=(applied, key), name="replay", daemon=True).start()
        return True

    def _run(self, applied: AppliedModel, key: tuple[int, int]) -> None:
        def change(**changes: object) -> None:
            with self._lock:
                self._known[key] = replace(self._known[key], **changes)  # type: ignore[arg-type]

        def day() -> None:
            with self._lock:
                self._known[key] = replace(self._known[key], done=self._known[key].done + 1)

        def begun(span: Span) -> None:
            change(total=span.days)

        try:
            found = replay_models(
                self._site, applied, [applied.model], None, None, days=key[1], heard=Hearing(day=day), begun=begun
            )  # fmt: skip
        except Exception as error:  # whatever it is, the page must say that the replay ended
            log.warning("the replay of %d days failed: %s", key[1], error)
            change(trouble=str(error) or type(error).__name__)
            return
        change(found=found[0])

"""Compiled scorecards of a site, kept: compiling one for a large company takes a second."""

from __future__ import annotations

import datetime as dt
import threading
from collections import OrderedDict

from scoring.compile import compile_scorecard
from scoring.scorecard import Scorecard
from streams.redis_adapters.site import AppliedModel

#: Today's and yesterday's of the model in force, and of the one before.
KEPT = 4


class Scorecards:
    """Scorecards by application and business day; for any number of threads."""

    def __init__(self) -> None:
        self._held: OrderedDict[tuple[int, dt.date], Scorecard] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, applied: AppliedModel, date: dt.date) -> Scorecard:
        """The scorecard of an applied model on a business day; what it shares with the last one is the same object."""
        key = applied.applied_ms, date
        with self._lock:
            if key not in self._held:
                former = next(reversed(self._held.values()), None)
                self._held[key] = compile_scorecard(applied.model, date, former)
                while len(self._held) > KEPT:
                    self._held.popitem(last=False)
            return self._held[key]

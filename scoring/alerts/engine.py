"""The engine: boards and moments in, transitions of alerts out, at a cost that follows what moved."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from ..board import Board
from ..definitions import Model
from .alert import Alert, AlertKey, Transition


@dataclass(frozen=True, slots=True)
class Track:
    """How a value went within one period: from each slot on (of a fixed length) it stood so."""

    period_ms: int
    slots: tuple[int, ...] = ()
    values: tuple[Fraction | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Memory:
    """What rules about changes remember, by rule, unit and KPI, as `rule|unit|kpi`."""

    tracks: Mapping[str, Track] = field(default_factory=dict)


class AlertEngine:
    """Holds every alert that is pending or stands; `take` and `acknowledge` are its only ways in.

    What was read last stands until something else is read, so that stepping at further moments changes nothing, and an
    engine made of the alerts and the memory of another goes on where that one was.
    """

    def __init__(self, model: Model, alerts: Iterable[Alert] = (), memory: Memory | None = None) -> None:
        self._model = model
        self._alerts = {one.key: one for one in alerts}
        self._memory = memory or Memory()
        self._changed: set[AlertKey] = set()

    @property
    def alerts(self) -> Mapping[AlertKey, Alert]:
        """The alerts that are pending, firing or acknowledged."""
        return self._alerts

    @property
    def changed(self) -> Collection[AlertKey]:
        """The alerts that the last `take` or `acknowledge` changed in anything, or ended; what is to be kept anew."""
        return self._changed

    @property
    def memory(self) -> Memory:
        """What rules about changes remember; the same object while nothing of it changed."""
        return self._memory

    @property
    def due_ms(self) -> int | None:
        """When time alone changes something next; None: never."""
        raise NotImplementedError

    def take(self, board: Board, now_ms: int, moved: Collection[str] | None = None) -> list[Transition]:
        """What a board changes, and what the time until now has; `moved` are the units that moved, None all."""
        raise NotImplementedError

    def acknowledge(self, alert_id: str, at_ms: int) -> Transition | None:
        """Note that somebody sees to an alert; None where it does not fire, or somebody does already."""
        raise NotImplementedError

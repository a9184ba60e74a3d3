"""The alert service's own evaluation and plans, gone through with one reader whom every rule names."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from scoring.alerts.alert import Alert, AlertKey, Phase
from scoring.alerts.engine import Memory
from scoring.alerts.rules import AlertRule
from scoring.board import Board
from scoring.calendar import BusinessCalendar
from scoring.definitions import Model
from streams.redis_adapters.alerts import Held, Step
from wall.messages.message import MessageKind
from wall.people.account import People
from wall.sight.look import WHOLE
from wall.sight.visible import Sights

from .evaluation import Evaluation
from .planning import Situation, Telling, plan
from .recipients import Directory

_READER = "anybody"


@dataclass(frozen=True, slots=True)
class Told:
    """One message: that alerts fired, or are over; `rules` are theirs."""

    ms: int
    kind: MessageKind
    alerts: tuple[str, ...]
    rules: tuple[str, ...]


class _OneReader(Directory):
    """Whoever is named is one and the same, and nobody stands above them."""

    __slots__ = ()

    def recipients(self, rule: AlertRule, key: AlertKey) -> list[str]:
        """The one reader."""
        return [_READER]

    def heads(self, unit: str) -> list[str]:
        """Nobody."""
        return []

    def above(self, unit: str, levels: int) -> str | None:
        """Nothing."""
        return None


class Watch:
    """Goes through boards as the alert service does, at every moment at which it would look, with nobody acting."""

    def __init__(self, model: Model) -> None:
        self._evaluation = Evaluation(Held((), Memory(), {}, {}), model)
        self._board: Board | None = None
        self._next_ms: int | None = None
        self._alerts: dict[AlertKey, Alert] = {}
        self.messages: list[Told] = []
        self.over: list[Alert] = []
        self.folded: set[str] = set()

    @property
    def standing(self) -> Iterable[Alert]:
        """The alerts that are pending or fire."""
        return self._alerts.values()

    def adopt(self, model: Model) -> None:
        """Go on under another edition of the model."""
        self._evaluation.adopt(model)

    def take(self, board: Board, moved: Collection[str] | None) -> None:
        """What time alone does until a board's moment, and then the board."""
        self.until(board.as_of_ms)
        self._board = board
        self._go(board, board.as_of_ms, moved)

    def until(self, end_ms: int) -> None:
        """What time alone does before a moment."""
        while self._board is not None and (due_ms := self._due_ms()) is not None and due_ms < end_ms:
            self._go(self._board, due_ms, ())

    def _due_ms(self) -> int | None:
        return min((one for one in (self._evaluation.due_ms, self._next_ms) if one is not None), default=None)

    def _go(self, board: Board, now_ms: int, moved: Collection[str] | None) -> None:
        step = self._evaluation.take(board, now_ms, moved)
        self._note(step)
        if step.cases or step.records or (self._next_ms is not None and self._next_ms <= now_ms):
            while self._tell(now_ms):
                pass  # what was told may let something else be due at once

    def _note(self, step: Step) -> None:
        """Keep what is over, and what goes on."""
        ended = [one.alert for one in step.records.values() if one.alert.phase is Phase.RESOLVED]
        self.over += ended
        told_of = {one.id for one in ended}
        for key, alert in step.alerts.items():
            former = self._alerts.get(key)
            if former is not None and former.id not in told_of and (alert is None or alert.id != former.id):
                self.over.append(former)
            if alert is None:
                self._alerts.pop(key, None)
            else:
                self._alerts[key] = alert

    def _tell(self, now_ms: int) -> bool:
        """Plan what is to be told, and take it as told; whether that changed anything."""
        evaluation = self._evaluation

        def reach(telling: Telling) -> list[str]:
            rules = dict.fromkeys(one.alert.key.rule for one in telling.alerts)
            named = tuple(one.alert.id for one in telling.alerts)
            self.messages.append(Told(now_ms, telling.kind, named, tuple(rules)))
            return list(named)

        situation = Situation(now_ms, evaluation.model, evaluation.cases, evaluation.records, {}, self._directory)
        found = plan(situation, reach)
        self.folded |= {name for name, events in found.noted.items() if any(one.kind == "folded" for one in events)}
        evaluation.told(found)
        self._next_ms = found.next_ms
        return bool(found.cases)

    def _directory(self) -> Directory:
        model, now_ms = self._evaluation.model, self._board.as_of_ms if self._board is not None else 0
        date = BusinessCalendar(model.calendar).business_date(now_ms)
        return _OneReader(Sights().visible(model, WHOLE, now_ms), People(), date)

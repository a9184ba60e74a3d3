"""What the page of one alert knows beside the alert: what happened to it, and what the reader may do about it."""

from __future__ import annotations

from dataclasses import dataclass

from .facts import AlertFact


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """Something that happened to an alert; `kind` as in `alerts.event.KIND`, `who` is what people read."""

    at_ms: int
    kind: str
    who: str = ""
    until_ms: int | None = None


@dataclass(frozen=True, slots=True)
class AlertStory:
    """An alert that the reader sees. `history` begins with the newest.

    `snoozes` are offered by name with the moment (business ms) until which each holds; `people` are the accounts, with
    what people read, that the reader may give the alert to.
    """

    fact: AlertFact
    history: tuple[HistoryLine, ...] = ()
    may_acknowledge: bool = False
    snoozes: tuple[tuple[str, int], ...] = ()
    people: tuple[tuple[str, str], ...] = ()

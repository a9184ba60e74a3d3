"""The texts of messages: of a group of alerts for one reader, of a digest, and of the test button."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from layouts.alerts.facts import AlertFact
from layouts.alerts.message_text import alert_lines, alert_title
from layouts.lookup import lookup
from layouts.words import Words
from scoring.board import Board
from wall.sight.visible import Visible

from .message import Message, MessageKind

#: Titles that a digest tells; the rest is counted.
_MOST_TITLES = 12


@dataclass(frozen=True, slots=True)
class Draft:
    """Title, text and link of a message to one reader; `alerts` are those that it tells of."""

    title: str
    text: str
    link: str
    alerts: tuple[str, ...]


def alert_message(
    kind: MessageKind,
    alerts: Sequence[AlertFact],
    visible: Visible,
    board: Board,
    language: str,
    now_ms: int,
    public_url: str = "",
) -> Draft | None:
    """What a reader is told of a group of alerts, most severe first; None where they see none of them.

    `visible` is what the reader sees and `board` the whole board: nothing that is told comes from outside of it.
    """
    seen = [one for one in alerts if sees_alert(visible, one)]
    if not seen:
        return None
    found = lookup(visible.model, visible.board(board), language, alerts=seen)
    link = f"/phone/-/alerts/{seen[0].id}" if len(seen) == 1 else "/phone/-/alerts"
    return Draft(
        title=alert_title(found, kind, seen),
        text="\n".join(alert_lines(found, kind, seen, now_ms)),
        link=public_url.rstrip("/") + link,
        alerts=tuple(one.id for one in seen),
    )


def sees_alert(visible: Visible, alert: AlertFact) -> bool:
    """Whether the number that an alert is about is seen."""
    if not alert.kpi:
        return visible.sees_score(alert.unit)
    if alert.of == "silence" and any(source.id == alert.kpi for source in visible.model.sources):
        return visible.has_unit(alert.unit)
    return visible.sees_kpi(alert.unit, alert.kpi)


def digest(messages: Sequence[Message]) -> tuple[str, str]:
    """Title and text of what goes out at once: of one message its own, of several their titles, newest first."""
    last = messages[-1]
    if len(messages) == 1:
        return last.title, last.text
    words = Words.of(last.language)
    lines = [one.title for one in reversed(messages)]
    if len(lines) > _MOST_TITLES:
        lines = [*lines[:_MOST_TITLES], words("message.more", n=len(lines) - _MOST_TITLES)]
    return words("message.digest", n=len(messages)), "\n".join(lines)

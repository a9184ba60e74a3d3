"""My actions on the phone: what is overdue first, then today, later, done lately, and what I gave to others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html

from scoring.board import Board
from scoring.definitions import Model

from ..lookup import lookup
from ..phone.frame import Frame, PhoneReader, list_head, note, page
from .facts import ActionLine, MyActions
from .section import action_card


def actions_page(model: Model, board: Board, language: str, reader: PhoneReader, mine: MyActions) -> html.Div:
    """The page."""
    found = lookup(model, board, language)
    words = found.words

    def group(name: str, lines: Sequence[ActionLine]) -> list[Any]:
        if not lines:
            return []
        cards = [action_card(found, one, place=True) for one in lines]
        return [list_head(words(f"followup.mine.{name}"), words("followup.count", n=len(lines))), *cards]

    own = [*group("late", mine.late), *group("now", mine.now), *group("later", mine.later)]
    if not own:
        own = [note(words("followup.mine.none"), words("followup.mine.how"))]
    content = [*own, *group("done", mine.done), *group("given", mine.given)]
    frame = Frame(unit=reader.home, title=words("followup.mine"))
    return page(found, {}, reader, frame, content, "notes")

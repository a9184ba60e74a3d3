"""What the pages of analysis are told; `wall.desk.analysis` gathers it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..desk.facts import Choice
from .sheet import Sheet

#: The rooms of analysis, in the order of their use; the first is the one without a name in its address.
VIEWS = ("matrix", "compare", "timeline", "groups")


@dataclass(frozen=True, slots=True)
class Picker:
    """Something to pick for a key of the address: one from a list, or several of it."""

    key: str
    label: str
    choices: tuple[Choice, ...]
    many: bool = False
    #: Several: what is said while more could be picked than are listed.
    note: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """Lines over a common axis, as plain data for the browser; `caption` says what they are."""

    title: str
    caption: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AnalysisFacts:
    """One page of analysis.

    `state` is what its address says beside language; `empty` stands where there is no sheet; `export` whether files of
    it may be taken away; `notes` are pairs of a status and a line.
    """

    view: str
    state: Mapping[str, str]
    pickers: tuple[Picker, ...]
    sheets: tuple[Sheet, ...] = ()
    charts: tuple[Chart, ...] = ()
    empty: str = ""
    notes: tuple[tuple[str, str], ...] = ()
    export: bool = False
    summary: tuple[tuple[str, str], ...] = field(default=())

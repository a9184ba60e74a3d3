"""A site as pages know it, whether with nothing hidden or as a viewer sees it."""

from __future__ import annotations

from typing import Protocol

from scoring.board import Board
from scoring.definitions import Model


class Site(Protocol):
    """What pages are made from; each is asked anew for every page."""

    @property
    def model(self) -> Model:
        """The model in force."""

    @property
    def version(self) -> str:
        """Model and software version: a page of another version reloads itself."""

    @property
    def software(self) -> str:
        """The version of kpiwall that serves."""

    def board(self) -> Board:
        """The last board."""

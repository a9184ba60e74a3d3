"""The small model and its board, for every test of what screens show."""

from __future__ import annotations

import pytest

from scoring.board import Board
from scoring.definitions import Model

from .boards import board_of, small_model


@pytest.fixture
def model() -> Model:
    """The small model."""
    return small_model()


@pytest.fixture
def board(model: Model) -> Board:
    """A board with everything live."""
    return board_of(model)

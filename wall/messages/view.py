"""What messages need to know of the site: the model in force, its board and business time."""

from __future__ import annotations

from typing import Protocol

from wall.board_follower import BoardView


class FollowedBoard(BoardView, Protocol):
    """The last board and the business clock."""

    def now_ms(self) -> int:
        """Business time now."""

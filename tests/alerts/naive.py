"""The states of one alert worked out second by second from the whole history of readings: slow, and written apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """Fires below `enter`, is over from `leave` on; spans in seconds."""

    enter: int
    leave: int
    hold: int
    clear: int
    keep: int


def history(rule: Rule, readings: Sequence[int | None]) -> list[tuple[int, str]]:
    """What happened when: pending, dropped, firing, resolved; `readings` has what stood in each second."""

    def known(start: int, end: int) -> int:
        return sum(1 for second in range(start, end) if readings[second] is not None)

    found: list[tuple[int, str]] = []
    state, since, fired, over = "inactive", 0, 0, None
    for second, reading in enumerate(readings):
        if reading is None:
            continue  # nothing begins, fires or ends while nothing is known
        if state == "inactive" and reading < rule.enter:
            state, since = "pending", second
            if rule.hold:
                found.append((second, "pending"))
        if state == "pending" and reading >= rule.leave:
            state = "inactive"
            found.append((second, "dropped"))
        if state == "firing":
            if reading < rule.enter:
                over = None
            elif reading >= rule.leave and over is None:
                over = second
        if state == "pending" and known(since, second) >= rule.hold:
            state, fired, over = "firing", second, None
            found.append((second, "firing"))
        cleared = state == "firing" and over is not None and known(over, second) >= rule.clear
        if cleared and second - fired >= rule.keep:
            state = "inactive"
            found.append((second, "resolved"))
    return found

"""What a check finds, and where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from scoring.board import WEIGHT

KeyPath = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong (`error`) or doubtful (`warning`) at a path of the model, with its fix."""

    level: str
    path: KeyPath
    message: str
    fix: str


def fault(path: KeyPath, message: str, fix: str) -> Finding:
    """Something that keeps the model from being used."""
    return Finding("error", path, message, fix)


def doubt(path: KeyPath, message: str, fix: str) -> Finding:
    """Something doubtful."""
    return Finding("warning", path, message, fix)


def fine_weight(path: KeyPath, what: str, weight: Decimal) -> Iterator[Finding]:
    """Weights carry up to four decimals."""
    if weight * WEIGHT % 1:
        yield fault(path, f"{what} {weight} has more than four decimals", "round it to four")

"""The progress bar of long work, on standard error so that output can be piped."""

from __future__ import annotations

import itertools
import sys
from contextlib import AbstractContextManager
from typing import Protocol

import click


class Bar(Protocol):
    """Moves on by a number of steps."""

    def update(self, n_steps: int) -> None:
        """Move on."""


def progress_bar(length: int | None, label: str) -> AbstractContextManager[Bar]:
    """A bar over `length` steps; without a length it only shows that work goes on."""
    bar: AbstractContextManager[Bar] = click.progressbar(
        itertools.repeat(None) if length is None else None, length=length, label=label, file=sys.stderr
    )
    return bar

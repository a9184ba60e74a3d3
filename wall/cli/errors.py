"""Failures as messages and exit codes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from streams.records import LogUnavailable
from streams.redis_adapters.connection import StoreUnavailable


class Unreachable(click.ClickException):
    """Redis or Kafka can't be reached."""

    exit_code = 3


@contextmanager
def reachable() -> Iterator[None]:
    """A lost Redis or Kafka ends a command with exit code 3 and how to mend it."""
    try:
        yield
    except (StoreUnavailable, LogUnavailable) as outage:
        raise Unreachable(f"{outage}\nIs it running, and is the address right? See: kpiwall config") from None

"""What a log hands out: records by partition, and the port that every log's source implements."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from .decode import Headers


class Record(Protocol):
    """One entry of the log; the names are kafka-python's, so that its records serve as they are."""

    @property
    def offset(self) -> int | str:
        """The log's own number or id of the entry."""
        ...

    @property
    def timestamp(self) -> int:
        """When the log took it in, in ms."""
        ...

    @property
    def value(self) -> bytes | None:
        """The bytes."""
        ...

    @property
    def headers(self) -> Headers:
        """Name, content pairs; empty where the log has none."""
        ...


@dataclass(frozen=True, slots=True)
class Batch:
    """Consecutive records of one partition, read from `start`; `next_position` is where to read on after them."""

    partition: str
    start: str
    records: Sequence[Record]
    next_position: str


#: Records folded and applied at once: small enough that applying one batch overlaps folding the next.
BATCH_RECORDS = 2000


class LogUnavailable(ConnectionError):
    """The log can't be reached now; the caller backs off and tries again."""


class Source(Protocol):
    """A reader of a partitioned log that shares its partitions with the other readers of its group."""

    def poll(self, timeout_s: float) -> list[Batch]:
        """The next records of the assigned partitions, empty if none came in time."""
        ...

    def assigned(self) -> frozenset[str]:
        """The partitions this reader has now; changes only inside `poll`."""
        ...

    def seek(self, partition: str, position: str) -> None:
        """Read on from here; an empty position is the log's beginning."""
        ...

    def pause(self) -> None:
        """Stay in the group without reading, while the counters can't be written."""
        ...

    def resume(self) -> None:
        """Read again."""
        ...

    def lag(self) -> int:
        """How many records of the assigned partitions are still unread, as far as the log tells."""
        ...

    def close(self) -> None:
        """Leave the group."""
        ...


class Log(Protocol):
    """A log to write to and to read back from, whatever stands behind it."""

    def append(self, entries: Sequence[tuple[str, bytes]], headers: Headers = ()) -> None:
        """Append (key, value) pairs durably; entries of one key stay in order on one partition."""
        ...

    def partitions(self) -> list[str]:
        """All partitions."""
        ...

    def read(self, partition: str, start: str, end: str | None, handle: Callable[[Batch], None]) -> None:
        """Hand out a partition's records from `start` ('' is the beginning) up to the position `end`, exclusive."""
        ...

    def fetch(self, partition: str, offset: str) -> Record | None:
        """One entry; None if the log no longer holds it."""
        ...

    def read_back(self, partition: str, before: str, count: int) -> Sequence[Record]:
        """Up to `count` records that stand before the record at `before` ('' is the log's end), newest first.

        `before` is a record's own position, its offset as text; empty once the beginning is reached.
        """
        ...

    def end(self, partition: str) -> str:
        """The position after everything that a partition holds now."""
        ...

    def reached(self, position: str, target: str) -> bool:
        """Whether a stored position is at or past another; '' is the beginning."""
        ...

    def close(self) -> None:
        """Release connections."""
        ...


def caught_up(log: Log, positions: Mapping[str, str], targets: Mapping[str, str]) -> bool:
    """Whether each partition's position is at or past its target."""
    return all(log.reached(positions.get(partition, ""), target) for partition, target in targets.items())

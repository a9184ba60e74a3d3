"""The journal: what people decide, append-only in a log of its own, so that it survives Redis as counters do.

Model applications, approvals, closed periods and the like are entries of their own kinds. The journal is a topic of
one partition, so its entries have one order, and an entry's position names it for good.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import msgspec

from streams.records import Batch, Log, LogUnavailable, Record

from .chain import Chain, Chained

log = logging.getLogger(__name__)

T = TypeVar("T")

#: Kafka takes 1 MB a record unless told otherwise; larger entries travel in pieces of this size.
PIECE_BYTES = 500_000
#: Names of a record's headers: the entry it belongs to, which piece it is, of how many, the site that decided, what the
#: writer had read of the journal, and from where one would read on after that.
_ENTRY, _PIECE, _PIECES, _SITE, _CHAIN, _FROM = "entry", "piece", "pieces", "site", "chain", "from"
#: Whoever only appends finds an entry of its own site among so many of the newest records, or reads from the beginning.
_NEAR_END = 200
#: What was parsed out of entries is kept for this many; a model is the largest of them.
_PARSED_KEPT = 64


@dataclass(frozen=True, slots=True)
class Entry:
    """One decision: its kind (`model.applied`), when, by whom, and what; `position` once it is in the journal."""

    kind: str
    at_ms: int
    author: str
    body: Mapping[str, Any]
    position: str = ""


@dataclass(slots=True)
class _Pieces:
    """The pieces of an entry that have been read so far."""

    wanted: int
    held: dict[int, bytes] = field(default_factory=dict)


class Journal:
    """Appends to and reads a log of one partition; remembers what it read; for any number of threads.

    `prepare` makes sure that the log exists, and is called before the first use. Sites that share a topic share its
    journal, too; each reads only its own entries.
    """

    def __init__(self, log: Log, site: str, prepare: Callable[[], None] = lambda: None) -> None:
        self._log = log
        self._site = site
        self._prepare = prepare
        self._lock = threading.RLock()
        self._begins_near_end = False
        self._partition = ""
        self._position = self._newest = ""
        self._entries: list[Entry] = []
        self._by_family: dict[str, list[Entry]] = {}
        self._at: dict[str, int] = {}
        self._chain = Chain()
        self._open: dict[str, _Pieces] = {}
        self._parsed: OrderedDict[tuple[str, Any], Any] = OrderedDict()

    def for_appending(self) -> Journal:
        """The same journal for who only appends: it begins near its end instead of reading what there is."""
        tail = Journal(self._log, self._site, self._prepare)
        tail._begins_near_end = True
        return tail

    def append(self, entry: Entry) -> Entry:
        """Append an entry durably; returns it with its position."""
        name = uuid.uuid4().hex
        content = msgspec.json.encode(
            {"kind": entry.kind, "at_ms": entry.at_ms, "author": entry.author, "body": entry.body}
        )
        pieces = [content[at : at + PIECE_BYTES] for at in range(0, len(content), PIECE_BYTES)]
        with self._lock:
            self._ready()
            self._read_on()
            shared = {_ENTRY: name, _PIECES: str(len(pieces)), _SITE: self._site, _CHAIN: self._chain.claim()}
            shared[_FROM] = "" if self._open else self._position
            for number, piece in enumerate(pieces):
                headers = {**shared, _PIECE: str(number)}
                self._log.append([("journal", piece)], [(key, value.encode()) for key, value in headers.items()])
            self._read_on()
            if name not in self._at:
                raise LogUnavailable(f"the journal does not hold what was just appended to it ({entry.kind})")
            return self._entries[self._at[name]]

    def entries(self, kind_prefix: str = "") -> list[Entry]:
        """All entries whose kind begins so, in their order; what was appended meanwhile is read first."""
        family, dot, _ = kind_prefix.partition(".")
        with self._lock:
            self._ready()
            self._read_on()
            held = self._by_family.get(family, []) if dot else self._entries
            return [one for one in held if one.kind.startswith(kind_prefix)]

    def since(self, count: int) -> list[Entry]:
        """The entries after the first `count`: what a fold that took as many has still to take."""
        with self._lock:
            self._ready()
            self._read_on()
            return self._entries[count:]

    def chained(self) -> Chained:
        """Whether all entries are what they were when others were appended to them."""
        with self._lock:
            self._ready()
            self._read_on()
            return self._chain.state()

    def holds(self, claim: str) -> bool | None:
        """Whether the first entries are what they were when somebody kept this claim; None if they are gone by now."""
        with self._lock:
            self._ready()
            self._read_on()
            return self._chain.holds(claim)

    def parsed(self, entry: Entry, parse: Callable[[Entry], T]) -> T:
        """What `parse` makes of an entry, remembered for the entries asked for last."""
        key = (entry.position, parse)
        with self._lock:
            if key in self._parsed:
                self._parsed.move_to_end(key)
                return self._parsed[key]  # type: ignore[no-any-return]
        found = parse(entry)
        with self._lock:
            self._parsed[key] = found
            if len(self._parsed) > _PARSED_KEPT:
                self._parsed.popitem(last=False)
        return found

    def _ready(self) -> None:
        if not self._partition:
            self._prepare()
            found = self._log.partitions()
            if not found:
                raise LogUnavailable("the journal's topic does not exist yet")
            self._partition = found[0]
            if self._begins_near_end:
                self._begin_near_end()

    def _begin_near_end(self) -> None:
        """Believe what the newest entry claims of those before it; whoever reads all of them compares it."""
        for record in self._log.read_back(self._partition, "", _NEAR_END):
            headers = {key: (value or b"").decode() for key, value in record.headers}
            if headers.get(_SITE) == self._site and headers.get(_FROM) and headers.get(_PIECES) == "1":
                self._position, self._chain = headers[_FROM], Chain.claimed(headers[_CHAIN])
                return

    def _read_on(self) -> None:
        """Read what is new; asking for the newest record first is cheaper by far than reading on from a position."""
        newest = self._log.read_back(self._partition, "", 1)
        if newest and str(newest[0].offset) != self._newest:
            self._log.read(self._partition, self._position, None, self._take)

    def _take(self, batch: Batch) -> None:
        for record in batch.records:
            self._take_record(record)
        self._position, self._newest = batch.next_position, str(batch.records[-1].offset)

    def _take_record(self, record: Record) -> None:
        """Join pieces to entries; a piece that came twice counts once, an unfinished set never becomes an entry."""
        try:
            headers = {key: (value or b"").decode() for key, value in record.headers}
            name, number, wanted = headers[_ENTRY], int(headers[_PIECE]), int(headers[_PIECES])
            if name in self._at or headers[_SITE] != self._site:
                return
            pieces = self._open.setdefault(name, _Pieces(wanted))
            pieces.held[number] = record.value or b""
            if len(pieces.held) < wanted:
                return
            del self._open[name]
            content = b"".join(pieces.held[at] for at in range(wanted))
            entry = replace(msgspec.json.decode(content, type=Entry), position=str(record.offset))
            self._chain.take(content, headers.get(_CHAIN, ""), entry.position)
        except (LookupError, ValueError) as error:
            log.warning("journal: the record at %s is no entry (%s); passed over", record.offset, error)
            return
        self._at[name] = len(self._entries)
        self._entries.append(entry)
        self._by_family.setdefault(entry.kind.partition(".")[0], []).append(entry)

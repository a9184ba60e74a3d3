"""The board in Redis: the last one whole, and the recent changes to follow."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from scoring.board import Board, KpiResult, Row, Series, SourceState, UnitScore
from scoring.forecast import Forecast

from ..exact import fraction_read, fraction_text
from .connection import Redis, reaching, text_map
from .keys import SiteKeys

#: Changes kept to follow; a reader further behind loads the board whole.
CHANGES_LENGTH = 512

#: Stands for every unit.
ALL = "*"

#: The parts of a board, the type of their items, and whether these are named by a pair: (unit, kpi), (table, key).
PARTS: dict[str, tuple[type[Any], bool]] = {
    "kpis": (KpiResult, True),
    "units": (UnitScore, False),
    "sources": (SourceState, False),
    "series": (Series, True),
    "forecasts": (Forecast, True),
    "unit_forecasts": (Forecast, False),
    "yesterday_kpis": (KpiResult, True),
    "yesterday_units": (UnitScore, False),
    "rows": (Row, True),
}

Parts = Mapping[str, Mapping[Any, Any]]


_ENCODER = msgspec.msgpack.Encoder(enc_hook=fraction_text)
_DECODERS = {part: msgspec.msgpack.Decoder(kind, dec_hook=fraction_read) for part, (kind, _) in PARTS.items()}


@dataclass(frozen=True, slots=True)
class BoardMeta:
    """What a board says of itself; `positions` is how far into the log its counters of `generation` stood."""

    version: int
    as_of_ms: int
    model_version: str
    epoch: str
    tick_ms: float = 0.0
    generation: str = ""
    positions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Followed:
    """A board after some changes, the entry of the changes stream it stands at, and the units that moved."""

    board: Board
    entry: bytes
    moved: Collection[str]


class BoardStore:
    """Publishes and follows the board of a site."""

    def __init__(self, redis: Redis, site: str) -> None:
        self._redis = redis
        self._keys = SiteKeys(site)

    def close(self) -> None:
        """Close the connections."""
        self._redis.close()

    def publish(self, meta: BoardMeta, parts: Parts, *, whole: bool) -> None:
        """Publish changed parts; `whole` replaces everything published before."""
        encoded = {
            part: {_name(key): _ENCODER.encode(item) for key, item in items.items()}
            for part, items in parts.items() if items or whole
        }  # fmt: skip
        head = {
            "version": meta.version,
            "as_of_ms": meta.as_of_ms,
            "model_version": meta.model_version,
            "tick_ms": meta.tick_ms,
        }
        blob = msgspec.msgpack.encode({} if whole else encoded)
        with reaching():
            pipe = self._redis.pipeline(transaction=True)
            if whole:
                pipe.delete(*(self._keys.board_part(part) for part in PARTS))
            for part, items in encoded.items():
                if items:
                    pipe.hset(self._keys.board_part(part), mapping=items)
            stands = {"generation": meta.generation, "positions": msgspec.json.encode(meta.positions)}
            pipe.hset(self._keys.board, mapping={**head, **stands, "epoch": meta.epoch})
            change: Any = {**head, "epoch": meta.epoch, "whole": int(whole), "parts": blob}
            pipe.xadd(self._keys.board_changes, change, maxlen=CHANGES_LENGTH, approximate=True)
            pipe.execute()

    def load(self) -> tuple[Board, bytes] | None:
        """The last board and the entry of the changes stream it stands at; None before the first."""
        with reaching():
            pipe = self._redis.pipeline(transaction=True)
            pipe.hgetall(self._keys.board).xrevrange(self._keys.board_changes, count=1)
            for part in PARTS:
                pipe.hgetall(self._keys.board_part(part))
            head, newest, *hashes = pipe.execute()
        if not head or not newest:
            return None
        parts = {part: _decoded(part, found) for part, found in zip(PARTS, hashes, strict=True)}
        held = text_map(head)
        board = Board(int(held["version"]), held["model_version"], int(held["as_of_ms"]), **parts)
        return board, newest[0][0]

    def meta(self) -> BoardMeta | None:
        """What the last board says of itself."""
        with reaching():
            held = text_map(self._redis.hgetall(self._keys.board))
        if not held:
            return None
        return BoardMeta(
            int(held["version"]), int(held["as_of_ms"]), held["model_version"], held["epoch"], float(held["tick_ms"]),
            held.get("generation", ""), msgspec.json.decode(held.get("positions", "{}")),
        )  # fmt: skip

    def follow(self, board: Board, entry: bytes, timeout_ms: int) -> Followed | None:
        """The board after the changes since `entry`, waiting up to `timeout_ms`; None if it must be loaded whole."""
        moved: set[str] = set()
        with reaching():
            found: Any = self._redis.xread({self._keys.board_changes: entry}, block=timeout_ms, count=CHANGES_LENGTH)
        if not found:
            return Followed(board, entry, moved)
        for change, fields in found[0][1]:
            if int(fields[b"whole"]) or int(fields[b"version"]) != board.version + 1:
                return None
            parts = {part: _decoded(part, items) for part, items in msgspec.msgpack.decode(fields[b"parts"]).items()}
            changed = {part: {**getattr(board, part), **items} for part, items in parts.items()}
            moved.update(unit for part, items in parts.items() for unit in _units(part, items))
            board = replace(
                board, version=int(fields[b"version"]), as_of_ms=int(fields[b"as_of_ms"]),
                model_version=fields[b"model_version"].decode(), **changed,
            )  # fmt: skip
            entry = change
        return Followed(board, entry, moved)


def _units(part: str, items: Mapping[Any, Any]) -> Iterator[str]:
    """The units that changed items concern; a source concerns all of them."""
    match part:
        case "sources":
            yield from [ALL] if items else []
        case "rows":
            yield from (row.unit for row in items.values())
        case _:
            yield from (key[0] if isinstance(key, tuple) else key for key in items)


def _name(key: Any) -> str:
    return "|".join(key) if isinstance(key, tuple) else key


def _decoded(part: str, found: Mapping[Any, bytes]) -> dict[Any, Any]:
    paired = PARTS[part][1]
    items = {}
    for name, item in found.items():
        text = name.decode() if isinstance(name, bytes) else name
        items[tuple(text.split("|", 1)) if paired else text] = _DECODERS[part].decode(item)
    return items

"""Heartbeats: what a screen says of itself every ten seconds, and what the server keeps of it."""

from __future__ import annotations

from typing import Annotated

import msgspec

_Name = Annotated[str, msgspec.Meta(max_length=200)]
_Size = Annotated[int, msgspec.Meta(ge=0, le=100_000)]
#: Room for a clock that is centuries off, on either side.
_Ms = Annotated[float, msgspec.Meta(ge=-1e15, le=1e15)]
_Count = Annotated[float, msgspec.Meta(ge=0, le=1e9)]


class Beat(msgspec.Struct, frozen=True, omit_defaults=True):
    """A heartbeat as it comes in; what a browser can't tell is left out."""

    scene: _Name | None = None
    key: _Name | int | None = None
    width: _Size | None = None
    height: _Size | None = None
    ratio: Annotated[float, msgspec.Meta(ge=0, le=100)] | None = None
    version: _Name | None = None
    data_age_ms: _Ms | None = None
    heap_mb: _Count | None = None
    nodes: _Count | None = None
    frozen_ms: _Ms | None = None
    clock_ms: _Ms | None = None
    uptime_s: _Count | None = None


class Heard(msgspec.Struct, frozen=True, omit_defaults=True):
    """A heartbeat with when it came by the server's clock, and from where."""

    at_ms: int
    address: str = ""
    beat: Beat = Beat()


def decoded(content: bytes) -> Heard | None:
    """What was kept of a heartbeat; None for what another version kept otherwise."""
    try:
        return msgspec.json.decode(content, type=Heard)
    except msgspec.DecodeError:
        return None

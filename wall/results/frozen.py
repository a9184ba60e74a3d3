"""Results as plain data and back, exact: what a closed period and an approved trial keep, and their digest."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypeVar

import msgspec

from streams.exact import fraction_read, fraction_text

T = TypeVar("T")


def plain(value: Any) -> Any:
    """A dataclass or container as JSON data; fractions as `n/d`, decimals as text."""
    return msgspec.to_builtins(value, enc_hook=fraction_text, str_keys=True)


def restored(found: Any, kind: type[T]) -> T:
    """The value that `plain` was given."""
    return msgspec.convert(found, kind, dec_hook=_decoded, str_keys=True)


def _decoded(wanted: type, found: Any) -> Any:
    return Decimal(found) if wanted is Decimal else fraction_read(wanted, found)


def digest(content: Mapping[str, Any]) -> str:
    """The SHA-256 of JSON data with sorted keys: the same for the same content, whoever computes it.

    >>> digest({"b": 1, "a": 2}) == digest({"a": 2, "b": 1})
    True
    """
    return hashlib.sha256(msgspec.json.encode(content, order="sorted")).hexdigest()

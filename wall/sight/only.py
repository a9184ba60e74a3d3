"""A mapping through which only some keys are seen: what a board costs to filter does not grow with the board."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Only(Mapping[K, V]):
    """The entries of `base` under `keys`, in the order of `keys`; `clean` is what is seen of a value.

    >>> dict(Only({"a": 1, "b": 2}, {"b": None, "c": None}, lambda value: value * 10))
    {'b': 20}
    """

    __slots__ = ("_base", "_clean", "_keys")

    def __init__(self, base: Mapping[K, V], keys: Mapping[K, None], clean: Callable[[V], V] = lambda value: value):
        self._base = base
        self._keys = keys
        self._clean = clean

    def __getitem__(self, key: K) -> V:
        if key not in self._keys:
            raise KeyError(key)
        return self._clean(self._base[key])

    def __iter__(self) -> Iterator[K]:
        return (key for key in self._keys if key in self._base)

    def __len__(self) -> int:
        return sum(1 for _ in self)

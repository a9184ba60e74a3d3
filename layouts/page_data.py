"""What the browser needs to know of a page before its first frame."""

from __future__ import annotations

from .bindings import Attributes, data
from .lookup import Lookup
from .moments import AGE_KEYS


def page_data(found: Lookup, push: str, version: str) -> Attributes:
    """The page's stream and version, the company's zone and the texts that ages are written with."""
    words = found.words
    texts = {f"text_{key.replace('.', '_')}": words.table[key] for key in AGE_KEYS}
    return data(push=push, version=version, zone=found.zone, now=str(found.board.as_of_ms), **texts)

"""Bars per bucket: a few paths, stretched to their box."""

from __future__ import annotations

from typing import Any

from ..bindings import paths
from ..bucket_bars import PARTS
from ..lookup import View


def bucket_chart(view: View, key: str) -> Any:
    """The bars under the key, as `bucket_bars` gives them."""
    return paths(view, key, PARTS, "bucket-chart")

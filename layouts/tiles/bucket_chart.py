"""Bars per bucket: a few paths, stretched to their box."""

from __future__ import annotations

from ..bindings import paths
from ..bucket_bars import PARTS
from ..lookup import View
from ..markup import Element


def bucket_chart(view: View, key: str) -> Element:
    """The bars under the key, as `bucket_bars` gives them."""
    return paths(view, key, PARTS, "bucket-chart")

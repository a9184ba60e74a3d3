"""The phone's own signs, drawn in the colour of the text around them."""

from __future__ import annotations

from typing import Any

from ..bindings import Attributes
from ..markup import svg

_PATHS = {
    "home": "M4 11 12 4l8 7M6 9.5V20h4.5v-5.5h3V20H18V9.5",
    "peers": "M5 20V11M12 20V4M19 20v-6",
    "trend": "M3.5 17.5 9 11l4 4 7.5-9M15.5 6h5v5",
    "pinned": "m12 3.8 2.5 5.2 5.7.8-4.1 4 1 5.7-5.1-2.7-5.1 2.7 1-5.7-4.1-4 5.7-.8z",
    "alerts": "M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 2h-15zM10 21h4",
    "more": "M5 12h.01M12 12h.01M19 12h.01",
    "before": "m14.5 5-7 7 7 7",
    "after": "m9.5 5 7 7-7 7",
    "up": "m5 14.5 7-7 7 7",
    "down": "m5 9.5 7 7 7-7",
    "close": "M6 6l12 12M18 6 6 18",
    "grip": "M8 7h8M8 12h8M8 17h8",
    "cut": "M4 4l16 16M5 10.5a10 10 0 0 1 4-2.4M14 7.6a10 10 0 0 1 5 2.9M8.3 14a6 6 0 0 1 3.2-1.6M12 18.2h.01",
    "lock": "M6.5 11h11v8.5h-11zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
}


def aria(**values: str) -> Attributes:
    """What is told to who can't see: `aria(label="More")` is `aria-label="More"`."""
    return {f"aria-{name}": value for name, value in values.items()}


def icon(name: str) -> Any:
    """One of them; it says nothing to who can't see it, so words stand beside it or in its label."""
    return svg(
        "svg",
        svg("path", d=_PATHS[name]),
        viewBox="0 0 24 24",
        className=f"icon icon-{name}",
        **aria(hidden="true"),
    )

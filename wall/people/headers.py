"""The headers of every answer: what browsers may do with it, and that nobody keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: What no page here uses.
_DENIED = ("accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "magnetometer", "microphone",
           "midi", "payment", "usb", "xr-spatial-tracking")  # fmt: skip
_YEAR_S = 31_536_000


class Secured:
    """Adds the headers to the start of an answer."""

    def __init__(self, policy: str) -> None:
        self._headers = [
            (b"content-security-policy", policy.encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"x-frame-options", b"SAMEORIGIN"),
            (b"referrer-policy", b"same-origin"),
            (b"cross-origin-opener-policy", b"same-origin"),
            (b"cross-origin-resource-policy", b"same-origin"),
            (b"permissions-policy", ", ".join(f"{name}=()" for name in _DENIED).encode()),
        ]

    def start(self, message: Mapping[str, Any], secure: bool) -> dict[str, Any]:
        """The start of an answer with the headers; what says nothing of being kept must not be."""
        headers = [*message.get("headers", []), *self._headers]
        if secure:
            headers.append((b"strict-transport-security", b"max-age=%d" % _YEAR_S))
        if not any(name.lower() == b"cache-control" for name, _ in headers):
            headers.append((b"cache-control", b"no-store"))
        return {**message, "headers": headers}

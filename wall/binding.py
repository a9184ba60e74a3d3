"""What is to be said of where a server listens."""

from __future__ import annotations

import contextlib
import ipaddress

from .settings import Settings


def warning_of(settings: Settings) -> str:
    """What is wrong with where the server listens; empty where nothing is.

    >>> warning_of(Settings(host="127.0.0.1")), warning_of(Settings(host="0.0.0.0", public_url="https://kpi.test"))
    ('', '')
    >>> warning_of(Settings(host="0.0.0.0")).startswith("0.0.0.0 is reachable from outside")
    True
    """
    if _is_loopback(settings.host) or settings.public_url.startswith("https:"):
        return ""
    return (
        f"{settings.host} is reachable from outside, and passwords would cross the network readable for all; "
        "put a server that speaks https in front and set public_url (https://...)"
    )


def _is_loopback(host: str) -> bool:
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"

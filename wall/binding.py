"""Where a server may listen before there is sign-in."""

from __future__ import annotations

import contextlib
import ipaddress


class Unprotected(ValueError):
    """A server that would be reachable from outside without any protection."""


def check_binding(host: str, token: str) -> None:
    """Refuse to listen beyond loopback without a token.

    >>> check_binding("0.0.0.0", "")
    Traceback (most recent call last):
    wall.binding.Unprotected: host 0.0.0.0 is reachable from outside; set a token (--token), or bind to 127.0.0.1
    """
    loopback = host == "localhost"
    with contextlib.suppress(ValueError):
        loopback = loopback or ipaddress.ip_address(host).is_loopback
    if not loopback and not token:
        raise Unprotected(f"host {host} is reachable from outside; set a token (--token), or bind to 127.0.0.1")

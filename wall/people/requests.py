"""What a request says of itself before anybody is asked: from where it comes, how large it is, what it calls us."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from wall.settings import Settings

SAFE = ("GET", "HEAD", "OPTIONS")


class Headers:
    """The headers of a request by their names in lower case; the last of several counts."""

    def __init__(self, scope: Mapping[str, Any]) -> None:
        self._held: dict[str, str] = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }

    def __call__(self, name: str) -> str:
        """A header's value; empty where there is none."""
        return self._held.get(name, "")

    def __contains__(self, name: str) -> bool:
        return name in self._held


def bearer(headers: Headers) -> str:
    """The token that is presented, empty where none is."""
    scheme, _, token = headers("authorization").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def is_own(headers: Headers, known: bool, public_url: str) -> bool:
    """Whether a request that changes something comes from a page of this server.

    Browsers say from where: newer ones in `Sec-Fetch-Site`, all in `Origin`. What says nothing is no browser; it is
    believed unless it presents a cookie (`known`).

    >>> from wall.people.requests import Headers
    >>> told = Headers({"headers": [(b"origin", b"http://evil.test"), (b"host", b"kpi.test")]})
    >>> is_own(told, False, "")
    False
    """
    site, origin = headers("sec-fetch-site"), headers("origin")
    if site:
        return site in ("same-origin", "none")
    if origin:
        own = {headers("host").lower(), urlsplit(public_url).netloc.lower()} - {""}
        return urlsplit(origin).netloc.lower() in own
    return not known


def size_fault(headers: Headers, most_bytes: int) -> int:
    """The status that refuses a body before any of it is read: too large, or of a length that is not told; else 0."""
    if "transfer-encoding" in headers:
        return 411
    length = headers("content-length")
    if not length:
        return 0
    return 0 if length.isascii() and length.isdigit() and int(length[:20]) <= most_bytes else 413


class Hosts:
    """The names that the server may be asked by; any where no public address is set."""

    def __init__(self, settings: Settings) -> None:
        more = {one.strip().lower() for one in settings.hosts.split(",")}
        self._known = {_host(settings.public_url.partition("//")[2]), settings.host.lower(), *more} - {""}
        self._any = not settings.public_url

    def knows(self, headers: Headers) -> bool:
        """Whether it may be asked by this name."""
        asked = _host(headers("host"))
        return self._any or asked in self._known or _is_loopback(asked)


def _host(netloc: str) -> str:
    """The name without its port.

    >>> _host("Kpi.test:8050"), _host("[::1]:8050")
    ('kpi.test', '::1')
    """
    try:
        return (urlsplit(f"//{netloc}").hostname or "").lower()
    except ValueError:
        return ""


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False

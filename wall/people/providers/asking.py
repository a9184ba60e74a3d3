"""Asking a provider from server to server, within a time and a size, and without following it elsewhere."""

from __future__ import annotations

import base64
import hashlib
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import requests
from urllib3.exceptions import HTTPError

from .person import SignInFailed, Why

#: To connect, and between two pieces of an answer.
TIMEOUT_S = (5.0, 10.0)
_MOST_BYTES = 1 << 20


def ask(method: str, url: str, **how: Any) -> Mapping[str, Any]:
    """The JSON object that a provider answers with, whatever its status; raises `SignInFailed` where there is none."""
    try:
        with requests.request(method, url, timeout=TIMEOUT_S, allow_redirects=False, stream=True, **how) as answer:
            content = answer.raw.read(_MOST_BYTES, decode_content=True)
            status = answer.status_code
    except (requests.RequestException, HTTPError, OSError) as error:
        raise SignInFailed(Why.UNREACHED, f"{_place(url)} does not answer: {type(error).__name__}") from None
    if status >= 500:
        raise SignInFailed(Why.UNREACHED, f"{_place(url)} answers {status}")
    try:
        found = msgspec.json.decode(content, type=dict[str, Any])
    except msgspec.MsgspecError:
        raise SignInFailed(Why.UNREACHED, f"{_place(url)} answers {status} without a JSON object") from None
    return found


def _place(url: str) -> str:
    """An address without its query, which may hold secrets."""
    return url.partition("?")[0]


def challenge_of(verifier: str) -> str:
    """The challenge of a PKCE verifier (RFC 7636, S256).

    >>> challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
    """
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def text_of(found: Mapping[str, Any], name: str, where: str) -> str:
    """A text of an answer that must be there."""
    value = found.get(name)
    if not isinstance(value, str) or not value:
        raise SignInFailed(Why.UNTRUSTED, f"{where}: no {name}")
    return value


class Kept:
    """Something fetched once and kept until shortly before it runs out, for all threads."""

    def __init__(self, fetch: Callable[[], tuple[str, float]], steady: Callable[[], float] = time.monotonic) -> None:
        self._fetch = fetch
        self._steady = steady
        self._lock = threading.Lock()
        self._held, self._until = "", float("-inf")

    def get(self) -> str:
        """The thing; fetched if it has run out."""
        with self._lock:
            if self._steady() >= self._until:
                self._held, for_s = self._fetch()
                self._until = self._steady() + 0.9 * for_s
            return self._held

    def drop(self, held: str) -> None:
        """It is no longer good; fetch another next time."""
        with self._lock:
            if self._held == held:
                self._until = float("-inf")

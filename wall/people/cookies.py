"""The cookie of a session, marked so that no page of another host and no plain connection can set or get it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import cookie_parser
from starlette.responses import Response

from wall.settings import Settings

SESSION = "kpiwall_session"
#: Browsers take a cookie of such a name from a secure page of this very host only.
LOCKED = "__Host-"


class Cookies:
    """Reads and sets the cookie of sessions; secure where people come by https."""

    def __init__(self, settings: Settings, kept_s: int) -> None:
        self._always_secure = settings.public_url.startswith("https:")
        self._kept_s = kept_s

    def is_secure(self, scope: Mapping[str, Any]) -> bool:
        """Whether whoever asks came by https, also where something in front of the server ends it."""
        return self._always_secure or scope.get("scheme") == "https"

    def name(self, scope: Mapping[str, Any]) -> str:
        """The cookie's name."""
        return LOCKED + SESSION if self.is_secure(scope) else SESSION

    def presented(self, scope: Mapping[str, Any]) -> str:
        """The id of the session that is presented."""
        return all_cookies(scope).get(self.name(scope), "")

    def set(self, answer: Response, scope: Mapping[str, Any], session: str, kept: bool) -> None:
        """Let the browser present a session: until it is closed, or on a person's own device as long as it holds."""
        age_s = self._kept_s if kept else None
        answer.set_cookie(
            self.name(scope), session, age_s, path="/", httponly=True, samesite="lax", secure=self.is_secure(scope)
        )

    def clear(self, answer: Response, scope: Mapping[str, Any]) -> None:
        """Let the browser forget its session."""
        secure = self.is_secure(scope)
        answer.delete_cookie(self.name(scope), path="/", httponly=True, samesite="lax", secure=secure)


def all_cookies(scope: Mapping[str, Any]) -> dict[str, str]:
    """The cookies of a request."""
    lines = [value.decode("latin-1") for name, value in scope["headers"] if name == b"cookie"]
    return cookie_parser("; ".join(lines)) if lines else {}

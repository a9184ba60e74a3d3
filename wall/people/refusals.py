"""How the guard says no: a page to people, JSON to programs, in the same words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

import msgspec
from starlette.responses import HTMLResponse, RedirectResponse, Response

from layouts.words import Words

from .requests import Headers

#: What no person opens as a page.
_PROGRAMS = ("/api/", "/push/", "/_dash", "/assets/", "/lib/", "/metrics", "/healthz", "/readyz")

Page = Callable[[str, str, str], str]


def is_page(scope: Mapping[str, Any], headers: Headers) -> bool:
    """Whether a person opens a page, as against a program or a script that fetches something."""
    if scope["path"].startswith(_PROGRAMS) or headers("sec-fetch-mode") not in ("", "navigate"):
        return False
    return "text/html" in headers("accept")


def to_sign_in(scope: Mapping[str, Any], headers: Headers) -> Response:
    """To signing in and back; a program is told what it lacks."""
    if not is_page(scope, headers):
        refused = json(401, "sign in, or send Authorization: Bearer and an API token (kpiwall tokens issue)")
        refused.headers["www-authenticate"] = "Bearer"
        return refused
    if scope["method"] not in ("GET", "HEAD"):
        return RedirectResponse("/sign-in", 303)
    query = scope["query_string"].decode("latin-1")
    here = quote(scope["path"]) + (f"?{query}" if query else "")
    return RedirectResponse("/sign-in" if here == "/" else f"/sign-in?next={quote(here)}", 303)


def refusal(scope: Mapping[str, Any], headers: Headers, status: int, key: str, page: Page, words: Words) -> Response:
    """Why not; `key` names the words (`people.no.KEY`), `page` makes a page of a title, a text and a language."""
    why = words(f"people.no.{key}")
    if is_page(scope, headers):
        return HTMLResponse(page(words(f"people.no.{key}.title"), why, words.language), status)
    return json(status, why)


def json(status: int, why: str) -> Response:
    """Why not, for a program."""
    return Response(msgspec.json.encode({"error": why}), status, media_type="application/json")

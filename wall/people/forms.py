"""What routes about people share: a form as it was sent, answered beside the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from layouts.words import LANGUAGES, Words

from .cookies import Cookies
from .sessions import hash_of
from .viewer import VIEWER, Viewer

#: Longer addresses are none of ours.
_MOST_ADDRESS = 2000


@dataclass(frozen=True, slots=True)
class Asked:
    """A request with what its form says."""

    request: Request
    fields: tuple[tuple[str, str], ...]
    language: str

    def __getitem__(self, name: str) -> str:
        return next((value for key, value in self.fields if key == name), "")

    def all(self, name: str) -> list[str]:
        """Every value of a field that may be there several times."""
        return [value for key, value in self.fields if key == name]

    @property
    def words(self) -> Words:
        """The words of whoever asks."""
        return Words.of(self.language)

    @property
    def viewer(self) -> Viewer:
        """Who asks."""
        viewer: Viewer = self.request.scope[VIEWER]
        return viewer

    @property
    def address(self) -> str:
        """From where it comes."""
        return self.request.client.host if self.request.client else ""

    @property
    def agent(self) -> str:
        """What the browser says it is."""
        return self.request.headers.get("user-agent", "")

    @property
    def onward(self) -> str:
        """Where to go on to, if that is a page of this server."""
        return own_path(self["next"] or self.request.query_params.get("next", ""))

    def session(self, cookies: Cookies) -> str:
        """The hash of the session that is presented; empty where none is."""
        presented = cookies.presented(self.request.scope)
        return hash_of(presented) if presented else ""


Answering = Callable[[Asked], Response]


def answered_by(answering: Answering, helpers: Executor, language: Callable[[], str]) -> Callable[[Request], object]:
    """An endpoint that runs beside the event loop, as it may reach Redis and the journal; `language` is the default."""

    async def endpoint(request: Request) -> Response:
        content = b"" if request.method in ("GET", "HEAD") else await request.body()
        fields = tuple(parse_qsl(content.decode("utf-8", "replace"), keep_blank_values=True))
        asked = Asked(request, fields, _language(request, fields, language()))
        return await asyncio.get_running_loop().run_in_executor(helpers, answering, asked)

    return endpoint


def _language(request: Request, fields: tuple[tuple[str, str], ...], default: str) -> str:
    """The language asked for, that of the account, one that the browser prefers, else that of the model."""
    viewer: Viewer = request.scope[VIEWER]
    wished = [dict(fields).get("lang"), request.query_params.get("lang"), viewer.language]
    wished += preferred(request.headers.get("accept-language", ""))
    return next((one for one in wished if one in LANGUAGES), default)


def preferred(accepted: str) -> list[str]:
    """Our languages among those that a browser accepts, in its order.

    >>> preferred("zh,en-GB;q=0.8,en;q=0.7"), preferred("fr")
    (['zh-CN', 'en', 'en'], [])
    """
    ours = {one.split("-")[0]: one for one in LANGUAGES}
    asked = [part.split(";")[0].strip().lower().split("-")[0] for part in accepted.split(",")]
    return [ours[one] for one in asked if one in ours]


def own_path(text: str) -> str:
    r"""An address to go on to if it is a path of this server, else empty.

    >>> own_path("/phone/east?lang=en"), own_path("//evil.test"), own_path("/\\evil.test"), own_path("https://evil.test")
    ('/phone/east?lang=en', '', '', '')
    """
    if not text.startswith("/") or len(text) > _MOST_ADDRESS or "\\" in text or not text.isprintable():
        return ""
    parts = urlsplit(text)
    if text.startswith("//") or parts.scheme or parts.netloc or "//" in parts.path:
        return ""
    return "" if parts.path.startswith(("/sign-", "/setup", "/account/")) else text


def going_to(path: str, **asked: str) -> RedirectResponse:
    """An answer that leads on to a page."""
    query = urlencode({name: value for name, value in asked.items() if value})
    return RedirectResponse(f"{path}?{query}" if query else path, 303)

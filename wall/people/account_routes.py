"""One's own account over HTTP: each step is a form, and leads back to the page with what became of it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any

from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from layouts.account_page import account_page
from layouts.people_parts import Said
from layouts.words import Words
from streams.records import LogUnavailable
from streams.redis_adapters.connection import StoreUnavailable
from wall.refusal import Refused

from . import passwords
from .absence import absence_of
from .account import Account
from .audit import Act
from .entrance import Entrance
from .forms import Asked, answered_by, going_to
from .own_account import OwnPage
from .pages import people_document
from .sign_in_routes import SignedIn

#: What a step may lead back with; the key of its words.
_DONE = ("saved", "password.done", "session.ended", "sessions.ended", "token.revoked", "away.saved",
         "away.ended")  # fmt: skip

Step = Callable[[Asked, Account], Response]


def account_routes(entrance: Entrance, page: OwnPage, forget: Callable[[str], None], helpers: Executor) -> list[Route]:
    """The routes; `forget` makes this server ask for a session anew."""
    side = _Side(entrance, page, SignedIn(entrance, forget), forget)

    def endpoint(step: Step) -> Any:
        return answered_by(side.safely(step), helpers, lambda: page.model.language)

    steps = {"language": side.language, "password": side.password, "session": side.session,
             "sessions": side.sessions, "token": side.token, "revoke-token": side.revoke_token,
             "away": side.away}  # fmt: skip
    return [
        Route("/account", endpoint(side.show), methods=["GET"]),
        *(Route(f"/account/{name}", endpoint(step), methods=["POST"]) for name, step in steps.items()),
    ]


class _Side:
    """The answers."""

    def __init__(self, entrance: Entrance, page: OwnPage, signed_in: SignedIn, forget: Callable[[str], None]) -> None:
        self._entrance = entrance
        self._page = page
        self._signed_in = signed_in
        self._forget = forget

    def safely(self, step: Step) -> Callable[[Asked], Response]:
        """A step of whoever has signed in; a refusal is said on the page."""

        def answered(asked: Asked) -> Response:
            words = asked.words
            try:
                account = self._entrance.accounts.people().accounts.get(asked.viewer.name)
                if account is None or asked.viewer.kind != "person":
                    return going_to("/sign-in", next="/account")
                try:
                    return step(asked, account)
                except Refused as refused:
                    return self._shown(asked, account, Said(str(refused)), status=400)
            except (StoreUnavailable, LogUnavailable):
                page = self._page.notice(words("people.no.unknown.title"), words("people.away"), asked.language)
                return HTMLResponse(page, 503)

        return answered

    def _shown(
        self, asked: Asked, account: Account, what: Said | None = None, new_token: str = "", status: int = 200
    ) -> Response:
        told = self._page.told(asked, account, what, new_token)
        title = f"{told.title} · {told.company}"
        return HTMLResponse(people_document(asked.language, title, account_page(asked.words, told)), status)

    def show(self, asked: Asked, account: Account) -> Response:
        done = asked.request.query_params.get("done", "")
        return self._shown(asked, account, Said(asked.words(f"account.{done}"), True) if done in _DONE else None)

    def language(self, asked: Asked, account: Account) -> Response:
        self._entrance.accounts.change(account.id, {"language": asked["language"]}, account.name, asked.words)
        return going_to("/account", done="saved", lang=asked["language"])

    def away(self, asked: Asked, account: Account) -> Response:
        """Say when one is away and who stands in, or that one is not."""
        words, accounts = asked.words, self._entrance.accounts
        if asked["end"]:
            accounts.set_away(account.id, None, account.name, words)
            return _back("away.ended", words)
        substitute = asked["substitute"]
        if substitute and all(substitute != name for name, _ in self._page.substitutes(account)):
            raise Refused(words("people.refused.unknown", name=substitute[:64]))
        absence = absence_of(asked["first"], asked["last"], substitute, self._page.today, words)
        accounts.set_away(account.id, absence, account.name, words)
        return _back("away.saved", words)

    def password(self, asked: Asked, account: Account) -> Response:
        """Another password: all sessions end, and this browser gets a new one."""
        words = asked.words
        wait_s = self._entrance.throttle.attempt(account.id, asked.address)
        if wait_s:
            raise Refused(words("people.wait", seconds=wait_s))
        if not passwords.matches(account.password, asked["password"]):
            raise Refused(words("account.password.wrong"))
        self._entrance.throttle.passed(account.id, asked.address)
        kept = self._is_kept(asked)
        changed = self._entrance.accounts.set_password(account.id, asked["new"], account.name, words)
        self._entrance.sessions.end_all(account)
        done = _back("password.done", words)
        self._signed_in.begin(asked, done, changed, kept)
        return done

    def _is_kept(self, asked: Asked) -> bool:
        return any(one.kept for one in self._entrance.sessions.found([asked.viewer.session]).values())

    def session(self, asked: Asked, account: Account) -> Response:
        """End one session, told by the beginning of its hash."""
        named = [
            one for one in self._entrance.sessions.of(account) if asked["session"] and one.startswith(asked["session"])
        ]
        self._end(asked, account, named)
        return _back("session.ended", asked.words)

    def sessions(self, asked: Asked, account: Account) -> Response:
        """End all other sessions."""
        others = [one for one in self._entrance.sessions.of(account) if one != asked.viewer.session]
        self._end(asked, account, others)
        return _back("sessions.ended", asked.words)

    def _end(self, asked: Asked, account: Account, hashes: list[str]) -> None:
        self._entrance.sessions.end(account.id, hashes)
        for one in hashes:
            self._forget(one)
        if hashes:
            about = {"account": account.id, "number": len(hashes)}
            self._entrance.trail.note(Act.SESSION_REVOKED, asked.viewer, about)

    def token(self, asked: Asked, account: Account) -> Response:
        """Issue a token; it is told on this answer only."""
        days = int(asked["days"]) if asked["days"].isascii() and asked["days"].isdigit() else 0
        unit = self._unit(asked)
        issued = self._entrance.tokens.issue(
            account, asked["title"], asked.all("capability"), unit, days, account.name, asked.words
        )
        return self._shown(asked, account, new_token=issued.text)

    def _unit(self, asked: Asked) -> str:
        """The unit that a token is for; refused where the viewer does not see it."""
        unit = asked["unit"]
        if unit and all(unit != name for name, _ in self._page.units(asked)):
            raise Refused(asked.words("people.refused.unit", unit=unit))
        return unit

    def revoke_token(self, asked: Asked, account: Account) -> Response:
        held = {one.id for one in self._entrance.accounts.people().tokens_of(account.id)}
        token = asked["token"]
        if token not in held:
            raise Refused(asked.words("people.refused.token", id=token[:16]))
        self._entrance.tokens.revoke(token, account.name, asked.words)
        return _back("token.revoked", asked.words)


def _back(done: str, words: Words) -> Response:
    return going_to("/account", done=done, lang=words.language)

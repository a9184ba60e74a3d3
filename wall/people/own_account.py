"""One's own account in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

from layouts import moments
from layouts.account_page import AwayLine, Browser, OwnAccount, TokenLine
from layouts.people_parts import Said
from layouts.words import Words
from scoring.calendar import BusinessCalendar
from scoring.definitions import Model
from scoring.forms import text_in
from scoring.roles import ADMIN, Capability
from wall.sight.look import Grant, Sight
from wall.sight.visible import Visible

from . import passwords
from .account import Account, ApiToken
from .entrance import Entrance, real_ms
from .forms import Asked
from .pages import Modelled, company, notice
from .sessions import Session, short

#: Ways to sign in by one's own password have no name of their own.
_PASSWORD = "password"
#: What browsers and systems call themselves; the first that is found counts, as most call themselves by several.
_BROWSERS = (
    ("Edg", "Edge"), ("MicroMessenger", "WeChat"), ("DingTalk", "DingTalk"), ("Lark", "Feishu"),
    ("Firefox/", "Firefox"), ("HeadlessChrome", "Chromium"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


class Dated(Modelled, Protocol):
    """Knows the business clock, too."""

    def now_ms(self) -> int:
        """Business time now."""


class OwnPage:
    """Puts the page about oneself into words; `visible` is what a sight shows today."""

    def __init__(self, entrance: Entrance, site: Dated, visible: Callable[[Sight], Visible]) -> None:
        self._entrance = entrance
        self._site = site
        self._visible = visible

    @property
    def model(self) -> Model:
        """The model in force."""
        return self._site.model

    def notice(self, title: str, text: str, language: str) -> str:
        """A page that says why something is not shown."""
        return notice(self._site, title, text, language)

    def units(self, asked: Asked) -> list[tuple[str, str]]:
        """The units that the viewer sees: id and title."""
        model = self._visible(asked.viewer.sight()).model
        return [(unit.id, text_in(unit.title, asked.language)) for unit in model.units]

    @property
    def today(self) -> dt.date:
        """The business day."""
        return BusinessCalendar(self.model.calendar).business_date(self._site.now_ms())

    def substitutes(self, account: Account) -> list[tuple[str, str]]:
        """Who may stand in for somebody: everybody else who can sign in, by name."""
        others = self._entrance.accounts.people().accounts.values()
        named = [(one.id, one.name) for one in others if not one.disabled and one.id != account.id]
        return sorted(named, key=lambda one: (one[1], one[0]))

    def _away(self, account: Account, words: Words) -> AwayLine:
        """The absence that runs or comes."""
        held, others, today = account.away, self.substitutes(account), self.today
        if held is None or held.last < today:
            return AwayLine("", today.isoformat(), others)
        first, last = moments.day(held.first, words), moments.day(held.last, words)
        name = dict(others).get(held.substitute, "")
        key = "account.away.now.with" if name else "account.away.now"
        return AwayLine(words(key, first=first, last=last, substitute=name), today.isoformat(), others)

    def told(self, asked: Asked, account: Account, what: Said | None, new_token: str) -> OwnAccount:
        """What the page tells."""
        words, viewer = asked.words, asked.viewer
        able = [(str(one), words(f"capability.{one}")) for one in Capability if viewer.may(one)]
        return OwnAccount(
            company=company(self._site, asked.language),
            name=account.id,
            title=account.name,
            facts=list(self._facts(account, words)),
            language=account.language,
            least=passwords.LEAST_CHARACTERS if account.password else 0,
            browsers=self._browsers(account, asked),
            tokens=self._tokens(account, words),
            capabilities=able,
            units=self.units(asked),
            away=self._away(account, words),
            said=what,
            new_token=new_token,
        )

    def _facts(self, account: Account, words: Words) -> Iterator[tuple[str, str]]:
        yield words("account.name"), account.id
        yield words("account.roles"), self._roles(account.grants, words)
        for key, unit in (("account.unit", account.unit), ("account.person", account.person)):
            if unit:
                yield words(key), self._unit(unit, words)
        if account.email:
            yield words("account.email"), account.email

    def _roles(self, grants: tuple[Grant, ...], words: Words) -> str:
        titles = {role.id: text_in(role.title, words.language) for role in self.model.roles}
        titles.setdefault(ADMIN, words("people.admin"))
        named = []
        for grant in grants:
            role = titles.get(grant.role, grant.role)
            at = self._unit(grant.unit, words)
            named.append(words("account.role.at", role=role, unit=at) if at else role)
        return " · ".join(named) or words("account.roles.none")

    def _unit(self, unit: str, words: Words) -> str:
        return next((text_in(one.title, words.language) for one in self.model.units if one.id == unit), unit)

    def _browsers(self, account: Account, asked: Asked) -> list[Browser]:
        """This browser first, then by when they were used."""
        held = self._entrance.sessions.of(account)
        order = sorted(held, key=lambda one: (one != asked.viewer.session, -held[one].seen_ms))
        return [self._browser(one, held[one], asked) for one in order]

    def _browser(self, name: str, session: Session, asked: Asked) -> Browser:
        words, now_ms, is_this = asked.words, real_ms(), name == asked.viewer.session
        about = words(
            "account.session.about",
            address=session.address or "–",
            begun=moments.clock(session.begun_ms, self.model.calendar.zone, now_ms, words),
            seen=moments.age(max(0, now_ms - session.seen_ms) // 1000, words),
        )
        marks = [words("account.session.this")] if is_this else []
        marks += [words("account.session.kept")] if session.kept else []
        marks += [words("account.session.way", way=session.way)] if session.way != _PASSWORD else []
        return Browser(short(name), browser_named(session.agent), " · ".join([*marks, about]), is_this)

    def _tokens(self, account: Account, words: Words) -> list[TokenLine]:
        used = self._entrance.store.tokens_used()
        return [self._token(one, used, words) for one in self._entrance.accounts.people().tokens_of(account.id)]

    def _token(self, token: ApiToken, used: Mapping[str, int], words: Words) -> TokenLine:
        now_ms = real_ms()
        holds = not token.revoked and token.expires_ms > now_ms
        able = ", ".join(
            words(f"capability.{one}") if one in set(Capability) else one for one in token.capabilities
        )  # fmt: skip
        last = used.get(token.id)
        ago = words("account.token.unused") if last is None else words(
            "account.token.used", ago=moments.age(max(0, now_ms - last) // 1000, words)
        )  # fmt: skip
        about = words(
            "account.token.about",
            able=able,
            where=self._unit(token.unit, words) if token.unit else words("account.token.anywhere"),
            until=moments.local(token.expires_ms, self.model.calendar.zone).strftime("%Y-%m-%d"),
            used=ago,
        )
        return TokenLine(token.id, token.title, about if holds else words("account.token.over"), holds)


def browser_named(agent: str) -> str:
    """A browser and its system, as people call them; the text of the browser itself where neither is known.

    >>> browser_named("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126.0 Safari/537.36 Edg/126.0")
    'Edge, Windows'
    """
    found = [next((title for mark, title in kinds if mark in agent), "") for kinds in (_BROWSERS, _SYSTEMS)]
    return ", ".join(one for one in found if one) or agent[:40] or "–"

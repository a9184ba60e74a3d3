"""What people do to the fleet: pair, change, revoke, announce, and the wishes of a remote.

Decisions go into the journal, wishes into Redis; every server hears of both. What can't be done is refused in the words
of whoever asked.
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from layouts.words import Words
from scoring.definitions import Model
from scoring.programme import playlist_of
from streams.redis_adapters.connection import StoreUnavailable
from streams.redis_adapters.screens import ScreenStore
from streams.redis_adapters.site import Clock
from wall.journal import Entry, Journal
from wall.refusal import Refused

from .fleet import CHANGED, ENDED, MADE, PAIRED, REVOKED, Announced, Register, Screen
from .remote import IDENTIFY_S, Command, answers, is_address, wishes
from .wanted import Wanted, checked, checked_unit

#: Nobody reads more on a wall.
MOST_ANNOUNCED = 500


class Facts(Protocol):
    """What steps must know of the site."""

    @property
    def model(self) -> Model:
        """The model in force."""

    @property
    def clock(self) -> Clock:
        """The business clock."""


@dataclass(frozen=True, slots=True)
class AsOf:
    """The facts as they were when a command asked for them."""

    model: Model
    clock: Clock


class Steps:
    """The steps; `register` gives the fleet as it stands now, `now_ms` is real time."""

    def __init__(
        self,
        journal: Journal,
        store: ScreenStore,
        register: Callable[[], Register],
        facts: Facts,
        now_ms: Callable[[], int],
    ) -> None:
        self._journal = journal
        self._store = store
        self._register = register
        self._facts = facts
        self._now_ms = now_ms

    def pair(self, code: str, wanted: Wanted, author: str, words: Words) -> Screen:
        """Give the screen that shows a code its place; it fetches its credential by itself."""
        fits = checked(wanted, self._facts.model, words)
        code, holder, name = "".join(code.split()), secrets.token_hex(8), "s" + secrets.token_hex(4)
        if not self._store.reserve_code(code, holder):
            raise Refused(words("screens.refused.code", code=code or "–"))
        try:
            entry = self._append(PAIRED, author, {"screen": name, **asdict(fits)})
        except Exception:
            self._store.free_code(code, holder)
            raise
        if not self._store.pair_code(code, holder, name):
            self._append(REVOKED, author, {"screen": name, "reason": "its code had run out"})
            raise Refused(words("screens.refused.code", code=code))
        return Screen(name, **asdict(fits), paired_ms=entry.at_ms)

    def change(self, name: str, changes: Mapping[str, Any], author: str, words: Words) -> Screen:
        """Change what a person decides of a screen; what is not named stays."""
        held = self.screen(name, words)
        before = Wanted(**{key: getattr(held, key) for key in asdict(Wanted())})
        after = asdict(checked(Wanted(**{**asdict(before), **changes}), self._facts.model, words))
        differs = {key: value for key, value in after.items() if value != getattr(held, key)}
        if differs:
            self._append(CHANGED, author, {"screen": name, "changes": differs})
        return self.screen(name, words)

    def revoke(self, name: str, author: str, reason: str, words: Words) -> None:
        """Void a screen's credentials for good."""
        self._append(REVOKED, author, {"screen": self.screen(name, words).id, "reason": reason})
        with contextlib.suppress(StoreUnavailable):  # only tidies up
            self._store.forget(name)

    def announce(self, text: str, unit: str, minutes: float | None, author: str, words: Words) -> Announced:
        """Announce something for a unit and all below it, for so many minutes or until it is ended."""
        text = text.strip()
        if not text or len(text) > MOST_ANNOUNCED:
            raise Refused(words("screens.refused.text", most=MOST_ANNOUNCED))
        now_ms = self._facts.clock.now_ms()
        until_ms = None if minutes is None else now_ms + round(minutes * 60_000)
        if minutes is not None and not 0 < minutes <= 366 * 1440:
            raise Refused(words("screens.refused.until"))
        unit = checked_unit(unit, self._facts.model, words)
        made = Announced(secrets.token_hex(4), text, unit, now_ms, until_ms, author)
        self._append(MADE, author, {key: value for key, value in asdict(made).items() if key != "author"})
        return made

    def end_announcement(self, name: str, author: str, words: Words) -> None:
        """Take an announcement off the walls."""
        if name not in self._register().announced:
            raise Refused(words("screens.refused.announcement"))
        self._append(ENDED, author, {"id": name})

    def command(self, name: str, command: Command, words: Words, scene: str = "", key: int | None = None) -> None:
        """Wish something of a screen; `show` names a scene of its playlist, or the place of an item in it."""
        held = self.screen(name, words)
        item = self._item(held, scene, key, words) if command is Command.SHOW else 0
        clock = self._facts.clock
        until_ms = clock.now_ms() + round(IDENTIFY_S * 1000 * max(clock.speed, 0.001))
        self._store.wish(held.id, *wishes(command, item, until_ms))

    def _item(self, screen: Screen, scene: str, key: int | None, words: Words) -> int:
        """The place of an item in a screen's playlist."""
        playlist = playlist_of(self._facts.model, screen.playlist)
        scenes = [one.scene for one in playlist.items]
        if key is not None and 0 <= key < len(scenes):
            return key
        if key is not None or scene not in scenes:
            known = ", ".join(dict.fromkeys(scenes))
            raise Refused(words("screens.refused.scene", scene=scene or key, playlist=playlist.id, known=known))
        return scenes.index(scene)

    def move(self, url: str, words: Words) -> None:
        """Send all screens to the server at another address; an empty one ends that."""
        if url and not is_address(url):
            raise Refused(words("screens.refused.url"))
        if url and not answers(url):
            raise Refused(words("screens.refused.nobody", url=url))
        self._store.wish("", {"move": url}, {})

    def screen(self, name: str, words: Words) -> Screen:
        """A screen that is not revoked; refused where there is none."""
        found = self._register().screens.get(name)
        if found is None or found.revoked_ms is not None:
            raise Refused(words("screens.refused.unknown", id=name))
        return found

    def _append(self, kind: str, author: str, body: Mapping[str, Any]) -> Entry:
        entry = self._journal.append(Entry(kind, self._now_ms(), author, body))
        with contextlib.suppress(StoreUnavailable):  # servers look into the journal by themselves, too
            self._store.tell("journal")
        return entry

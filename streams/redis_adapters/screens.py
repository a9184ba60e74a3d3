"""What screens need for the moment, in Redis: open codes, heartbeats, what their remotes wish, and word of changes.

Nothing here is missed for long: who the screens are is in the journal.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from .connection import Redis, reaching, text_map
from .keys import SiteKeys

#: How long a code holds; one that an admin has entered is claimed within the next two seconds or so.
CODE_MS = 300_000
PAIRED_MS = 60_000
#: More open codes than this are no fleet being hung up; one address can't take them all.
MOST_CODES, MOST_CODES_OF_ADDRESS = 30, 20
#: A claim is answered well within this; if it was not, its screen may ask again.
LEASE_MS = 15_000
#: A new code is picked out of so many random ones; with 30 of a million taken, the first is as good as always free.
_CANDIDATES = 4
#: Words of change kept; a reader further behind looks at everything anyway.
_TOLD_LENGTH = 1024


@dataclass(frozen=True, slots=True)
class OpenCode:
    """What became of asking for a code: the code and how long it holds, or no code and when to ask again."""

    code: str
    ms: int


@dataclass(frozen=True, slots=True)
class Claim:
    """How a claim stands: `waiting` for an admin, `yours` to be answered with a credential for `screen`, or `gone`."""

    state: str
    ms: int = 0
    screen: str = ""


class ScreenStore:
    """Reads and writes what concerns a site's screens; `code_ms` is how long a code holds."""

    def __init__(self, redis: Redis, site: str, code_ms: int = CODE_MS) -> None:
        self._redis = redis
        self._keys = SiteKeys(site)
        self._code_ms = code_ms
        self._codes = redis.register_script(files(__package__).joinpath("screen_codes.lua").read_text())

    def open_code(self, claim_hash: str, address: str) -> OpenCode:
        """Open a code for a screen at an address; the claim's hash is what it will be claimed by."""
        candidates = [f"{secrets.randbelow(1_000_000):06d}" for _ in range(_CANDIDATES)]
        most = (MOST_CODES, MOST_CODES_OF_ADDRESS)
        code, ms = self._step("open", claim_hash, address, self._code_ms, *most, *candidates)
        return OpenCode(code.decode(), int(ms))

    def reserve_code(self, code: str, holder: str) -> bool:
        """Let nobody else pair this code; False if it is not open."""
        return bool(self._step("reserve", code, holder)[0])

    def free_code(self, code: str, holder: str) -> None:
        """Open a reserved code again."""
        self._step("free", code, holder)

    def pair_code(self, code: str, holder: str, screen: str) -> bool:
        """Let the screen that shows a reserved code claim its credential; False if the code has run out."""
        return bool(self._step("pair", code, holder, screen, PAIRED_MS)[0])

    def begin_claim(self, claim_hash: str, holder: str) -> Claim:
        """Begin to answer a claim; `yours` for one holder at a time."""
        state, told = self._step("begin", claim_hash, holder, LEASE_MS)
        if state == b"yours":
            return Claim("yours", screen=told.decode())
        return Claim("gone" if state == b"gone" else "waiting", int(told))

    def finish_claim(self, claim_hash: str, holder: str) -> bool:
        """End a claim with its code; False if it is no longer the holder's to answer."""
        return bool(self._step("finish", claim_hash, holder)[0])

    def _step(self, step: str, *given: str | int) -> Any:
        with reaching():
            return self._codes([self._keys.screen_codes], [step, *given])

    def put_beats(self, beats: Mapping[str, bytes]) -> None:
        """Keep the last heartbeats of these screens, in one round trip."""
        with reaching():
            self._redis.hset(self._keys.screen_beats, mapping=beats)

    def beats(self) -> dict[str, bytes]:
        """The last heartbeat of every screen."""
        with reaching():
            return {name.decode(): beat for name, beat in self._redis.hgetall(self._keys.screen_beats).items()}

    def remotes(self) -> dict[str, dict[str, str]]:
        """What remotes wish, by screen; what is wished of all screens is under an empty name."""
        with reaching():
            held = text_map(self._redis.hgetall(self._keys.screen_remotes))
        found: dict[str, dict[str, str]] = {}
        for key, value in held.items():
            screen, _, name = key.rpartition(":")
            found.setdefault(screen, {})[name] = value
        return found

    def wish(self, screen: str, fields: Mapping[str, str | int], counted: Mapping[str, int]) -> None:
        """Set fields of a screen's remote and count others up or down, and let every server know at once."""
        with reaching():
            pipe = self._redis.pipeline(transaction=True)
            for name, value in fields.items():
                pipe.hset(self._keys.screen_remotes, f"{screen}:{name}", value)
            for name, by in counted.items():
                pipe.hincrby(self._keys.screen_remotes, f"{screen}:{name}", by)
            self._tell(pipe, "remote", screen)
            pipe.execute()

    def restore_wishes(self, wishes: Mapping[str, Mapping[str, str]]) -> None:
        """Put back what Redis lost; what somebody wished meanwhile stays."""
        with reaching():
            pipe = self._redis.pipeline(transaction=True)
            for screen, fields in wishes.items():
                for name, value in fields.items():
                    pipe.hsetnx(self._keys.screen_remotes, f"{screen}:{name}", value)
                self._tell(pipe, "remote", screen)
            pipe.execute()

    def forget(self, screen: str) -> None:
        """Drop what is kept of a screen that is no more."""
        with reaching():
            pipe = self._redis.pipeline(transaction=True)
            pipe.hdel(self._keys.screen_beats, screen)
            pipe.hdel(self._keys.screens_silent, screen)
            for name in self.remotes().get(screen, {}):
                pipe.hdel(self._keys.screen_remotes, f"{screen}:{name}")
            pipe.execute()

    def tell(self, what: str) -> None:
        """Let every server know that something changed."""
        with reaching():
            self._tell(self._redis, what, "")

    def _tell(self, redis: Redis, what: str, screen: str) -> None:
        told: Any = {"what": what, "screen": screen}
        redis.xadd(self._keys.screen_changes, told, maxlen=_TOLD_LENGTH, approximate=True)

    def newest(self) -> str:
        """Where the words of change stand now."""
        with reaching():
            found: Any = self._redis.xrevrange(self._keys.screen_changes, count=1)
        return found[0][0].decode() if found else "0-0"

    def follow(self, entry: str, timeout_ms: int) -> tuple[str, Sequence[str]]:
        """What changed since `entry` (`journal` or `remote`), waiting up to `timeout_ms`, and where that stands."""
        with reaching():
            found: Any = self._redis.xread({self._keys.screen_changes: entry}, block=timeout_ms)
        if not found:
            return entry, ()
        entries = found[0][1]
        return entries[-1][0].decode(), [fields[b"what"].decode() for _, fields in entries]

    def reported_silent(self) -> set[str]:
        """The screens that were noted as silent."""
        with reaching():
            return {name.decode() for name in self._redis.hkeys(self._keys.screens_silent)}

    def mark_silent(self, screen: str, since_ms: int) -> bool:
        """Note that a screen is silent; True for the one server that notes it first."""
        with reaching():
            return bool(self._redis.hsetnx(self._keys.screens_silent, screen, since_ms))

    def unmark_silent(self, screen: str) -> bool:
        """Note that a screen is back; True for the one server that notes it first."""
        with reaching():
            return bool(self._redis.hdel(self._keys.screens_silent, screen))

"""What people need for the moment, in Redis: sessions, attempts to get in, and the code of the first run.

Who has an account is in the journal. Moments are real time, given by the caller.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from .connection import Redis, reaching
from .keys import SiteKeys

#: Failed attempts are forgotten after this.
_ATTEMPTS_KEPT_MS = 24 * 3_600_000


class PeopleStore:
    """Reads and writes what concerns a site's sessions; whoever reads Redis finds hashes, nothing to present."""

    def __init__(self, redis: Redis, site: str) -> None:
        self._redis = redis
        self._keys = SiteKeys(site)
        self._attempt = redis.register_script(files(__package__).joinpath("attempts.lua").read_text())

    def sessions(self, hashes: Sequence[str]) -> list[bytes | None]:
        """Sessions by the hashes of their ids, in one round trip; None for one that is not there."""
        if not hashes:
            return []
        with reaching():
            found: list[bytes | None] = self._redis.mget([self._keys.session(one) for one in hashes])
        return found

    def put_session(self, hash_of_id: str, account: str, content: bytes, begun_ms: int, for_ms: int) -> None:
        """Begin a session, kept for so long unless it is kept on."""
        with reaching():
            pipe = self._redis.pipeline(transaction=True)
            pipe.set(self._keys.session(hash_of_id), content, px=for_ms)
            pipe.zadd(self._keys.sessions_of(account), {hash_of_id: begun_ms})
            pipe.execute()

    def keep_session(self, hash_of_id: str, content: bytes, for_ms: int) -> None:
        """Keep a session on; one that was ended meanwhile does not come back."""
        with reaching():
            self._redis.set(self._keys.session(hash_of_id), content, px=for_ms, xx=True)

    def end_sessions(self, account: str, hashes: Sequence[str]) -> None:
        """End sessions of an account."""
        if not hashes:
            return
        with reaching():
            pipe = self._redis.pipeline(transaction=True)
            pipe.delete(*(self._keys.session(one) for one in hashes))
            pipe.zrem(self._keys.sessions_of(account), *hashes)
            pipe.execute()

    def sessions_of(self, account: str) -> dict[str, bytes]:
        """The sessions of an account by the hashes of their ids, oldest first; those that ran out are struck off."""
        with reaching():
            hashes = [one.decode() for one in self._redis.zrange(self._keys.sessions_of(account), 0, -1)]
        held = dict(zip(hashes, self.sessions(hashes), strict=True))
        self.end_sessions(account, [name for name, content in held.items() if content is None])
        return {name: content for name, content in held.items() if content is not None}

    def used_token(self, token: str, at_ms: int) -> None:
        """Note when a token was used last."""
        with reaching():
            self._redis.hset(self._keys.tokens_used, token, at_ms)

    def tokens_used(self) -> Mapping[str, int]:
        """When each token was used last."""
        with reaching():
            return {name.decode(): int(at) for name, at in self._redis.hgetall(self._keys.tokens_used).items()}

    def attempt(self, whose: Mapping[str, tuple[int, int, int]], now_ms: int) -> int:
        """Count an attempt; 0 if it may be made, else in how many ms one may.

        `whose` gives by name how many are free, the first wait after these, and the longest one; waits double.
        """
        names = [self._keys.attempts(one) for one in whose]
        limits = [limit for one in whose.values() for limit in one]
        with reaching():
            return int(self._attempt(names, [now_ms, _ATTEMPTS_KEPT_MS, *limits]))

    def forgive(self, whose: Sequence[str]) -> None:
        """Forget the attempts of these."""
        with reaching():
            self._redis.delete(*(self._keys.attempts(one) for one in whose))

    def offer_setup(self, hash_of_code: str) -> None:
        """Let the first account be made with this code, and with no former one."""
        with reaching():
            pipe = self._redis.pipeline(transaction=True)
            pipe.delete(self._keys.setup)
            pipe.hset(self._keys.setup, hash_of_code, 1)
            pipe.execute()

    def take_setup(self, hash_of_code: str) -> bool:
        """Use up the code of the first run; True for one of any number that present it."""
        with reaching():
            return bool(self._redis.hdel(self._keys.setup, hash_of_code))

    def put(self, name: str, content: bytes, for_ms: int) -> None:
        """Keep something for a while under a name nobody can guess, such as a sign-in under way at a provider."""
        with reaching():
            self._redis.set(self._keys.underway(name), content, px=for_ms)

    def take(self, name: str) -> bytes | None:
        """What was kept under a name; it is gone then, so that it is used once."""
        with reaching():
            found: Any = self._redis.getdel(self._keys.underway(name))
        return found  # type: ignore[no-any-return]

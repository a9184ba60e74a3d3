"""Threads for what must reach Redis, the journal or a password hash, apart by who may keep them busy."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Helpers:
    """Strangers who try passwords or make up credentials wait for each other, never those who have signed in."""

    identity: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(8, "identity"))
    sign_in: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(4, "sign-in"))
    strangers: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(2, "strangers"))

    def close(self) -> None:
        """Take nothing on any more."""
        for one in (self.identity, self.sign_in, self.strangers):
            one.shutdown(wait=False, cancel_futures=True)

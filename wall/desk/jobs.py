"""Long work in the background: one thread per job, its progress to be asked for, its outcome kept."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from layouts.desk.facts import Verified


@dataclass(frozen=True, slots=True)
class Recount:
    """What a recount needs: the digest it should give, how many records there are, and the work itself."""

    digest: str
    total: int
    work: Callable[[Callable[[int], None]], str]


class Recounts:
    """Recounts by the digest that they are to prove; one runs at a time, as each reads the whole log."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, Verified] = {}

    def known(self, digest: str) -> Verified | None:
        """How far a recount is, or what came of it; None where none was asked for."""
        with self._lock:
            return self._known.get(digest)

    def start(self, job: Recount) -> bool:
        """Start a recount; False while another one runs."""
        with self._lock:
            if any(one.same is None and not one.trouble for one in self._known.values()):
                return False
            self._known[job.digest] = Verified(0, job.total)
        threading.Thread(target=self._run, args=(job,), name="recount", daemon=True).start()
        return True

    def _run(self, job: Recount) -> None:
        def progress(records: int) -> None:
            with self._lock:
                held = self._known[job.digest]
                self._known[job.digest] = replace(held, done=held.done + records)

        try:
            found = job.work(progress)
        except Exception as error:  # whatever it is, the page must say that the recount ended
            with self._lock:
                self._known[job.digest] = replace(self._known[job.digest], trouble=f"{type(error).__name__}: {error}")
            return
        with self._lock:
            held = self._known[job.digest]
            self._known[job.digest] = replace(held, same=found == job.digest, digest=found)

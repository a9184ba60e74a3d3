"""What people did, in one list: the acts among the journal's entries, and those of the audit trail."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wall.journal import Entry, Journal
from wall.wiring import Site

#: Entries that a service writes by itself; so is that of a password that is hashed anew.
_NO_ACTS = frozenset({"screen.credential"})
#: What of an entry's body is told. All else stays untold: models, results, hashes.
_TOLD = frozenset(
    {
        "account", "address", "agent", "asked", "by_who", "capabilities", "changes", "due", "email", "expires_ms",
        "format", "from_ms", "grants", "identities", "in_all", "incentive", "kind", "kpi", "language", "last", "name",
        "number", "owner", "path", "period", "person", "place", "playlist", "provider", "reason", "rows", "scene",
        "screen", "session", "substitute", "text", "times", "title", "token", "unit", "until_ms", "version", "way",
        "what", "why",
    }
)  # fmt: skip
#: A body may change one of these, but their contents are nobody's to read here.
_SECRET = ("password", "hash", "secret", "code", "stamp")
_MOST_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class Asked:
    """Which acts: of somebody (name or account), of a kind or of all that begin so, in a time, with a text in them."""

    who: str = ""
    kind: str = ""
    text: str = ""
    from_ms: int | None = None
    until_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """Some of the acts that were asked for, newest first, and how many there are."""

    entries: Sequence[Entry]
    total: int


class Acts:
    """The list, read on whenever it is asked; for any number of threads. Two entries of one moment keep their order."""

    def __init__(self, site: Site) -> None:
        self._journals: Sequence[Journal] = (site.journal, site.trail)
        self._read = [0, 0]
        self._entries: list[Entry] = []
        self._lock = threading.Lock()

    def all(self) -> Sequence[Entry]:
        """Every act, oldest first."""
        with self._lock:
            for at, journal in enumerate(self._journals):
                new = journal.since(self._read[at])
                self._read[at] += len(new)
                if any(is_act(one) for one in new):
                    # A list of its own each time: who reads the former one goes on with it.
                    self._entries = sorted([*self._entries, *filter(is_act, new)], key=_moment)
            return self._entries

    def found(self, asked: Asked, skip: int, count: int) -> Found:
        """The acts that were asked for, from the newest but `skip` on."""
        matching = list(self.matching(asked))
        return Found(matching[skip : skip + count], len(matching))

    def matching(self, asked: Asked) -> Iterator[Entry]:
        """All acts that were asked for, newest first."""
        entries = self.all()
        first = 0 if asked.from_ms is None else bisect_left(entries, asked.from_ms, key=_moment)
        last = len(entries) if asked.until_ms is None else bisect_left(entries, asked.until_ms, key=_moment)
        return (entries[at] for at in range(last - 1, first - 1, -1) if is_asked(entries[at], asked))

    def kinds(self) -> list[str]:
        """The kinds there are."""
        return sorted({one.kind for one in self.all()})


def is_act(entry: Entry) -> bool:
    """Whether an entry is what somebody did."""
    return entry.kind not in _NO_ACTS and not (entry.kind == "account.password" and entry.body.get("same"))


def is_asked(entry: Entry, asked: Asked) -> bool:
    """Whether an act is one of those asked for, whatever its time."""
    if not entry.kind.startswith(asked.kind) or not is_act(entry):
        return False
    if asked.who and not is_by(entry, asked.who.casefold()):
        return False
    return not asked.text or asked.text.casefold() in _words(entry)


def is_by(entry: Entry, who: str) -> bool:
    """Whether somebody did it: their name or account, in small letters; or tried to get in under that name."""
    names = (entry.author, entry.body.get("who", ""), entry.body.get("account", ""))
    return any(who == str(one).casefold() for one in names)


def about(entry: Entry) -> Mapping[str, Any]:
    """What an entry tells of what was done, without who did it and without secrets.

    >>> dict(about(Entry("account.password", 1, "Ann", {"account": "bob", "hash": "$argon2id$..."})))
    {'account': 'bob'}
    """
    body = {key: value for key, value in entry.body.items() if key in _TOLD}
    if "who" in entry.body:
        body.pop("kind", None)
    if isinstance(body.get("changes"), Mapping):
        changes = body.pop("changes")
        body.update((key, value) for key, value in changes.items() if not key.startswith(_SECRET))
    return {key: _short(value) for key, value in body.items() if value not in ("", None, [], {})}


def _short(value: Any) -> Any:
    """Numbers as they are, all else as a text of some length."""
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping):
        value = [f"{name}={one}" for name, one in value.items()]
    if isinstance(value, Sequence) and not isinstance(value, str):
        value = ", ".join(map(str, value))
    text = str(value)
    return text if len(text) <= _MOST_CHARACTERS else text[: _MOST_CHARACTERS - 1] + "…"


def _moment(entry: Entry) -> int:
    return entry.at_ms


def _words(entry: Entry) -> str:
    """Everything that a text is looked for in."""
    told = (f"{key} {value}" for key, value in about(entry).items())
    return " ".join([entry.author, str(entry.body.get("who", "")), entry.kind, *told]).casefold()

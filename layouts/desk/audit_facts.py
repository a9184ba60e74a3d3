"""What the audit page is told."""

from __future__ import annotations

from dataclasses import dataclass

from .facts import Choice


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One act: when, who (and the account, where that says more), what, and of what in labelled texts."""

    when: str
    who: str
    account: str
    what: str
    refused: bool
    about: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class AuditAsked:
    """What the page was asked for, in texts as they are typed."""

    who: str = ""
    kind: str = ""
    text: str = ""
    since: str = ""
    until: str = ""
    page: int = 1

    def fields(self) -> dict[str, str]:
        """What is asked for beside the page, as far as anything is."""
        names = ("who", "kind", "text", "since", "until")
        return {name: value for name in names if (value := getattr(self, name))}


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether a log is what it was when its entries were made; `fault` says where it is not."""

    name: str
    entries: int
    digest: str
    missing: int = 0
    fault: str = ""


@dataclass(frozen=True, slots=True)
class AuditFacts:
    """What the page shows: some of the acts that were asked for, and how many there are."""

    rows: tuple[AuditRow, ...]
    first: int
    total: int
    pages: int
    asked: AuditAsked
    kinds: tuple[Choice, ...]
    proofs: tuple[Proof, ...]
    may_export: bool
    most: int
    trouble: str = ""

"""API tokens: `kpw_<id>_<secret>`, of which the journal keeps nothing but the secret's SHA-256."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from layouts.words import Words
from scoring.roles import Capability
from wall.journal import Entry, Journal
from wall.refusal import Refused

from .account import TOKEN_ISSUED, TOKEN_REVOKED, Account, ApiToken, People
from .accounts import Accounts
from .sessions import hash_of

PREFIX = "kpw"
#: A program that nobody looks after loses its access by itself.
DEFAULT_DAYS, MOST_DAYS = 90, 730
MOST_TITLE = 80
_DAY_MS = 86_400_000
_MOST_CHARACTERS = 128


@dataclass(frozen=True, slots=True)
class Issued:
    """A token that was issued, and the text that presents it, which nobody can find out again."""

    token: ApiToken
    text: str


class Tokens:
    """Issues and revokes tokens. `now_ms` is real time."""

    def __init__(self, journal: Journal, accounts: Accounts, now_ms: Callable[[], int]) -> None:
        self._journal = journal
        self._accounts = accounts
        self._now_ms = now_ms

    def issue(
        self, account: Account, title: str, capabilities: Iterable[str], unit: str, days: int, author: str, words: Words
    ) -> Issued:
        """Issue a token of an account, for these capabilities, at a unit and below it or wherever the account may."""
        title, able = " ".join(title.split()), list(dict.fromkeys(capabilities))
        if not title or len(title) > MOST_TITLE:
            raise Refused(words("people.refused.token_title", most=MOST_TITLE))
        _check_able(able, words)
        if not 1 <= days <= MOST_DAYS:
            raise Refused(words("people.refused.token_days", most=MOST_DAYS))
        name, secret, now_ms = secrets.token_hex(4), secrets.token_hex(32), self._now_ms()
        body = {"token": name, "account": account.id, "title": title, "hash": hash_of(secret), "capabilities": able,
                "unit": unit, "expires_ms": now_ms + days * _DAY_MS}  # fmt: skip
        self._journal.append(Entry(TOKEN_ISSUED, now_ms, author, body))
        return Issued(self._accounts.people().tokens[name], f"{PREFIX}_{name}_{secret}")

    def revoke(self, token: str, author: str, words: Words) -> ApiToken:
        """Void a token for good."""
        found = self._accounts.people().tokens.get(token)
        if found is None or found.revoked:
            raise Refused(words("people.refused.token", id=token))
        self._journal.append(Entry(TOKEN_REVOKED, self._now_ms(), author, {"account": found.account, "token": token}))
        return found


def _check_able(able: Collection[str], words: Words) -> None:
    known = list(Capability)
    if not able or any(one not in known for one in able):
        raise Refused(words("people.refused.capabilities", known=", ".join(known)))


def parts(presented: str) -> tuple[str, str]:
    """The id and the secret of what was presented; both empty where it can't be a token.

    >>> parts("kpw_12ab_secret"), parts("Bearer nonsense")
    (('12ab', 'secret'), ('', ''))
    """
    prefix, _, rest = presented.partition("_")
    name, _, secret = rest.partition("_")
    if prefix != PREFIX or not name or not secret or len(presented) > _MOST_CHARACTERS:
        return "", ""
    return name, secret


def token_of(presented: str, people: People, now_ms: int) -> ApiToken | None:
    """The token that is presented; None for one that is wrong, revoked or has run out."""
    name, secret = parts(presented)
    found = people.tokens.get(name)
    right = hmac.compare_digest(hash_of(secret), found.hash if found is not None else hash_of(""))
    if found is None or not right or found.revoked or found.expires_ms <= now_ms:
        return None
    owner = people.accounts.get(found.account)
    return found if owner is not None and not owner.disabled else None

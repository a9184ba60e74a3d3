"""Credentials of screens: `<id>.<secret>`, of which the site keeps nothing but the secret's SHA-256."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from .fleet import IssuedHash, Screen

#: As many random bytes as the hash has.
SECRET_BYTES = 32
#: A longer text is none of ours, and is not worth hashing.
MOST_CHARACTERS = 128


def new_secret() -> str:
    """A secret that can't be guessed."""
    return secrets.token_urlsafe(SECRET_BYTES)


def hash_of(secret: str) -> str:
    """What is kept of a secret.

    >>> len(hash_of("a secret"))
    64
    """
    return hashlib.sha256(secret.encode()).hexdigest()


def credential(screen_id: str, secret: str) -> str:
    """A credential as a screen presents it."""
    return f"{screen_id}.{secret}"


def parts(presented: str) -> tuple[str, str]:
    """The screen's id and the secret of what was presented; both empty where it can't be a credential.

    >>> parts("s1.secret"), parts("nonsense")
    (('s1', 'secret'), ('', ''))
    """
    name, _, secret = presented.partition(".")
    return (name, secret) if name and secret and len(presented) <= MOST_CHARACTERS else ("", "")


def presented_hash(screen: Screen, secret: str) -> IssuedHash | None:
    """Which of a screen's credentials a secret belongs to; takes the same time whichever, and for none."""
    asked, found = hash_of(secret), None
    for one in screen.hashes:
        if hmac.compare_digest(one.hash, asked):
            found = one
    return found

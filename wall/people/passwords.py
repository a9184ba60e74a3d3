"""Passwords: what is kept of them, and which are too weak."""

from __future__ import annotations

import threading

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

LEAST_CHARACTERS = 10
#: Longer ones are no safer, and cost the server time.
MOST_CHARACTERS = 256
#: A password of fewer different characters is a row of keys.
_LEAST_DIFFERENT = 5
#: A name shorter than this may appear in a password by chance.
_LEAST_NAME = 3
#: A hash takes 64 MiB while it is computed; a flood of sign-ins must not take all memory.
_AT_ONCE = threading.Semaphore(2)
#: argon2id with the parameters of RFC 9106 for machines that have other things to do as well.
_HASHER = PasswordHasher()
#: The hash of a password that nobody knows: names that don't exist take as long as those that do.
_NOBODYS = "$argon2id$v=19$m=65536,t=3,p=4$a3Bpd2FsbC1ub2JvZHkhIQ$4DXFPJgxJk8OcXHzBcJTHunDSBkHAqcIkXaCOAkwptc"


def hashed(password: str) -> str:
    """What is kept of a password."""
    with _AT_ONCE:
        return _HASHER.hash(password)


def matches(hash_kept: str, password: str) -> bool:
    """Whether it is the password of a hash; takes as long for an empty hash, which none matches."""
    with _AT_ONCE:
        try:
            return _HASHER.verify(hash_kept or _NOBODYS, password[:MOST_CHARACTERS]) and bool(hash_kept)
        except (Argon2Error, InvalidHashError):
            return False


def is_dated(hash_kept: str) -> bool:
    """Whether a hash was made with weaker parameters than today's."""
    return _HASHER.check_needs_rehash(hash_kept)


def fault_of(password: str, *names: str) -> str:
    """Why a password is not taken: `short`, `long`, `simple` or `name`; empty for a good one.

    >>> fault_of("short"), fault_of("aaaaaaaaaaaa"), fault_of("ann.smith-26", "ann.smith"), fault_of("three tired owls")
    ('short', 'simple', 'name', '')
    """
    if len(password) < LEAST_CHARACTERS:
        return "short"
    if len(password) > MOST_CHARACTERS:
        return "long"
    if len(set(password)) < _LEAST_DIFFERENT:
        return "simple"
    told = password.casefold()
    parts = [name.casefold() for name in names if len(name) >= _LEAST_NAME]
    return "name" if any(part in told for part in parts) else ""

"""A step of a person that can't be taken."""

from __future__ import annotations


class Refused(ValueError):
    """Nothing was done; the message says why and what to do."""

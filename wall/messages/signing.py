"""Signing after the Standard Webhooks specification (https://www.standardwebhooks.com).

A receiver compares the signature, refuses old timestamps, and knows by the id what it had already.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac

PREFIX = "whsec_"
#: The specification wants 24 to 64 bytes.
_LEAST_BYTES, _MOST_BYTES = 24, 64


def key_of(secret: str) -> bytes:
    """The key of a secret as the specification writes it."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True) if secret.startswith(PREFIX) else b""
    except binascii.Error:
        key = b""
    if not _LEAST_BYTES <= len(key) <= _MOST_BYTES:
        raise ValueError(
            f"use {PREFIX} and {_LEAST_BYTES} to {_MOST_BYTES} random bytes in base64, "
            'such as "whsec_$(openssl rand -base64 32)", kept in a variable'
        )
    return key


def signature(key: bytes, name: str, at_s: int, body: bytes) -> str:
    """The signature of a message.

    >>> signature(bytes(24), "msg_1", 1, b"{}")
    'v1,OmiNie3fi8ZEZmbPlxeTQD55tTTpVS4mgkAkQDtSVQg='
    """
    signed = f"{name}.{at_s}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()

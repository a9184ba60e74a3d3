"""A POST as channels of our own make it: bounded in time, no redirects, and with an answer that is never trusted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import requests

from .sending import Attempt, of_status, scrubbed

#: So much of an answer is read; receivers say what they have to say in less.
_MOST_ANSWER = 16_384


@dataclass(frozen=True, slots=True)
class Posted:
    """What came of a POST, with the JSON object that was answered, empty where none was."""

    attempt: Attempt
    answer: Mapping[str, Any]


def post(
    address: str,
    body: bytes,
    headers: Mapping[str, str],
    timeout_s: float,
    now_ms: Callable[[], int],
    secrets: Sequence[str],
) -> Posted:
    """Post and say what came of it; connecting and every read may take `timeout_s`."""
    try:
        with requests.post(
            address, data=body, headers={"user-agent": "kpiwall", **headers}, timeout=timeout_s,
            allow_redirects=False, stream=True,
        ) as answer:  # fmt: skip
            content = next(answer.iter_content(_MOST_ANSWER), b"")
            told = _object(content)
            said = scrubbed(str(told.get("error") or told.get("message") or ""), secrets)
            return Posted(of_status(answer.status_code, answer.headers, now_ms(), said), told)
    except requests.RequestException as error:
        return Posted(Attempt("again", fault_of(error, timeout_s)), {})


def fault_of(error: Exception, timeout_s: float) -> str:
    """A failure in words; the client's own would tell the address."""
    if isinstance(error, requests.Timeout):
        return f"no answer within {timeout_s:g} s"
    if isinstance(error, requests.exceptions.SSLError):
        return "the certificate of the receiver is not trusted"
    if isinstance(error, requests.ConnectionError | requests.exceptions.ChunkedEncodingError):
        return "the connection failed"
    return f"could not be sent ({type(error).__name__})"


def _object(content: bytes) -> Mapping[str, Any]:
    try:
        return msgspec.json.decode(content, type=dict[str, Any])
    except msgspec.DecodeError:
        return {}

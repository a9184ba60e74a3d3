"""Everything else goes through Apprise, which knows over a hundred services; the only module that imports it.

Apprise tells whether it sent, not why not, and takes an HTTP answer of 200 that refuses for a success. So what servers
answer is looked at while it sends, and what it logs is read in place of being logged, as it names secrets.
"""

from __future__ import annotations

import logging
import re
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import apprise
import msgspec
import requests
from apprise import Apprise, AppriseAsset, NotifyFormat, NotifyType

from .channels import Channel
from .markdown import fitting, markdown_of, plain_of
from .posting import fault_of
from .sending import SENT, Attempt, Outgoing, of_status, scrubbed

#: Services that answer 200 to everything and say in `errcode` what they made of it, and which codes pass by themselves:
#: too many messages (DingTalk 130101 and 90030, WeCom 45009 and 45033), busy (-1).
_SAY_ERRCODE = frozenset({"dingtalk", "wecombot"})
_PASSING = frozenset({-1, 130101, 90030, 45009, 45033, 11232})
#: How SMTP's refusals look in what Apprise logs, such as (550, b'no such user').
_SMTP = re.compile(r"\(([245]\d\d), b?['\"](.*?)['\"]\)")
#: Room for the title and the link in services that count both as part of the text.
_BESIDE_BYTES = 400
_TYPES = {"critical": NotifyType.FAILURE, "warning": NotifyType.WARNING}
#: Shorter parts of an address are no secrets, and striking them would make errors unreadable.
_LEAST_SECRET = 5


@dataclass(slots=True)
class _Seen:
    """What was seen while one message was sent."""

    answers: list[requests.Response] = field(default_factory=list)
    faults: list[Exception] = field(default_factory=list)
    logged: list[str] = field(default_factory=list)


_seen: ContextVar[_Seen | None] = ContextVar("kpiwall_apprise", default=None)
_watching = threading.Lock()
_is_watched = False


class _Reading(logging.Filter):
    """Keeps what Apprise logs for who sends just now; nothing of it is logged."""

    def filter(self, record: logging.LogRecord) -> bool:
        seen = _seen.get()
        if seen is not None:
            seen.logged.append(record.getMessage())
        return False


def _watch() -> None:
    """See the answers to requests that are made while a message is sent; all other requests pass untouched."""
    global _is_watched
    with _watching:
        if _is_watched:
            return
        _is_watched = True
        _load()
        log = logging.getLogger("apprise")
        log.addFilter(_Reading())
        log.setLevel(logging.DEBUG)
        send = requests.Session.send

        def watched(session: requests.Session, request: requests.PreparedRequest, **given: Any) -> requests.Response:
            seen = _seen.get()
            try:
                answer = send(session, request, **given)
            except Exception as error:
                if seen is not None:
                    seen.faults.append(error)
                raise
            if seen is not None:
                seen.answers.append(answer)
            return answer

        requests.Session.send = watched  # type: ignore[method-assign, assignment]


def _load() -> None:
    """Let Apprise load its services; some ask for modules of Python whose end is announced."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        Apprise.instantiate("json://localhost")


@contextmanager
def _seeing() -> Iterator[_Seen]:
    seen = _Seen()
    token = _seen.set(seen)
    try:
        yield seen
    finally:
        _seen.reset(token)


class AppriseSender:
    """Sends through one Apprise address; `now_ms` is real time."""

    def __init__(self, channel: Channel, now_ms: Callable[[], int]) -> None:
        _watch()
        self._channel = channel
        self._now_ms = now_ms

    def send(self, outgoing: Outgoing) -> Attempt:
        """Send in the richest form that the service has."""
        address = self._channel.address(outgoing.account)
        secrets = secrets_of(address)
        with _seeing() as seen:
            service = service_of(address, self._channel.timeout)
            if service is None:
                return Attempt("refused", "Apprise can't use the address that this makes; see kpiwall channels")
            try:
                sent = _notify(service, outgoing)
            except Exception as error:  # a plug-in that fails must not end the sender
                return Attempt("again", scrubbed(f"{type(error).__name__}: {error}", secrets))
        return _judged(sent, seen, self._channel, secrets, self._now_ms())


def service_of(address: str, timeout_s: float) -> apprise.NotifyBase | None:
    """The service behind an address, without waits, retries and forgiveness of its own; None if it can't be used."""
    asset = AppriseAsset(app_id="kpiwall", app_desc="kpiwall", app_url="", async_mode=False, secure_logging=True)
    service = Apprise.instantiate(address, asset=asset)
    if service is not None:
        service.request_rate_per_sec = 0
        service.retry, service.optional = 0, False
        service.socket_connect_timeout = service.socket_read_timeout = float(timeout_s)
    return service


def fault_in(address: str) -> str:
    """What is wrong with an Apprise address; empty where nothing is. Nothing is reached."""
    _watch()
    with _seeing() as seen:
        if service_of(address, 1) is not None:
            return ""
    said = _last_words(seen, secrets_of(address)).partition(" URL")[0]
    return f"Apprise can't use this address ({said or 'unknown'}); see docs/messages.md"


def _notify(service: apprise.NotifyBase, outgoing: Outgoing) -> bool:
    """Markdown where the service shows it or makes HTML of it, else plain text."""
    formats = {str(getattr(one, "value", one)) for one in _listed(service.notify_format)}
    kind = NotifyType.SUCCESS if outgoing.newest.kind == "recovered" else _TYPES.get(outgoing.newest.severity)
    text = fitting(outgoing.text, max(200, service.body_maxlen - _BESIDE_BYTES - len(outgoing.link)))
    rich = not formats.isdisjoint({NotifyFormat.MARKDOWN.value, NotifyFormat.HTML.value})
    sender = Apprise()
    sender.add(service)
    return bool(
        sender.notify(
            title=outgoing.title,
            body=markdown_of(text, outgoing.link, outgoing.newest.language) if rich else plain_of(text, outgoing.link),
            notify_type=kind or NotifyType.INFO,
            body_format=NotifyFormat.MARKDOWN if rich else NotifyFormat.TEXT,
        )
    )


def _listed(formats: Any) -> tuple[Any, ...]:
    return tuple(formats) if isinstance(formats, tuple | list) else (formats,)


def _judged(sent: bool, seen: _Seen, channel: Channel, secrets: list[str], now_ms: int) -> Attempt:
    """What came of it, by the last answer, the last failure, or what was logged."""
    answer = seen.answers[-1] if seen.answers else None
    told = _object(answer) if answer is not None else {}
    code = told.get("errcode") if channel.url.partition(":")[0] in _SAY_ERRCODE or not sent else None
    code = told.get("code") if code is None and not sent else code
    if sent and not code:
        return SENT
    if seen.faults:
        return Attempt("again", fault_of(seen.faults[-1], channel.timeout))
    if answer is not None and not answer.ok:
        return of_status(answer.status_code, answer.headers, now_ms, _said(told, secrets))
    if isinstance(code, int) and code:
        return Attempt("again" if code in _PASSING else "refused", scrubbed(f"{code}: {_said(told, secrets)}", secrets))
    return _by_log(seen, secrets)


def _by_log(seen: _Seen, secrets: list[str]) -> Attempt:
    """Of services that speak something else than HTTP there is only what Apprise logs."""
    for line in reversed(seen.logged):
        if found := _SMTP.search(line):
            said = scrubbed(f"SMTP {found[1]}: {found[2]}", secrets)
            return Attempt("refused" if found[1].startswith("5") else "again", said)
    return Attempt("again", _last_words(seen, secrets) or "not sent")


def _last_words(seen: _Seen, secrets: list[str]) -> str:
    return scrubbed(seen.logged[-1], secrets) if seen.logged else ""


def _object(answer: requests.Response) -> Mapping[str, Any]:
    try:
        return msgspec.json.decode(answer.content[:16_384], type=dict[str, Any])
    except (msgspec.DecodeError, requests.RequestException, RuntimeError):
        return {}


def _said(told: Mapping[str, Any], secrets: list[str]) -> str:
    found = next((told[key] for key in ("errmsg", "msg", "error", "message", "description") if told.get(key)), "")
    return scrubbed(str(found), secrets)


def secrets_of(address: str) -> list[str]:
    """Everything in an address that might be a secret: all parts of it but those that are short.

    >>> secrets_of("dingtalk://SECabc@token123/?to=13800000000")
    ['dingtalk://SECabc@token123/?to=13800000000', 'SECabc', 'token123', '13800000000', 'SECabc@token123']
    """
    parts = urlsplit(address)
    credentials, _, host = parts.netloc.rpartition("@")
    found = [address, *credentials.split(":", 1), host, *parts.path.split("/")]
    found += [value for _, value in parse_qsl(parts.query)] + [parts.netloc]
    plain = [one for part in found for one in (part, unquote(part))]
    return list(dict.fromkeys(one for one in plain if len(one) >= _LEAST_SECRET))

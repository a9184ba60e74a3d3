"""The history of models: every application is an entry of the journal, and the newest one decides."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence

from pydantic import ValidationError

from scoring.definitions import Model
from streams.redis_adapters.site import AppliedModel, Outcome, SiteStore

from ..journal import Entry, Journal

log = logging.getLogger(__name__)

KIND = "model.applied"


def applications(journal: Journal) -> list[AppliedModel]:
    """Every application, oldest first, numbered from 1."""
    found = (_parsed(journal, number, entry) for number, entry in _numbered(journal.entries(KIND)))
    return [one for one in found if one is not None]


def newest_application(journal: Journal) -> AppliedModel | None:
    """The last application."""
    return _last(journal, _numbered(journal.entries(KIND)))


def model_as_known(journal: Journal, moment_ms: int) -> AppliedModel | None:
    """The last application at or before a moment; None before the first."""
    numbered = _numbered(journal.entries(KIND))
    return _last(journal, [pair for pair in numbered if pair[1].at_ms <= moment_ms])


def record_application(
    journal: Journal, store: SiteStore, model: Model, generation: str, author: str, reason: str, now_ms: int
) -> AppliedModel:
    """Write an application into the journal; it is later than all before it, whatever the clocks of their writers."""
    known = _numbered(journal.entries(KIND))
    number, before_ms = (known[-1][0], known[-1][1].at_ms) if known else (0, 0)
    held = [one.number for one in (store.model(), store.following()) if one is not None]
    at_ms = max(now_ms, before_ms + 1)
    body = {
        "model": model.model_dump(mode="json", by_alias=True),
        "version": model.version,
        "generation": generation,
        "reason": reason,
        "applied_ms": at_ms,
        "number": max([number, *held]) + 1,
    }
    entry = journal.append(Entry(KIND, at_ms, author, body))
    at = next(at for at, one in _numbered(journal.entries(KIND)) if one.position == entry.position)
    return AppliedModel(model, generation, at_ms, author, reason, at, entry.position)


def restore(journal: Journal, store: SiteStore) -> Outcome | None:
    """Put the newest application where it belongs, should Redis not know it: lost, or an apply died half way."""
    newest = newest_application(journal)
    if newest is None:
        return None
    outcome = store.put_model(newest)
    if outcome is not Outcome.KNOWN:
        log.warning("model %s, number %s of the history, is %s again", newest.model.version, newest.number, outcome)
    return outcome


def _numbered(entries: Sequence[Entry]) -> list[tuple[int, Entry]]:
    """Entries with their numbers: what their writers took, moved on where two took the same."""
    numbered: list[tuple[int, Entry]] = []
    number = 0
    for entry in entries:
        number = max(number + 1, int(entry.body.get("number", 0)))
        numbered.append((number, entry))
    return numbered


def _last(journal: Journal, numbered: Sequence[tuple[int, Entry]]) -> AppliedModel | None:
    """The last of the applications that this software can read."""
    readable: Iterator[AppliedModel | None] = (_parsed(journal, *pair) for pair in reversed(numbered))
    return next((one for one in readable if one is not None), None)


def _parsed(journal: Journal, number: int, entry: Entry) -> AppliedModel | None:
    """An entry as an application; None, and a warning, where its definitions can't be read any more."""
    model = journal.parsed(entry, _model)
    body = entry.body
    if model is None:
        log.warning("application %s of %s can't be read by this version", number, body.get("version"))
        return None
    return AppliedModel(
        model, body["generation"], entry.at_ms, entry.author, body["reason"], number, entry.position
    )  # fmt: skip


def _model(entry: Entry) -> Model | None:
    try:
        return Model.model_validate(entry.body["model"])
    except (ValidationError, KeyError):
        return None

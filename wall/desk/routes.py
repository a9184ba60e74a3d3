"""Files and progress of the desk, as plain routes."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator

import flask

from layouts.words import Words
from wall.people.audit import Act, AuditTrail
from wall.people.permits import route_for
from wall.people.viewer import current_viewer, language_for
from wall.results.closing import closed_periods
from wall.results.incentive_sheet import workbook

from .change_text import as_yaml
from .desk import EXPECTED, Desk, faults_of
from .history import filling_share
from .incentive import seen_calculation, seen_incentive
from .jobs import Recounts
from .period_sheet import period_workbook
from .permits import EXPORT, EXPORT_ALL, HISTORY, INCENTIVE, PERIODS, TARGETS, WHAT_IF
from .targets import targets_workbook
from .trials import unpacked

_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Each stream of progress holds a worker of the server; there are 16.
_MOST_STREAMS = 4
#: A stream tells so often, and ends after so long; the browser then asks again.
_TELL_S, _LONGEST_S = 0.5, 300.0

#: What is told of a job: its share from 0 to 1, a text, and whether it is over.
Progress = tuple[float, str, bool]


def add_routes(server: flask.Flask, desk: Desk, recounts: Recounts) -> None:
    """Add the routes to the server."""
    streams = threading.BoundedSemaphore(_MOST_STREAMS)

    trail = AuditTrail(desk.site)

    @server.get("/desk/targets/targets.xlsx")
    @route_for(TARGETS & EXPORT)
    def targets() -> flask.Response:
        name = f"targets-{desk.today}.xlsx"
        return _answer(lambda: _taken(trail, targets_workbook(desk), name, _EXCEL))

    @server.get("/desk/what-if/changes.yaml")
    @route_for(WHAT_IF & EXPORT)
    def changes() -> flask.Response:
        token = flask.request.args.get("trial", "")
        return _answer(lambda: _taken(trail, as_yaml(unpacked(token)).encode(), "changes.yaml", "application/yaml"))

    @server.get("/desk/periods/<period>.xlsx")
    @route_for(PERIODS & EXPORT_ALL)
    def period(period: str) -> flask.Response:
        held = closed_periods(desk.site.journal).get(period)
        if held is None:
            return _refusal(f"{period} was never closed", 404)
        return _answer(lambda: _taken(trail, period_workbook(desk.model, held), f"frozen-{period}.xlsx", _EXCEL))

    @server.get("/desk/incentive/<incentive>/<period>.xlsx")
    @route_for(INCENTIVE & EXPORT)
    def incentive(incentive: str, period: str) -> flask.Response:
        def made() -> flask.Response:
            found = seen_calculation(desk, seen_incentive(desk, incentive), period, INCENTIVE, EXPORT)
            model = desk.model if desk.visible(EXPORT).sight.whole else desk.visible(EXPORT).model
            return _taken(trail, workbook(model, found), f"{incentive}-{period}-{found.stage.value}.xlsx", _EXCEL)

        return _answer(made)

    @server.get("/desk/stream/verify/<period>")
    @route_for(PERIODS)
    def verifying(period: str) -> flask.Response:
        words = Words.of(language_for(flask.request.args.get("lang"), desk.model.language))
        held = closed_periods(desk.site.journal).get(period)
        return progress_stream(streams, lambda: _recount(recounts, held.digest if held else "", words))

    @server.get("/desk/stream/filling")
    @route_for(HISTORY)
    def filling_up() -> flask.Response:
        return progress_stream(streams, lambda: _filled(desk))


def _recount(recounts: Recounts, digest: str, words: Words) -> Progress:
    known = recounts.known(digest)
    if known is None or known.same is not None or known.trouble:
        return 1.0, "", True
    share = known.done / known.total if known.total else 0.0
    return share, words("desk.verify.running", done=f"{known.done:,}", total=f"{known.total:,}"), False


def _filled(desk: Desk) -> Progress:
    share = filling_share(desk)
    return (1.0, "", True) if share is None else (float(share), f"{float(share):.1%}", False)


def progress_stream(streams: threading.BoundedSemaphore, ask: Callable[[], Progress]) -> flask.Response:
    """Server-sent events of a job until it is over."""
    if not streams.acquire(blocking=False):
        return _refusal("too many pages follow progress; reload this one later", 503)

    def told() -> Iterator[str]:
        try:
            deadline, said = time.monotonic() + _LONGEST_S, None
            while time.monotonic() < deadline:
                share, text, done = ask()
                if (share, text, done) != said:
                    said = share, text, done
                    yield f"data: {json.dumps({'share': round(share, 4), 'text': text, 'done': done})}\n\n"
                if done:
                    return
                time.sleep(_TELL_S)
        finally:
            streams.release()

    return flask.Response(told(), mimetype="text/event-stream", headers={"Cache-Control": "no-store"})


def _answer(make: Callable[[], flask.Response]) -> flask.Response:
    try:
        return make()
    except EXPECTED as error:
        return _refusal(faults_of(error), 400)


def _refusal(why: str, status: int) -> flask.Response:
    return flask.Response(why + "\n", status, mimetype="text/plain")


def _taken(trail: AuditTrail, content: bytes, name: str, kind: str) -> flask.Response:
    """A file that is taken away; it is noted before anything leaves."""
    trail.note(Act.EXPORTED, current_viewer(), {"what": name})
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return flask.Response(content, mimetype=kind, headers=headers)

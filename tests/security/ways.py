"""Everything that leaves a server, asked in-process by any viewer: what the guard found out is put into the request."""

from __future__ import annotations

import asyncio
import io
import json
import threading
import uuid
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import flask
from dash import Dash

from layouts.words import Words
from scoring.alerts.engine import Memory
from scoring.calendar import BusinessCalendar
from scoring.editions import edition
from streams.redis_adapters.alerts import AlertStore, Held
from streams.redis_adapters.site import Clock
from tests.desk.counted_site import arrive
from tests.support.servers import wait_until
from wall.alerts.evaluation import Evaluation
from wall.board_follower import BoardFollower
from wall.definitions.apply import put_in_force
from wall.guard import FRAMES, SCREEN
from wall.people.viewer import VIEWER, Viewer
from wall.ports import free_port
from wall.scorer import Scorer
from wall.screens.service import open_fleet
from wall.server import create_server
from wall.settings import Settings
from wall.wiring import Site, open_site

from .organisation import NOW_MS, Organisation

_WORDS = Words.of("en")


@dataclass(frozen=True)
class Answer:
    """What came back: its status, and all its text, with what is packed in it unpacked."""

    status: int
    text: str


class Premises:
    """A server of an organisation, with its board counted, scored and loaded."""

    def __init__(self, site: Site, made: Organisation, follower: BoardFollower) -> None:
        self.site, self.made, self.follower = site, made, follower
        fleet = open_fleet(site, follower)
        for unit, tokens in made.announced.items():
            fleet.steps.announce(" ".join(tokens), unit, None, "test", _WORDS)
        guard: Any = create_server(site, follower)
        self.starlette = guard.app
        mount = next(route for route in self.starlette.routes if not route.path)
        self.flask: flask.Flask = mount.app.app.__self__
        self.dash: Dash = self.flask.view_functions["/_dash-layout"].__self__
        self._client = self.flask.test_client()
        self._loop = asyncio.Runner()
        #: The body of the last answer of Flask as it came.
        self.content = b""
        #: Alerts that fire, by unit and KPI.
        self.alerts = _fire(site, follower)

    def close(self) -> None:
        """End its loop."""
        self._loop.close()

    def get(self, path: str, who: Viewer, **asked: str) -> Answer:
        """The answer of a Flask route."""
        return self.send("GET", path, who, **asked)

    def send(self, method: str, path: str, who: Viewer, content: Any = None, **asked: str) -> Answer:
        """The answer of a Flask route to a request with JSON."""
        query = f"?{urlencode(asked)}" if asked else ""
        found = self._client.open(path + query, method=method, json=content,
                                  environ_overrides={"asgi.scope": _scope(method, path, who)})  # fmt: skip
        self.content = found.get_data()
        names = "\n".join(f"{name}: {value}" for name, value in found.headers)
        return Answer(found.status_code, names + "\n" + _unpacked(self.content))

    def page(self, path: str, who: Viewer, query: str = "") -> Answer:
        """A page that Dash makes."""
        return self.call("page.children", who, {"address.pathname": path, "address.search": query})

    def call(self, output: str, who: Viewer, values: Mapping[str, Any], other: Any = None) -> Answer:
        """The answer to a callback; what `values` does not name of its inputs and states is `other`."""
        held = self.dash.callback_map[output]
        outs = [_output(one) for one in output.strip(".").split("...")]
        parts = {name: [_given(one, values, other) for one in held[name]] for name in ("inputs", "state")}
        changed = [f"{_plain_id(one['id'])}.{one['property']}" for one in held["inputs"][:1]]
        body = {"output": output, "outputs": outs if output.startswith("..") else outs[0], **parts,
                "changedPropIds": changed}  # fmt: skip
        return self.send("POST", "/_dash-update-component", who, body)

    def asgi(self, path: str, who: Viewer, **asked: str) -> Answer:
        """The answer of a Starlette route; of a stream, its first frames."""
        return self._loop.run(self._asgi(path, who, urlencode(asked)))

    async def _asgi(self, path: str, who: Viewer, query: str) -> Answer:
        told: list[bytes] = []
        status = 0
        done = asyncio.Event()

        async def send(message: Any) -> None:
            nonlocal status
            status = message.get("status", status)
            told.append(message.get("body", b""))
            if told[-1] or message["type"].endswith("body"):
                done.set()

        async def receive() -> Any:
            await asyncio.wait_for(done.wait(), 20)
            return {"type": "http.disconnect"}

        scope = {**_scope("GET", path, who), "query_string": query.encode(), SCREEN: None, FRAMES: send}
        await self.starlette(scope, receive, send)
        return Answer(status, b"".join(told).decode("utf-8", "replace"))


def _fire(site: Site, follower: BoardFollower) -> Mapping[tuple[str, str], str]:
    """Let everything fire that the organisation's rules name, as the alert service does."""
    store, board = AlertStore(site.redis, site.settings.site), follower.board()
    date = BusinessCalendar(follower.model.calendar).business_date(NOW_MS)
    evaluation = Evaluation(Held((), Memory(), {}, {}), edition(follower.model, date))
    store.hold("test")
    store.commit("test", evaluation.take(board, NOW_MS, None))
    return {(one.key.unit, one.key.kpi): one.id for one in evaluation.standing}


def _scope(method: str, path: str, who: Viewer) -> dict[str, Any]:
    return {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "path": path,
        "raw_path": path.encode(), "root_path": "", "query_string": b"", "headers": [], "scheme": "http",
        "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 9), VIEWER: who,
    }  # fmt: skip


def _given(one: Mapping[str, Any], values: Mapping[str, Any], other: Any) -> Any:
    name = str(one["id"])
    if name.startswith("{") and ["ALL"] in json.loads(name).values():
        return []
    where = f"{name}.{one['property']}"
    return {"id": _object_id(name), "property": one["property"], "value": values.get(where, other)}


def _object_id(name: str) -> Any:
    if not name.startswith("{"):
        return name
    return {key: "x" if isinstance(value, list) else value for key, value in json.loads(name).items()}


def _plain_id(name: str) -> str:
    found = _object_id(name)
    return found if isinstance(found, str) else json.dumps(found, separators=(",", ":"), sort_keys=True)


def _output(one: str) -> Any:
    name, _, prop = one.partition("@")[0].rpartition(".")
    if name.startswith("{") and ["ALL"] in json.loads(name).values():
        return []
    return {"id": _object_id(name), "property": prop}


def _unpacked(content: bytes) -> str:
    """The text of an answer; of a workbook that of all its parts."""
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return "\n".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())
    return content.decode("utf-8", "replace")


@contextmanager
def premises(url: str, made: Organisation) -> Iterator[Premises]:
    """A server of an organisation on a Redis: applied, counted and scored as in operation."""
    name = f"hidden{uuid.uuid4().hex[:8]}"
    site = open_site(Settings(site=name, redis=url, topic=name, group=name, partitions=1, port=free_port()))
    put_in_force(site, made.model, "test", "first")
    site.store.set_clock(Clock(NOW_MS, 1, 0.0))
    _count(site, made)
    applied = site.store.model()
    assert applied is not None
    scorer = Scorer(site.store, site.counters, site.boards, applied, site.log.partitions(), site.log,
                    lambda: site.boards.load() is not None)  # fmt: skip
    scorer.run()
    follower = BoardFollower(site, applied, "test")
    follower.start(lambda: None)
    wait_until(lambda: bool(follower.board().kpis), 20, "the board is there")
    opened = Premises(site, made, follower)
    try:
        yield opened
    finally:
        opened.close()
        threading.Thread(target=_end, args=(site, follower)).start()


def _end(site: Site, follower: BoardFollower) -> None:
    follower.stop()
    site.close()


def _count(site: Site, made: Organisation) -> None:
    site.log.append(made.events)
    arrive(site, [])

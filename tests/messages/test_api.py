"""The test button over HTTP: for who manages all accounts, audited, and nothing is told of addresses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.messages.made import SECRET
from tests.messages.receivers import Answer, Receiver
from tests.people.served import Served, served
from tests.support.signed_in import account, bearer, cookies
from wall.people.acts import Acts

JSON = {"Content-Type": "application/json", "Accept": "application/json", "Sec-Fetch-Mode": ""}


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with Receiver() as found:
        yield found


@pytest.fixture(scope="module")
def wall(receiver: Receiver, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    file: Path = folder / "channels.toml"
    file.write_text(
        f'[channels.hook]\nwebhook = "{receiver.url}/secret-path"\nsecret = "{SECRET}"\nunit = "company"\n'
        f'[channels.app]\nurl = "json://127.0.0.1:{receiver.port}/{{account}}"\npersonal = true\n'
    )
    with served(folder, channels=str(file)) as found:
        yield found


def test_who_manages_accounts_lists_and_tests_channels(wall: Served, receiver: Receiver) -> None:
    program = {**JSON, **bearer(wall.site)}
    listed = wall.ask("GET", "/api/v1/channels", headers=program)
    assert [one["name"] for one in json.loads(listed.text)["channels"]] == ["hook", "app"]
    assert "secret-path" not in listed.text
    assert SECRET not in listed.text
    receiver.answers = [Answer(), Answer(410)]
    done = [wall.ask("POST", "/api/v1/channels/hook/test", {}, program) for _ in range(2)]
    assert [(one.status, json.loads(one.text)) for one in done] == [
        (200, {"outcome": "sent", "error": ""}), (502, {"outcome": "refused", "error": "HTTP 410"})]  # fmt: skip
    assert len(receiver.requests) == 2
    assert [one.body["channel"] for one in Acts(wall.site).all() if one.kind == "audit.channel_tested"] == ["hook"] * 2
    unknown = wall.ask("POST", "/api/v1/channels/nowhere/test", {}, program)
    assert (unknown.status, "it has: hook, app" in unknown.text) == (404, True)
    assert wall.ask("POST", "/api/v1/channels/app/test", {}, program).status == 400


def test_nobody_else_does(wall: Served, receiver: Receiver) -> None:
    before = len(receiver.requests)
    for headers in (cookies(wall.site, "lead@company"), cookies(wall.site, "worker", person="ann")):
        assert wall.ask("GET", "/api/v1/channels", headers={**JSON, **headers}).status == 403
        assert wall.ask("POST", "/api/v1/channels/hook/test", {}, {**JSON, **headers}).status == 403
    assert wall.ask("POST", "/api/v1/channels/hook/test", {}, JSON).status == 401
    evil = {**JSON, **cookies(wall.site), "Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    assert wall.ask("POST", "/api/v1/channels/hook/test", {}, evil).status == 403
    assert len(receiver.requests) == before


def test_one_says_on_the_own_page_when_one_is_away_and_who_stands_in(wall: Served) -> None:
    bob = account(wall.site, "lead@red")
    own = cookies(wall.site, "lead@red", name="away-ann")
    page = wall.ask("GET", "/account?lang=en", headers=own)
    assert "Enter an absence" in page.text
    assert f'value="{bob.id}"' in page.text
    form = {"first": "2026-03-20", "last": "2026-03-27", "substitute": bob.id, "lang": "en"}
    saved = wall.ask("POST", "/account/away", form, own)
    assert saved.to == "/account?done=away.saved&lang=en"
    page = wall.ask("GET", saved.to, headers=own)
    assert f"Away 20 Mar to 27 Mar, {bob.name} stands in" in page.text
    assert "Your absence is saved" in page.text
    assert wall.ask("POST", "/account/away", {"end": "1", "lang": "en"}, own).to == "/account?done=away.ended&lang=en"
    assert "Enter an absence" in wall.ask("GET", "/account?lang=en", headers=own).text
    for wrong, why in (
        ({"last": "2026-03-01"}, "before the first day"),
        ({"first": "soon"}, "no day"),
        ({"substitute": "nobody"}, "no account nobody"),
        ({"substitute": "away-ann"}, "no account away-ann"),
    ):
        refused = wall.ask("POST", "/account/away", {**form, **wrong}, own)
        assert (refused.status, why in refused.text) == (400, True), wrong

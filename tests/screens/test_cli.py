"""`kpiwall screens` against a real site: what it prints, what it refuses, and its exit codes."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator

import msgspec
import pytest
from click.testing import CliRunner, Result

from tests.support.servers import RedisNode, wait_until
from wall.cli import main
from wall.definitions.apply import put_in_force
from wall.screens.beats import Beat, Heard
from wall.screens.service import Fleet, real_ms
from wall.settings import Settings
from wall.wiring import Site, open_site

from .fleets import fleet_of, screens_model


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisNode]:
    with RedisNode(appendfsync="everysec") as node:
        yield node


@pytest.fixture
def site(redis: RedisNode) -> Iterator[Site]:
    name = f"cli{uuid.uuid4().hex[:8]}"
    opened = open_site(Settings(site=name, redis=redis.url, topic=name, partitions=1))
    put_in_force(opened, screens_model(), "test", "test")
    yield opened
    opened.close()


@pytest.fixture
def fleet(site: Site) -> Iterator[Fleet]:
    with fleet_of(site) as found:
        yield found


def run(site: Site, *arguments: str) -> Result:
    settings = site.settings
    flags = ["--site", settings.site, "--redis", settings.redis, "--topic", settings.topic]
    return CliRunner().invoke(main, [*flags, "screens", *arguments])


def paired(site: Site, fleet: Fleet, name: str = "TV 1", *more: str) -> tuple[str, str]:
    """A screen paired by the command: its id and credential."""
    opened = fleet.open_code("10.0.0.1")
    done = run(
        site, "pair", opened.code, "--name", name, "--unit", "red", "--playlist", "team", "--author", "Ann", *more
    )
    assert done.exit_code == 0, done.output
    found = re.match(r"(s\w+) is", done.output)
    assert found
    return found[1], fleet.answer(opened.claim).credential


def hear(site: Site, screen: str, ago_s: int) -> None:
    """A heartbeat as a server keeps it."""
    beat = Beat(scene="anywhere", width=1920, height=1080, version="0.1.0", heap_mb=42.0)
    heard = msgspec.json.encode(Heard(real_ms() - ago_s * 1000, "10.0.0.1", beat))
    site.redis.hset(f"kpiwall:{{{site.settings.site}}}:screens:beats", screen, heard)


def test_without_screens_the_list_says_how_to_get_one(site: Site) -> None:
    found = run(site)
    assert found.exit_code == 0
    assert "/screen" in found.output
    assert "kpiwall screens pair CODE" in found.output


def test_a_screen_is_paired_listed_changed_and_revoked(site: Site, fleet: Fleet) -> None:
    screen, credential = paired(site, fleet, "TV 1", "--place", "hall 3", "--margin", "2.5", "--theme", "light")
    hear(site, screen, 3)
    listed = run(site, "list")
    assert listed.exit_code == 0
    for part in (screen, "live", "TV 1 (hall 3)", "red · team", "shows anywhere", "1920×1080", "heap 42 MB", "3 s ago"):
        assert part in listed.output, part
    assert run(site, "set", screen, "--name", "TV 2", "--playlist", "red").exit_code == 0
    wait_until(lambda: fleet.frame(screen)["name"] == "TV 2", 5, "the server follows")
    assert (fleet.frame(screen)["playlist"], fleet.frame(screen)["margin"]) == ("red", 2.5)
    assert run(site, "revoke", screen, "--reason", "sold", "--author", "Bob").exit_code == 0
    wait_until(lambda: fleet.judged(credential).standing == "revoked", 5, "the server follows")
    newest = site.journal.entries("screen.")[-1]
    assert (newest.kind, newest.author, newest.body["reason"]) == ("screen.revoked", "Bob", "sold")


def test_a_silent_screen_is_listed_first_and_is_exit_code_1(site: Site, fleet: Fleet) -> None:
    first, _ = paired(site, fleet, "A")
    other, _ = paired(site, fleet, "B")
    hear(site, first, 5)
    hear(site, other, 500)
    assert run(site).exit_code == 0, "it was paired this minute, so it has its time"
    site.journal.append(_paired_long_ago(site, other))
    found = run(site)
    assert found.exit_code == 1
    lines = found.output.splitlines()
    assert lines[0].startswith(f"{other}  silent")
    assert lines[1].startswith(f"{first}  live")
    assert "1 of 2 screens are silent" in found.output


def _paired_long_ago(site: Site, screen: str) -> object:
    entry = next(one for one in site.journal.entries("screen.paired") if one.body["screen"] == screen)
    return type(entry)(entry.kind, entry.at_ms - 600_000, entry.author, entry.body)


@pytest.mark.parametrize(
    ("arguments", "field", "value"),
    [
        (["next"], "step", 1),
        (["previous"], "step", -1),
        (["hold"], "hold", 1),
        (["reload"], "reload", 1),
        (["show", "red_only"], "number", 1),
    ],
)
def test_a_remote_is_worked(site: Site, fleet: Fleet, arguments: list[str], field: str, value: int) -> None:
    screen, _ = paired(site, fleet)
    assert run(site, "set", screen, "--playlist", "red").exit_code == 0
    done = run(site, arguments[0], screen, *arguments[1:])
    assert done.exit_code == 0, done.output
    wait_until(lambda: getattr(fleet.remote(screen), field) == value, 5, "the server follows")


def test_identify_holds_for_a_while_and_resume_ends_a_hold(site: Site, fleet: Fleet) -> None:
    screen, _ = paired(site, fleet)
    for command in ("hold", "identify", "resume"):
        assert run(site, command, screen).exit_code == 0
    wait_until(lambda: fleet.remote(screen).identify_until > real_ms(), 5, "it shows its name")
    wait_until(lambda: fleet.remote(screen).hold == 0, 5, "it rotates")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["pair", "000000", "--name", "TV"], 1, "No screen shows the code 000000"),
        (["pair", "000000"], 2, "--name"),
        (["pair", "000000", "--name", "TV", "--unit", "green"], 1, "no unit green"),
        (["pair", "000000", "--name", "TV", "--playlist", "cinema"], 1, "team, red, company"),
        (["pair", "000000", "--name", "TV", "--margin", "9"], 1, "0 to 5"),
        (["pair", "000000", "--name", "TV", "--theme", "pink"], 2, "pink"),
        (["set", "s0"], 2, "nothing to change"),
        (["set", "s0", "--name", "x"], 1, "no screen s0"),
        (["revoke", "s0"], 1, "no screen s0"),
        (["next", "s0"], 1, "no screen s0"),
        (["show", "s0", "anywhere"], 1, "no screen s0"),
        (["move"], 2, "--end"),
        (["move", "nowhere"], 1, "http://"),
        (["move", "http://127.0.0.1:1"], 1, "No server of walls answers"),
        (["move", "--end"], 0, "screens stay"),
    ],
)
def test_what_is_refused_says_why(site: Site, arguments: list[str], code: int, said: str) -> None:
    found = run(site, *arguments)
    assert found.exit_code == code, found.output
    assert said in found.output


def test_without_redis_the_exit_code_is_3() -> None:
    found = CliRunner().invoke(main, ["--redis", "redis://127.0.0.1:1/0", "screens"])
    assert found.exit_code == 3
    assert "kpiwall config" in found.output

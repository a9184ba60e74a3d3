"""kpiwall audit-log against a real store and journal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from click.testing import CliRunner, Result

from tests.server.teams import company, teams
from tests.support.servers import wait_until
from wall.cli import main
from wall.journal import Entry
from wall.people.audit import Act, AuditTrail
from wall.people.entrance import real_ms
from wall.people.viewer import NOBODY, Viewer
from wall.supervisor import environment
from wall.wiring import Site

ANN = Viewer("person", "ann", "Ann Lee")


@pytest.fixture
def site() -> Iterator[Site]:
    with company(teams()) as opened:
        trail = AuditTrail(opened)
        trail.note(Act.SIGNED_IN, ANN, {"account": "ann", "address": "10.0.0.1", "way": "corp"})
        trail.note(Act.EXPORTED, ANN, {"what": "targets.xlsx", "rows": 12})
        trail.note(Act.SIGN_IN_FAILED, NOBODY, {"account": "\x1b[31mroot", "address": "10.0.0.9"})
        opened.journal.append(Entry("period.closed", 1_000_000_000_000, "Ann Lee", {"period": "2001-08"}))
        yield opened


def run(site: Site, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["audit-log", *arguments], env=environment(site.settings))


def kinds(site: Site, *arguments: str) -> list[str]:
    answer = run(site, "--json", *arguments)
    assert answer.exit_code == 0, answer.output
    return [json.loads(line)["kind"] for line in answer.output.splitlines()]


def test_acts_are_listed_oldest_first_in_words(site: Site) -> None:
    lines = run(site).output.splitlines()
    assert lines[0].split("  ")[:2] == ["2001-09-09 01:46:40", "Ann Lee"]
    assert "Closed a period" in lines[0]
    assert "period=2001-08" in lines[0]
    assert "Applied a model" in lines[1]
    assert "Took away a file" in lines[3]
    assert "what=targets.xlsx  rows=12" in lines[3]


def test_what_somebody_typed_can_not_move_the_terminal(site: Site) -> None:
    answer = run(site, "--kind", "audit.sign_in_failed").output
    assert "\x1b" not in answer
    assert "[31mroot" in answer


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--kind", "audit"], ["audit.signed_in", "audit.exported", "audit.sign_in_failed"]),
        (["--who", "ann", "--kind", "audit.exp"], ["audit.exported"]),
        (["--text", "10.0.0.9"], ["audit.sign_in_failed"]),
        (["--since", "1h", "--who", "Ann Lee"], ["audit.signed_in", "audit.exported"]),
        (["--since", "2001-09-10", "--kind", "period"], []),
        (["--since", "2001-09-09T01:46:40", "--kind", "period"], ["period.closed"]),
        (["--limit", "1"], ["audit.sign_in_failed"]),
    ],
)
def test_acts_are_found(site: Site, arguments: list[str], expected: list[str]) -> None:
    assert kinds(site, *arguments) == expected


def test_a_moment_that_is_none_is_told(site: Site) -> None:
    answer = run(site, "--since", "yesterday")
    assert answer.exit_code == 2
    assert "use 2026-03-18" in answer.output


def test_an_untouched_log_is_proved_and_its_digest_holds_later(site: Site) -> None:
    answer = run(site, "--verify")
    assert answer.exit_code == 0, answer.output
    claims = [line.rpartition("; ")[2] for line in answer.output.splitlines()]
    assert [one.partition(":")[0] for one in claims] == ["2", "3"]
    AuditTrail(site).note(Act.SIGNED_OUT, ANN, {"account": "ann"})
    again = run(site, "--verify", "--expect", claims[0], "--expect", claims[1])
    assert again.exit_code == 0, again.output
    assert again.output.count("holds") == 2
    assert run(site, "--expect", f"3:{'0' * 64}").exit_code == 1
    assert run(site, "--expect", "nonsense").exit_code == 2


def test_an_entry_that_somebody_took_out_is_missed(site: Site) -> None:
    AuditTrail(site).note(Act.SIGNED_OUT, ANN, {"account": "ann"})
    exported = site.trail.entries("audit.exported")[0]
    stream = site.trail._log._keys.log(site.trail._log.partitions()[0])  # type: ignore[attr-defined]
    assert site.redis.xdel(stream, exported.position) == 1
    answer = run(site, "--verify")
    assert answer.exit_code == 1
    assert "journal: 2 entries as they were written" in answer.output
    assert "audit trail: something was changed, removed or slipped in after entry 0 and before entry 2" in answer.output


def test_the_newest_entry_that_somebody_took_out_is_missed_by_a_digest_kept_elsewhere(site: Site) -> None:
    claim = run(site, "--verify").output.splitlines()[1].rpartition("; ")[2]
    newest = site.trail.entries()[-1]
    stream = site.trail._log._keys.log(site.trail._log.partitions()[0])  # type: ignore[attr-defined]
    site.redis.xdel(stream, newest.position)
    assert run(site, "--verify").exit_code == 0, "nothing after it can tell"
    answer = run(site, "--expect", claim)
    assert answer.exit_code == 1
    assert "does not hold" in answer.output


def test_following_prints_what_is_done_from_now_on(site: Site) -> None:
    command = [
        sys.executable,
        "-W",
        "ignore",
        "-m",
        "wall.cli",
        "audit-log",
        "--json",
        "-f",
        "--kind",
        "audit",
        "--limit",
        "1",
    ]
    told: list[str] = []
    with subprocess.Popen(
        command, env={**os.environ, **environment(site.settings)}, stdout=subprocess.PIPE, text=True, bufsize=1
    ) as following:
        assert following.stdout is not None
        told.append(following.stdout.readline())
        AuditTrail(site).note(Act.SIGNED_OUT, ANN, {"account": "ann"})
        site.journal.append(Entry("period.reopened", real_ms(), "Ann Lee", {"period": "2001-08"}))
        AuditTrail(site).note(Act.EXPORTED, ANN, {"what": "later.xlsx"})
        told += [following.stdout.readline() for _ in range(2)]
        following.terminate()
    wait_until(lambda: following.poll() is not None, 5, "following ends")
    assert [json.loads(line)["kind"] for line in told] == ["audit.sign_in_failed", "audit.signed_out", "audit.exported"]

"""apply, history, pull, generations: what they show, what they refuse, and what is in force afterwards."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from click.testing import CliRunner, Result

from scoring.definitions import Model
from tests.support.servers import RedisNode, Service, wait_until
from wall.board_follower import BoardFollower
from wall.cli import main
from wall.definitions.apply import changes, put_in_force
from wall.definitions.change_file import write_changes
from wall.definitions.dated_changes import retroactive
from wall.definitions.generation import generation
from wall.definitions.history import applications, model_as_known, newest_application
from wall.definitions.model_folder import load_model
from wall.metrics import Screens, SiteCollector
from wall.refusal import Refused
from wall.screens.service import open_fleet
from wall.wiring import Site

from .folder import FILES, edited, write
from .sites import LOGS, site_on

APRIL = """\
changes:
  - from: 2026-04-01
    reason: more on time
    author: Ann
    kpis:
      turnover: {weight: 50, target: {b: 600.5}}
      basket: {weight: {company: 30, shop: 50}}
    units:
      b: {weight: 2.5}
"""
JULY = """\
  - from: 2099-07-01
    reason: bands
    kpis:
      peak: {method: {name: bands, table: [{to: 80, points: 90}, {from: 80, points: 100}]}}
"""


@pytest.fixture
def site(request: pytest.FixtureRequest, redis_node: RedisNode) -> Iterator[Site]:
    with site_on("redis streams", redis_node, request) as opened:
        yield opened


def model_with(folder: Path, changed: str = "", **files: str) -> Model:
    """The clean folder with these dated changes and other files."""
    folder.mkdir(exist_ok=True)
    write(folder, {f"{name}.yaml": content for name, content in files.items()})
    (folder / "changes.yaml").write_text(changed)
    return load_model(folder)[0]


def run(site: Site, *arguments: str) -> Result:
    settings = site.settings
    flags = ["--site", settings.site, "--redis", settings.redis, "--topic", settings.topic, "--group", settings.group]
    return CliRunner().invoke(main, [*flags, "--partitions", "2", *arguments])


def test_a_change_reads_as_what_becomes_of_each_value(tmp_path: Path) -> None:
    before, after = model_with(tmp_path), model_with(tmp_path, APRIL + JULY)
    found = [one for one in changes(before, after) if one.what.startswith("changes")]
    assert [(one.sign, one.what) for one in found] == [
        ("+", 'changes 2026-04-01 "more on time":'),
        ("+", 'changes 2099-07-01 "bands":'),
    ]
    assert found[0].detail == (
        "turnover.target b 500 → 600.5; turnover.weight 60 → 50; basket.weight company 20 → 30; "
        "basket.weight shop 40 → 50; b.weight 2 → 2.5"
    )
    later = model_with(tmp_path, APRIL.replace("target: {b: 600.5}", "target: {b: 700}") + JULY)
    edits = changes(after, later)
    assert [(one.sign, one.what) for one in edits] == [("~", 'changes 2026-04-01 "more on time":')]
    assert "turnover.target b 500 → 700" in edits[0].detail
    assert [one.sign for one in changes(after, before)] == ["-", "-"]


def test_only_what_holds_from_the_past_is_retroactive(tmp_path: Path) -> None:
    before, after = model_with(tmp_path), model_with(tmp_path, APRIL + JULY)
    day = after.changes[0].from_
    found = retroactive(before, after, day.replace(day=2))
    assert found == [
        '"more on time" holds from 2026-04-01, which is past: basket, turnover, all of unit b are scored anew '
        "from then on"
    ]
    assert retroactive(before, after, day) == []
    assert retroactive(after, after, day.replace(day=2)) == []


def test_written_changes_are_read_back_as_they_were(tmp_path: Path) -> None:
    model = model_with(tmp_path, APRIL + JULY)
    write_changes(tmp_path, model.changes)
    assert load_model(tmp_path)[0].changes == model.changes
    assert yaml.safe_load((tmp_path / "changes.yaml").read_text())["changes"][0]["kpis"]["turnover"]["weight"] == 50


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("changes.yaml", "changes: []\nroles: []\n", r"more than changes: \(roles\)"),
        ("more.yaml", APRIL, "has changes: too"),
        ("more.yaml", "a: [", "can't be read"),
    ],
)
def test_pull_overwrites_nothing_else(tmp_path: Path, name: str, content: str, words: str) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(Refused, match=words):
        write_changes(tmp_path, [])
    assert (tmp_path / name).read_text() == content


def test_apply_refuses_to_lose_changes_that_came_from_elsewhere(site: Site, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    put_in_force(site, model_with(folder, APRIL), "Ann", "on a page")
    (folder / "changes.yaml").write_text("")
    refused = run(site, "apply", str(folder), "--reason", "x", "--author", "Ben")
    assert refused.exit_code == 1
    assert f"run kpiwall pull {folder}, or give --drop-changes" in refused.output
    assert len(applications(site.journal)) == 1
    pulled = run(site, "pull", str(folder))
    assert (pulled.exit_code, "1 changes" in pulled.output) == (0, True)
    applied = run(site, "apply", str(folder), "--reason", "pulled", "--author", "Ben")
    assert (applied.exit_code, "is in force" in applied.output) == (0, True)
    assert (held := site.store.model()) is not None
    assert len(held.model.changes) == 1
    (folder / "changes.yaml").write_text("")
    dropped = run(site, "apply", str(folder), "--reason", "gone", "--drop-changes")
    assert dropped.exit_code == 0
    assert '- changes 2026-04-01 "more on time"' in dropped.output
    assert "retroactive" in dropped.output


def test_apply_shows_first_and_asks_for_the_reason_then(site: Site, tmp_path: Path) -> None:
    put_in_force(site, model_with(tmp_path), "Ann", "first")
    (tmp_path / "changes.yaml").write_text(APRIL)
    dry = run(site, "apply", str(tmp_path), "--dry-run")
    assert 'retroactive: "more on time" holds from 2026-04-01' in dry.output
    assert len(applications(site.journal)) == 1
    settings = site.settings
    asked = CliRunner().invoke(
        main, ["--site", settings.site, "--redis", settings.redis, "--topic", settings.topic, "apply", str(tmp_path)],
        input="because\n",
    )  # fmt: skip
    assert asked.output.index("+ changes") < asked.output.index("Reason for the change")
    assert applications(site.journal)[-1].reason == "because"


def test_history_lists_who_changed_what_and_why(site: Site, tmp_path: Path) -> None:
    put_in_force(site, model_with(tmp_path), "Ann", "first")
    put_in_force(
        site, model_with(tmp_path, APRIL, kpis=edited("kpis.yaml", "target: 20", "target: 25")), "Ben", "April"
    )
    put_in_force(
        site, model_with(tmp_path, APRIL, metrics=edited("metrics.yaml", "pieces > 0", "pieces > 1")), "Cy", "m"
    )
    shown = run(site, "history").output
    assert shown.index("#3") < shown.index("#2") < shown.index("#1")
    assert "(next)" in shown.splitlines()[0]
    assert "Ben  version 1 (in force)  April" in shown
    assert "~ kpis basket target: 20 → 25" in shown
    assert '+ changes 2026-04-01 "more on time": turnover.target' in shown
    found = json.loads(run(site, "history", "--json", "--limit", "2").output)
    assert [one["number"] for one in found] == [3, 2]
    assert found[1]["position"] == applications(site.journal)[1].position
    assert {"sign": "~", "what": "kpis basket", "detail": "target: 20 → 25"} in found[1]["changes"]


def test_the_model_as_known_at_a_moment(site: Site, tmp_path: Path) -> None:
    models = [model_with(tmp_path).model_copy(update={"version": str(n)}) for n in range(4)]
    applied = [put_in_force(site, one, "Ann", f"{number}") for number, one in enumerate(models)]
    assert applications(site.journal) == applied
    assert [one.number for one in applied] == [1, 2, 3, 4]
    assert [one.model for one in applications(site.journal)] == models
    for one in applied:
        assert model_as_known(site.journal, one.applied_ms) == one
    assert model_as_known(site.journal, applied[0].applied_ms - 1) is None
    assert model_as_known(site.journal, applied[3].applied_ms + 10**9) == applied[3]


@pytest.mark.parametrize("log", LOGS)
def test_a_service_puts_the_journal_s_newest_in_force(
    log: str, redis_node: RedisNode, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """An apply that died between journal and Redis; on Kafka also a Redis that lost everything."""
    with site_on(log, redis_node, request) as site:
        first = put_in_force(site, model_with(tmp_path), "Ann", "first")
        held = site.redis.hgetall(f"kpiwall:{{{site.settings.site}}}:model")
        second = put_in_force(site, model_with(tmp_path, APRIL), "Ann", "second")
        site.redis.hset(f"kpiwall:{{{site.settings.site}}}:model", mapping=held)
        assert (now := site.store.model()) is not None
        assert now.number == first.number
        assert (found := site.applied(lambda: False)) is not None
        assert (found.number, found.model) == (second.number, second.model)
        assert newest_application(site.journal) == second
        if log == "kafka":
            site.redis.flushall()
            assert (found := site.applied(lambda: False)) is not None
            assert (found.number, found.model, found.position) == (second.number, second.model, second.position)
            third = put_in_force(site, model_with(tmp_path), "Ann", "third")
            assert third.number == 3


def test_apply_does_not_wait_where_nobody_counts(site: Site, tmp_path: Path) -> None:
    put_in_force(site, model_with(tmp_path), "Ann", "first")
    write(tmp_path, {"metrics.yaml": edited("metrics.yaml", "pieces > 0", "pieces > 1")})
    done = run(site, "apply", str(tmp_path), "--reason", "x")
    assert done.exit_code == 0
    assert "counting changes" in done.output
    assert "no ingest service runs" in done.output
    assert "is next" in done.output
    listed = run(site, "generations").output
    assert "next" in listed
    assert "in force" in listed


def test_metrics_say_how_far_the_next_counters_are(site: Site, tmp_path: Path) -> None:
    def samples() -> dict[tuple[str, str], float]:
        found = {family.name: family for family in collector.collect()}["kpiwall_backfill_records"].samples
        return {(one.labels["partition"], one.labels["state"]): one.value for one in found}

    first = put_in_force(site, model_with(tmp_path), "Ann", "first")
    follower = BoardFollower(site, first, "test")
    collector = SiteCollector(site, follower, Screens(SimpleNamespace(screens=0), open_fleet(site, follower)))
    assert samples() == {}
    put_in_force(site, model_with(tmp_path, metrics=edited("metrics.yaml", "pieces > 0", "pieces > 1")), "Ann", "more")
    site.redis.hset(site.counters(first.generation).keys(site.log.partitions()[0]).state, "records", 7)
    assert {state: count for (partition, state), count in samples().items() if partition.endswith("-0")} == {
        "done": 0,
        "total": 7,
    }


def test_apply_waits_until_the_counters_are_filled(site: Site, tmp_path: Path) -> None:
    put_in_force(site, model_with(tmp_path), "Ann", "first")
    with Service("ingest", site.settings):
        wait_until(lambda: bool(site.store.reader_reports()), 30, "ingest runs")
        write(tmp_path, {"metrics.yaml": edited("metrics.yaml", "pieces > 0", "pieces > 1")})
        done = run(site, "apply", str(tmp_path), "--reason", "x")
        assert done.exit_code == 0, done.output
        assert "is in force" in done.output
        assert (held := site.store.model()) is not None
        assert held.generation == generation(load_model(tmp_path)[0])
        assert len(site.store.generations()) == 2
        assert "1 generations dropped" in run(site, "generations", "--drop-old").output
        assert site.store.generations() == [held.generation]


def test_the_clean_files_hold_no_changes() -> None:
    assert "changes.yaml" not in FILES

"""`kpiwall channels` and `kpiwall messages`, and the test button over HTTP."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from streams.redis_adapters.outbox import Outbox
from tests.messages.made import SECRET, message
from tests.messages.receivers import Answer, Receiver, is_signed
from tests.support.signed_in import account
from wall.cli import main
from wall.messages.channels import open_channels
from wall.messages.delivery import Delivery
from wall.people.acts import Acts
from wall.people.entrance import real_ms
from wall.supervisor import environment
from wall.wiring import Site


def _run(site: Site, *arguments: str, file: Path | None = None) -> tuple[int, str]:
    """Exit code and everything that was said."""
    told = {**environment(site.settings), "KPIWALL_CHANNELS": "" if file is None else str(file), "HOOK": SECRET}
    done = CliRunner().invoke(main, list(arguments), env=told)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


def _file(folder: Path, port: int, more: str = "") -> Path:
    file = folder / "channels.toml"
    file.write_text(
        f'[channels.hook]\nwebhook = "http://127.0.0.1:{port}/in"\nsecret = "${{HOOK}}"\nunit = "company"\n'
        f'[channels.app]\nurl = "json://u:hunter2hunter2@127.0.0.1:{port}/{{account}}"\npersonal = true\n{more}',
        "utf-8",
    )
    return file


def test_channels_are_listed_with_whom_they_reach_and_without_secrets(site: Site, tmp_path: Path) -> None:
    account(site, "lead@red")
    code, said = _run(site, "channels", file=_file(tmp_path, 9))
    assert code == 0
    assert "group that sees company" in said
    assert " of " in said
    assert SECRET not in said
    assert "hunter2" not in said
    assert "no channels" in _run(site, "channels")[1]


def test_channels_that_can_not_work_are_faults(site: Site, tmp_path: Path) -> None:
    more = '[channels.far]\nurl = "json://127.0.0.1/"\nunit = "moon"\n'
    more += '[channels.odd]\nurl = "odd://hunter2hunter2"\nunit = "red"\n'
    code, said = _run(site, "channels", file=_file(tmp_path, 9, more))
    assert code == 1
    assert "unit 'moon' is not in the model in force" in said
    assert "channels.odd.url: Apprise can't use this address" in said
    assert "hunter2" not in said


def test_the_test_button_of_the_command_sends_and_says_what_came_of_it(
    site: Site, outbox: Outbox, tmp_path: Path
) -> None:
    ann = account(site, "lead@red")
    with Receiver(Answer(), Answer(403, body=json.dumps({"error": f"no {SECRET}"}).encode()), Answer()) as receiver:
        file = _file(tmp_path, receiver.port)
        assert _run(site, "channels", "test", "hook", file=file) == (0, "sent\n")
        code, said = _run(site, "channels", "test", "hook", file=file)
        assert (code, "not sent: HTTP 403" in said, SECRET in said) == (1, True, False)
        assert _run(site, "channels", "test", "app", "--to", ann.id, file=file)[0] == 0
    assert is_signed(receiver.requests[0], SECRET)
    assert receiver.requests[2].path == f"/{ann.id}"
    for arguments, why in (
        (("nowhere",), "no channel nowhere; it has: hook, app"),
        (("app",), "say whom"),
        (("hook", "--to", ann.id), "leave out whom"),
        (("app", "--to", "nobody"), "no account nobody"),
    ):
        code, said = _run(site, "channels", "test", *arguments, file=file)
        assert (code, why in said) == (1, True), said
    tested = [one for one in Acts(site).all() if one.kind == "audit.channel_tested"]
    assert [one.body["channel"] for one in tested] == ["hook", "hook", "app"]
    code, said = _run(site, "messages")
    assert said.count("test") == 3
    assert "refused" in said


def test_the_delivery_log_is_shown_by_what_is_asked(site: Site, outbox: Outbox, tmp_path: Path) -> None:
    with Receiver(Answer(400), Answer()) as receiver:
        delivery = Delivery(site, open_channels(str(_written(tmp_path, receiver.port))))
        outbox.put([message("a").parcel, message("b").parcel, message("c", "waits").parcel])
        while delivery.run_once(real_ms() + 60_000 * 60 * 24 * 30 * 20):
            assert delivery.wait(10)
    code, said = _run(site, "messages", "--hours", "100000")
    assert code == 0
    assert "3 attempts; waiting: none" in said
    lines = [json.loads(one) for one in _run(site, "messages", "--json", "--alert", "alert-b")[1].splitlines()]
    assert [one["outcome"] for one in lines] == ["sent"]
    assert "1 attempts" in _run(site, "messages", "--outcome", "refused", "--channel", "hook")[1]
    assert "0 attempts" in _run(site, "messages", "--to", "ann")[1]


def _written(folder: Path, port: int) -> Path:
    file = folder / "hook.toml"
    file.write_text(f'[channels.hook]\nwebhook = "http://127.0.0.1:{port}/"\nsecret = "{SECRET}"\nunit = "company"\n')
    return file


@pytest.mark.parametrize("command", [["channels"], ["messages"], ["channels", "test", "x"]])
def test_a_broken_file_is_told_by_its_place(site: Site, tmp_path: Path, command: list[str]) -> None:
    file = tmp_path / "broken.toml"
    file.write_text("[channels.x\n")
    if command == ["messages"]:
        assert _run(site, *command, file=file)[0] == 0, "the log needs no channels"
        return
    code, said = _run(site, *command, file=file)
    assert (code, "broken.toml" in said) == (1, True)

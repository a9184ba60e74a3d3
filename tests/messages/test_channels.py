"""The file of channels: what is told of its faults, whom a channel reaches, and that no secret is shown."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from click import ClickException

from tests.messages.made import ANN, SECRET, T0, hook, outgoing
from wall.messages.api import shown
from wall.messages.channels import Channel, Channels, open_channels, read_channels
from wall.messages.senders import address_faults, sender_of
from wall.messages.sending import Attempt

GOOD = """
[channels.mail]
url = "mailtos://kpi:${MAIL_PASSWORD}@smtp.example.com?to={email}&from=kpi@example.com"
personal = true
least = "warning"
rate = 60

[channels.line]
url = "dingtalk://${DING_SECRET}@${DING_TOKEN}"
unit = "red"
kinds = ["fired", "recovered"]
least = "critical"

[channels.tickets]
webhook = "https://tickets.example.com/in?key=${KEY}"
secret = "${HOOK_SECRET}"
unit = "company"
timeout = "5s"
"""
VARIABLES = {"MAIL_PASSWORD": "p@ss/word?", "DING_SECRET": "SECabcdef", "DING_TOKEN": "tok123456", "KEY": "k&y",
             "HOOK_SECRET": SECRET}  # fmt: skip


def _read(folder: Path, text: str, **variables: str) -> Channels:
    file = folder / "channels.toml"
    file.write_text(text, "utf-8")
    return Channels(read_channels(file, variables))


def test_variables_stand_for_parts_of_addresses_whatever_is_in_them(tmp_path: Path) -> None:
    found = _read(tmp_path, GOOD, **VARIABLES)
    mail, tickets = found.get("mail"), found.get("tickets")
    assert mail is not None
    assert tickets is not None
    assert "kpi:p%40ss%2Fword%3F@smtp" in mail.url
    assert tickets.webhook == "https://tickets.example.com/in?key=k%26y"
    assert (tickets.secret, tickets.timeout) == (SECRET, 5)
    assert list(address_faults(found)) == []


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ("", "has no address; give one of url, webhook and feishu"),
        ('url = "json://x"\nwebhook = "https://x/"\nunit = "red"', "has url and webhook; give one"),
        ('url = "json://x"', "give either personal = true or unit = UNIT"),
        ('url = "json://x"\npersonal = true', "use {email}, {account} or {title} in it"),
        ('url = "mailto://x?to={email}"\nunit = "red"', "add personal = true"),
        ('webhook = "https://x/"\nunit = "red"\nsecret = "simple"', "secret: use whsec_ and 24 to 64 random bytes"),
        ('webhook = "http://example.com/"\nunit = "red"\nsecret = "${HOOK}"', "use https; http is for 127.0.0.1 only"),
        ('url = "json://x/${NOWHERE}"\nunit = "red"', "url needs the environment variable NOWHERE; set it"),
        ('url = "json://x"\nunit = "red"\ncolour = "red"', "one.colour: Extra inputs are not permitted"),
        ('url = "json://x"\nunit = "red"\nrate = -1', "one.rate: Input should be greater than or equal to 0"),
        ('url = "json://x"\nunit = "red"\nkinds = ["loud"]', "one.kinds.0: Input should be 'fired'"),
        ('feishu = "https://x/"\npersonal = true', "is a robot of a group; give it a unit"),
    ],
)
def test_a_faulty_channel_is_told_with_its_place_and_what_to_do(tmp_path: Path, table: str, why: str) -> None:
    with pytest.raises(ClickException) as told:
        _read(tmp_path, f"[channels.one]\n{table}\n", HOOK=SECRET)
    assert why in told.value.message
    assert "channels.toml: channels.one" in told.value.message
    assert SECRET not in told.value.message


def test_all_faults_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    text = '[mail]\nx = 1\n[channels.A]\nurl = "json://x"\nunit = "red"\n[channels.b]\nunit = "red"\n'
    with pytest.raises(ClickException) as told:
        _read(tmp_path, text)
    for why in ("mail: no such table", "channels.A: use small letters", "channels.b: has no address"):
        assert why in told.value.message
    (tmp_path / "broken.toml").write_text("[channels")
    with pytest.raises(ClickException, match=r"broken\.toml"):
        open_channels(str(tmp_path / "broken.toml"))
    with pytest.raises(ClickException, match=r"gone\.toml"):
        open_channels(str(tmp_path / "gone.toml"))
    assert len(open_channels("")) == 0


def test_addresses_that_apprise_can_not_use_are_told_without_what_is_in_them() -> None:
    faulty = {
        "a": Channel(id="a", url="nothing://hunter2hunter2/x", unit="red"),
        "b": Channel(id="b", url="dingtalk://not!!valid!!secret@hunter2hunter2", unit="red"),
    }
    faults = list(address_faults(Channels(faulty)))
    assert [fault.split(":")[0] for fault in faults] == ["channels.a.url", "channels.b.url"]
    assert "hunter2" not in "".join(faults)
    assert sender_of(faulty["b"], lambda: T0).send(outgoing()) == Attempt(
        "refused", "Apprise can't use the address that this makes; see kpiwall channels"
    )


def test_a_channel_reaches_who_has_what_it_needs_and_tells_what_it_is_for(tmp_path: Path) -> None:
    found = _read(tmp_path, GOOD, **VARIABLES)
    mailless = replace(ANN, email="")

    def of(account: object, kind: object, severity: str = "") -> list[str]:
        return [one.id for one in found.of(account, kind, severity)]  # type: ignore[arg-type]

    assert of(ANN, "fired", "critical") == ["mail"]
    assert of(ANN, "fired", "info") == []
    assert of(ANN, "due") == ["mail"], "what concerns one person has no severity"
    assert of(mailless, "fired", "critical") == []
    line = found.group("line")
    assert line is not None
    assert line.tells("fired", "critical")
    assert not line.tells("fired", "warning")
    assert not line.tells("escalated", "critical")
    assert line.tells("test", "info")
    assert found.group("mail") is None, "a personal channel is no group"
    assert found.group("nowhere") is None


def test_placeholders_are_quoted_so_that_nobody_s_name_leads_elsewhere() -> None:
    channel = Channel(id="mail", url="mailto://smtp.example.com?to={email}&from=a@b.c", personal=True)
    evil = replace(ANN, email="x@example.com&smtp=evil.example")
    assert channel.address(evil).count("smtp=") == 0
    assert channel.lacks(replace(ANN, email="")) == "email"


def test_what_is_shown_of_channels_has_no_secret(tmp_path: Path) -> None:
    found = _read(tmp_path, GOOD, **VARIABLES)
    told = "".join(str(shown(one)) + one.shown for one in found)
    for secret in (*VARIABLES.values(), "p%40ss", "k%26y"):
        assert secret not in told
    assert "https://tickets.example.com/…" in told
    assert "dingtalk://…" in told
    assert hook("https://h.example.com/a/b").shown == "https://h.example.com/…"


def test_the_channels_of_the_docs_work_as_they_stand(tmp_path: Path) -> None:
    text = Path(__file__).parents[2].joinpath("docs", "messages.md").read_text("utf-8")
    example = text.split("```toml\n")[1].split("```")[0]
    variables = dict.fromkeys(re.findall(r"\$\{(\w+)\}", example), "abcdefghijklmnopqrstuvwx")
    variables |= {"SLACK_A": "T1JJ3T3L2", "SLACK_B": "A1BRTD4JD", "SLACK_C": "TIiajkdnlazkcOXrIdevi7FQ",
                  "FEISHU_HOOK": "https://open.feishu.cn/open-apis/bot/v2/hook/x", "TICKETS_SECRET": SECRET,
                  "TEAMS_HOST": "prod-1.westeurope.logic.azure.com"}  # fmt: skip
    found = _read(tmp_path, example, **variables)
    assert {one.id for one in found} >= {
        "line-dingtalk",
        "line-wecom",
        "line-feishu",
        "mail",
        "slack",
        "teams",
        "tickets",
    }
    assert list(address_faults(found)) == []

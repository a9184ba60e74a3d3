"""The settings of other ways to sign in: what is refused, all of it at once, and how people become grants."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click import ClickException

from tests.docs.documents import ROOT, fences, inline_code
from wall.people.providers.listed import buttons, open_providers
from wall.people.providers.mapping import grants_of, places_of
from wall.people.providers.person import Person
from wall.people.providers.ways import DingTalkWay, FeishuWay, OidcWay, WeComWay, read_ways

GOOD = """
[corp]
kind = "oidc"
issuer = "https://id.example.com/realm/"
client_id = "kpiwall"
client_secret_file = "secret"
default_role = "worker"

[lark]
kind = "feishu"
client_id = "cli_1"
client_secret = "s"
groups = [{ group = "od-1", role = "boss" }]
"""
BAD = """
[Corp]
kind = "oidc"
issuer = "http://id.example.com"
client_id = "kpiwall"
default_role = "worker"

[corp2]
kind = "oidc"
issuer = "https://id.example.com"
client_id = ""
group = []

[ding]
kind = "dingtalk"
client_id = "c"
client_secret = "s"

[other]
kind = "saml"
"""


def test_a_file_names_providers_in_its_order(tmp_path: Path) -> None:
    (tmp_path / "ways.toml").write_text(GOOD)
    (tmp_path / "secret").write_text("hidden\n")
    ways = read_ways(tmp_path / "ways.toml")
    assert ways["corp"].secret == "hidden"
    assert ways["lark"].secret == "s"
    providers = open_providers(str(tmp_path / "ways.toml"))
    assert buttons(providers) == [("corp", "corp"), ("lark", "飞书 Feishu")]
    assert open_providers("") == {}


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "ways.toml").write_text(BAD)
    with pytest.raises(ClickException) as refused:
        read_ways(tmp_path / "ways.toml")
    said = refused.value.message
    for fault in (
        "[Corp]: use small letters",
        "Corp.oidc.issuer: Value error, use https",
        "corp2.oidc.client_id",
        "corp2.oidc.group: Extra inputs",
        "ding.dingtalk: Value error, lets nobody in",
        "other: Input tag 'saml'",
    ):
        assert fault in said, fault


@pytest.mark.parametrize("text", ["[corp", "corp = 1", "[lark]\nkind = 'feishu'\nclient_id = 'c'\ndefault_role = 'r'"])
def test_what_is_no_settings_file_is_refused_with_its_name(tmp_path: Path, text: str) -> None:
    (tmp_path / "ways.toml").write_text(text)
    with pytest.raises(ClickException, match=r"ways\.toml"):
        read_ways(tmp_path / "ways.toml")


def test_a_secret_that_is_not_there_is_told(tmp_path: Path) -> None:
    (tmp_path / "ways.toml").write_text(GOOD)
    with pytest.raises(ClickException, match=r"corp\.client_secret_file"):
        read_ways(tmp_path / "ways.toml")


def way(**more: object) -> OidcWay:
    told = {"id": "corp", "kind": "oidc", "issuer": "https://id.test", "client_id": "c", "default_role": "", **more}
    return OidcWay.model_validate(told)


def test_groups_become_grants_in_the_order_of_the_settings_and_once() -> None:
    groups = [
        {"group": "a", "role": "lead", "unit": "red"},
        {"group": "b", "role": "lead", "unit": "red"},
        {"group": "c", "role": "boss"},
    ]
    found = grants_of(way(groups=groups), Person("x", groups=frozenset("abc")))
    assert found == ["lead@red", "boss"]
    assert grants_of(way(groups=groups), Person("x", groups=frozenset("d"))) == []
    assert grants_of(way(groups=groups, default_role="worker"), Person("x")) == ["worker"]
    assert grants_of(way(groups=groups, default_role="worker"), Person("x", groups=frozenset("c"))) == ["boss"]


def test_a_claim_that_names_no_unit_names_no_place() -> None:
    named = way(default_role="worker", unit_claim="org.unit", person_claim="number")
    person = Person("x", claims={"org": {"unit": "red"}, "number": 7})
    assert places_of(named, person, {"red", "7"}) == {"unit": "red", "person": "7"}
    assert places_of(named, person, {"blue"}) == {"unit": "", "person": ""}
    assert places_of(way(default_role="worker"), person, {"red"}) == {}


def test_the_document_names_every_setting_and_its_examples_are_settings(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "sign-in.md").read_text("utf-8")
    (tmp_path / "corp.secret").write_text("hidden")
    examples = fences(text, "toml")
    for example in examples:
        (tmp_path / "ways.toml").write_text(example)
        assert read_ways(tmp_path / "ways.toml")
    keys = {key for one in (OidcWay, DingTalkWay, WeComWay, FeishuWay) for key in one.model_fields} - {"id"}
    assert keys <= set(re.findall(r"\w+", " ".join([*inline_code(text), *examples])))

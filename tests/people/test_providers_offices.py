"""Signing in through DingTalk, WeCom and Feishu, against a server that answers as their documentation says."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
import requests

from tests.server.teams import company, teams
from tests.support.servers import Service, wait_until
from wall.people.account import Account
from wall.people.accounts import Accounts
from wall.people.entrance import real_ms
from wall.people.providers.dingtalk import DingTalk
from wall.people.providers.feishu import Feishu
from wall.people.providers.person import Begun, SignInFailed
from wall.people.providers.ways import DingTalkWay, FeishuWay, WeComWay
from wall.people.providers.wecom import WeCom
from wall.wiring import Site

from .offices import AGENT, CLIENT, SECRET, DingTalkOffice, FeishuOffice, Office, WeComOffice

ROLES = [
    {"id": "lead", "title": "Lead", "scope": "subtree"},
    {"id": "worker", "title": "Worker", "scope": "own_person"},
]
DING = {
    "u1": {"userid": "m1", "unionid": "u1", "name": "安娜", "dept_id_list": [100, 7], "job_number": "ann",
           "leader_in_dept": [{"dept_id": 100, "leader": True}, {"dept_id": 7, "leader": False}],
           "role_list": [{"id": 9, "name": "主管", "group_name": "默认"}], "org_email": "ann@corp.test"},
    "u2": {"userid": "m2", "unionid": "u2", "name": "白", "dept_id_list": [7], "job_number": "nobody"},
    "u3": {"userid": "m3", "unionid": "u3", "name": "外", "dept_id_list": [100], "contact_type": 1},
}  # fmt: skip
WECOM = {
    "m1": {"userid": "m1", "name": "安娜", "department": [100, 7], "is_leader_in_dept": [1, 0], "status": 1,
           "biz_mail": "ann@corp.test", "alias": "ann"},
    "m2": {"userid": "m2", "name": "白", "department": [7], "is_leader_in_dept": [0], "status": 1},
    "m3": {"userid": "m3", "name": "走", "department": [100], "is_leader_in_dept": [1], "status": 5},
}  # fmt: skip
IN = {"is_frozen": False, "is_resigned": False, "is_activated": True, "is_exited": False, "is_unjoin": False}
FEISHU = {
    "ou_1": {"name": "安娜", "department_ids": ["od-100", "od-7"], "status": IN, "employee_no": "ann"},
    "ou_2": {"name": "白", "department_ids": ["od-7"], "status": IN},
    "ou_3": {"name": "走", "department_ids": ["od-100"], "status": {**IN, "is_resigned": True}},
}
SETTINGS = """
[ding]
kind = "dingtalk"
{client}
person_claim = "job_number"
login_url = "{ding}"
api_url = "{ding}"
directory_url = "{ding}/"
groups = [{{ group = "leader:100", role = "lead", unit = "red" }}, {{ group = "role:9", role = "worker" }}]

[wework]
kind = "wecom"
{client}
agent_id = "1000002"
person_claim = "alias"
login_url = "{wecom}"
inside_url = "{wecom}"
api_url = "{wecom}"
groups = [{{ group = "leader:100", role = "lead", unit = "red" }}, {{ group = "100", role = "worker" }}]

[lark]
kind = "feishu"
{client}
person_claim = "employee_no"
login_url = "{feishu}"
api_url = "{feishu}"
groups = [{{ group = "od-100", role = "lead", unit = "red" }}, {{ group = "od-100", role = "worker" }}]
"""


@dataclass
class Stage:
    """A served site beside the three."""

    site: Site
    offices: dict[str, Office]

    def came_back(self, way: str, who: str, agent: str = "Mozilla/5.0") -> requests.Response:
        browser, root = requests.Session(), f"http://127.0.0.1:{self.site.settings.port}"
        browser.headers["user-agent"] = agent
        self.offices[way].who = who
        answer = browser.get(f"{root}/sign-in/{way}?lang=zh-CN&next=/phone/red", allow_redirects=False)
        while not answer.headers["location"].startswith(f"{root}/sign-in/{way}/back"):
            answer = browser.get(
                urljoin(answer.url, answer.headers["location"].partition("#")[0]), allow_redirects=False
            )
        return browser.get(answer.headers["location"], allow_redirects=False)

    def account(self, identity: str) -> Account | None:
        return Accounts(self.site.journal, real_ms).people().of_identity(identity)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    path = tmp_path_factory.mktemp("ways") / "ways.toml"
    client = f"client_id = {json.dumps(CLIENT)}\nclient_secret = {json.dumps(SECRET)}"
    with (
        company(teams(roles=ROLES)) as site,
        DingTalkOffice(DING) as ding,
        WeComOffice(WECOM) as work,
        FeishuOffice(FEISHU) as lark,
    ):
        path.write_text(SETTINGS.format(client=client, ding=ding.url, wecom=work.url, feishu=lark.url))
        settings = replace(site.settings, sign_in=str(path))
        with Service("serve", settings):
            wait_until(lambda: _answers(settings.port), 30, "the server answers")
            yield Stage(site, {"ding": ding, "wework": work, "lark": lark})


def _answers(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/healthz", timeout=1).ok
    except requests.RequestException:
        return False


def why(answer: requests.Response) -> str:
    """Why nobody was signed in; empty where somebody was."""
    return parse_qs(urlsplit(answer.headers["location"]).query).get("failed", [""])[0]


@pytest.mark.parametrize(
    ("way", "who", "identity", "name"),
    [
        ("ding", "u1", "ding:u1", "m1@ding"),
        ("wework", "m1", "wework:m1", "m1@wework"),
        ("lark", "ou_1", "lark:on-ou_1", "id-ou_1@lark"),
    ],
)
def test_a_member_signs_in_with_the_roles_of_departments(
    stage: Stage, way: str, who: str, identity: str, name: str
) -> None:
    answer = stage.came_back(way, who)
    assert answer.headers["location"] == "/phone/red", why(answer)
    account = stage.account(identity)
    assert account is not None
    assert (account.id, account.title, account.person) == (name, "安娜", "ann")
    assert account.email.endswith("@corp.test")
    assert [(one.role, one.unit) for one in account.grants] == [("lead", "red"), ("worker", "")]


@pytest.mark.parametrize(
    ("way", "who", "reason"),
    [
        ("ding", "u2", "no_role"), ("ding", "stranger", "not_member"), ("ding", "u3", "not_member"),
        ("wework", "m2", "no_role"), ("wework", "outside-1", "not_member"), ("wework", "m3", "not_member"),
        ("lark", "ou_2", "no_role"), ("lark", "ou_3", "not_member"), ("lark", "stranger", "not_member"),
    ],
)  # fmt: skip
def test_whoever_has_no_role_or_no_place_in_the_directory_stays_out(
    stage: Stage, way: str, who: str, reason: str
) -> None:
    before = len(stage.site.journal.entries("account."))
    assert why(stage.came_back(way, who)) == reason
    assert len(stage.site.journal.entries("account.")) == before


def test_inside_its_client_wecom_needs_no_code_to_scan(stage: Stage) -> None:
    stage.came_back("wework", "m1", "Mozilla/5.0 (iPhone) wxwork/4.1.0 MicroMessenger/7.0.1")
    pages = [one for one in stage.offices["wework"].asked if not one.path.startswith("/cgi-bin")]
    assert pages[-1].path == "/connect/oauth2/authorize"
    assert (pages[-1].query["scope"], pages[-1].query["agentid"]) == ("snsapi_base", AGENT)
    stage.came_back("wework", "m1")
    pages = [one for one in stage.offices["wework"].asked if not one.path.startswith("/cgi-bin")]
    assert (pages[-1].path, pages[-1].query["login_type"]) == ("/wwlogin/sso/login", "CorpApp")


@pytest.mark.parametrize(("way", "who"), [("ding", "u1"), ("wework", "m1"), ("lark", "ou_1")])
def test_tokens_of_the_application_are_kept_and_replaced_when_they_are_gone(stage: Stage, way: str, who: str) -> None:
    assert not why(stage.came_back(way, who))
    fetched = stage.offices[way].app_tokens
    assert not why(stage.came_back(way, who))
    assert stage.offices[way].app_tokens == fetched
    stage.offices[way].lose_tokens()
    assert not why(stage.came_back(way, who))
    assert stage.offices[way].app_tokens == fetched + 1


def shared(office: Office) -> dict[str, str]:
    bases = {"login_url": office.url, "api_url": office.url}
    return {"id": "x", "client_id": CLIENT, "client_secret": SECRET, "default_role": "worker", **bases}


def dingtalk(office: Office, **more: str) -> DingTalk:
    told = {"kind": "dingtalk", "directory_url": office.url, **shared(office), **more}
    return DingTalk(DingTalkWay.model_validate(told))


def wecom(office: Office, **more: str) -> WeCom:
    told = {"kind": "wecom", "agent_id": AGENT, "inside_url": office.url, **shared(office), **more}
    return WeCom(WeComWay.model_validate(told))


def feishu(office: Office, **more: str) -> Feishu:
    return Feishu(FeishuWay.model_validate({"kind": "feishu", **shared(office), **more}))


Made = DingTalk | WeCom | Feishu
MAKERS: list[tuple[str, Callable[..., Made], str]] = [
    ("ding", dingtalk, "u1"), ("wework", wecom, "m1"), ("lark", feishu, "ou_1"),
]  # fmt: skip
BACK = "http://127.0.0.1/back"


def left(office: Office, provider: Made, who: str) -> tuple[Begun, dict[str, str]]:
    """A sign-in that somebody has left the provider's page of, and what the browser comes back with."""
    office.who = who
    begun = provider.begin(BACK, "state", "")
    address = requests.get(begun.url.partition("#")[0], allow_redirects=False).headers["location"]
    return begun, {name: one[0] for name, one in parse_qs(urlsplit(address).query).items()}


@pytest.mark.parametrize(("way", "make", "who"), MAKERS)
def test_a_code_that_was_used_or_made_up_is_nobody(stage: Stage, way: str, make: Callable[..., Made], who: str) -> None:
    provider = make(stage.offices[way])
    begun, query = left(stage.offices[way], provider, who)
    assert query["state"] == "state"
    assert provider.finish(BACK, begun.kept, query).name == "安娜"
    for asked, reason in ((query, "untrusted"), ({"code": "made up"}, "untrusted"), ({"state": "state"}, "refused")):
        with pytest.raises(SignInFailed) as failed:
            provider.finish(BACK, begun.kept, asked)
        assert failed.value.why == reason


@pytest.mark.parametrize(("way", "make", "who"), MAKERS)
def test_a_wrong_secret_lets_nobody_in_and_is_in_no_message(
    stage: Stage, way: str, make: Callable[..., Made], who: str
) -> None:
    provider = make(stage.offices[way], client_secret="a wrong one")
    begun, query = left(stage.offices[way], provider, who)
    with pytest.raises(SignInFailed) as failed:
        provider.finish(BACK, begun.kept, query)
    assert failed.value.why == "untrusted"
    assert "a wrong one" not in str(failed.value)


@pytest.mark.parametrize(("corp", "comes_in"), [("ding-corp", True), ("another", False)])
def test_dingtalk_takes_people_of_one_company_only_where_it_is_named(stage: Stage, corp: str, comes_in: bool) -> None:
    provider = dingtalk(stage.offices["ding"], corp_id=corp)
    begun, query = left(stage.offices["ding"], provider, "u1")
    assert parse_qs(urlsplit(begun.url).query)["scope"] == ["openid corpid"]
    if comes_in:
        assert provider.finish(BACK, {}, query).subject == "u1"
        return
    with pytest.raises(SignInFailed) as failed:
        provider.finish(BACK, {}, query)
    assert failed.value.why == "not_member"


@pytest.mark.parametrize(("way", "make", "who"), MAKERS)
def test_answers_of_another_shape_are_nobody_and_no_fault_of_the_server(
    stage: Stage, way: str, make: Callable[..., Made], who: str
) -> None:
    office = stage.offices[way]
    held = dict(office.members[who])
    try:
        for key in ("dept_id_list", "department", "department_ids"):
            office.members[who] = {**held, key: 7}
            assert why(stage.came_back(way, who)) in ("untrusted", "")
        office.members[who] = {**held, "status": "on leave", "leader_in_dept": ["x"]}
        assert why(stage.came_back(way, who)) in ("untrusted", "not_member", "")
    finally:
        office.members[who] = held
    assert not why(stage.came_back(way, who))


def test_the_ready_settings_are_those_of_the_real_services() -> None:
    shared = {"id": "x", "client_id": "c", "client_secret": "s", "default_role": "worker"}
    back, state = "https://kpi.example.com/sign-in/x/back", "st"
    ding = DingTalk(DingTalkWay.model_validate({"kind": "dingtalk", **shared})).begin(back, state, "").url
    assert ding.startswith("https://login.dingtalk.com/oauth2/auth?client_id=c&redirect_uri=https%3A%2F%2Fkpi")
    work = WeCom(WeComWay.model_validate({"kind": "wecom", "agent_id": "1", **shared}))
    assert work.begin(back, state, "").url.startswith("https://login.work.weixin.qq.com/wwlogin/sso/login?login_type=")
    inside = work.begin(back, state, "wxwork").url
    assert inside.startswith("https://open.weixin.qq.com/connect/oauth2/authorize?appid=c&")
    assert inside.endswith("#wechat_redirect")
    lark = Feishu(FeishuWay.model_validate({"kind": "feishu", **shared})).begin(back, state, "").url
    assert lark.startswith("https://accounts.feishu.cn/open-apis/authen/v1/authorize?client_id=c&")

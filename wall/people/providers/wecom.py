"""WeCom: its sign-in page (or its client), who came back, and where they stand in the company's directory.

By its documentation: wwlogin/sso/login, inside the client connect/oauth2/authorize; then with a token of the
application auth/getuserinfo and user/get. It has no PKCE and no token of the person.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from .asking import Kept, ask, text_of
from .person import Begun, Person, SignInFailed, Why
from .ways import WeComWay

#: What the client calls itself.
_INSIDE = "wxwork"
_TOKEN_GONE = frozenset({40014, 42001})
#: States of a member in the directory who may not come in: disabled, left.
_GONE = frozenset({2, 5})


class WeCom:
    """Signs in by WeCom. The `userid` names a person; groups are `DEPARTMENT` and `leader:DEPARTMENT`."""

    def __init__(self, way: WeComWay) -> None:
        self.way = way
        self._app_token = Kept(self._fetch_app_token)

    def begin(self, back: str, state: str, agent: str) -> Begun:
        """To the page with the code to scan; inside the client no page is needed."""
        way = self.way
        if _INSIDE in agent.lower():
            asked = {"appid": way.client_id, "redirect_uri": back, "response_type": "code", "scope": "snsapi_base",
                     "state": state, "agentid": way.agent_id}  # fmt: skip
            return Begun(f"{way.inside_url}/connect/oauth2/authorize?{urlencode(asked)}#wechat_redirect", {})
        asked = {"login_type": "CorpApp", "appid": way.client_id, "agentid": way.agent_id, "redirect_uri": back,
                 "state": state}  # fmt: skip
        return Begun(f"{way.login_url}/wwlogin/sso/login?{urlencode(asked)}", {})

    def finish(self, back: str, kept: Mapping[str, str], query: Mapping[str, str]) -> Person:
        """Who it is, and what the directory says of them."""
        code = query.get("code", "")
        if not code:
            raise SignInFailed(Why.REFUSED, "no code")
        found = self._asked("auth/getuserinfo", {"code": code})
        userid = found.get("userid") or found.get("UserId")
        if not userid:
            raise SignInFailed(Why.NOT_MEMBER, "no member of the company")
        about = self._asked("user/get", {"userid": str(userid)})
        if about.get("status") in _GONE:
            raise SignInFailed(Why.NOT_MEMBER, f"state {about.get('status')} in the directory")
        return Person(
            subject=text_of(about, "userid", "user/get"),
            name=str(about.get("name") or ""),
            login=str(userid),
            email=str(about.get("biz_mail") or about.get("email") or ""),
            groups=_groups(about),
            claims=about,
        )

    def _fetch_app_token(self) -> tuple[str, float]:
        asked = {"corpid": self.way.client_id, "corpsecret": self.way.secret}
        found = ask("GET", f"{self.way.api_url}/cgi-bin/gettoken", params=asked)
        where = f"gettoken ({found.get('errcode')}: {found.get('errmsg')})"
        return text_of(found, "access_token", where), float(found.get("expires_in") or 0)

    def _asked(self, step: str, asked: Mapping[str, str], again: bool = True) -> Mapping[str, Any]:
        token = self._app_token.get()
        found = ask("GET", f"{self.way.api_url}/cgi-bin/{step}", params={"access_token": token, **asked})
        if found.get("errcode") in _TOKEN_GONE and again:
            self._app_token.drop(token)
            return self._asked(step, asked, again=False)
        if found.get("errcode") != 0:
            raise SignInFailed(Why.UNTRUSTED, f"{step}: {found.get('errcode')} {found.get('errmsg')}")
        return found


def _groups(about: Mapping[str, Any]) -> frozenset[str]:
    """Departments by their ids; `is_leader_in_dept` says in the same order where the person leads."""
    departments = [str(one) for one in about.get("department") or ()]
    leads = about.get("is_leader_in_dept") or ()
    return frozenset(departments) | {f"leader:{one}" for one, lead in zip(departments, leads, strict=False) if lead}

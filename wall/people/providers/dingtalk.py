"""DingTalk: its sign-in page, who came back, and where they stand in the company's directory.

By its documentation: oauth2/auth, v1.0/oauth2/userAccessToken, v1.0/contact/users/me; then with a token of the
application topapi/user/getbyunionid and topapi/v2/user/get. Only who is in the directory gets in; anybody who has
DingTalk can come as far as the first three.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from .asking import Kept, ask, text_of
from .person import Begun, Person, SignInFailed, Why
from .ways import DingTalkWay

_NOT_FOUND = 60121
_TOKEN_GONE = frozenset({40014, 42001, 88})


class DingTalk:
    """Signs in by DingTalk. The `unionId` names a person; groups are `DEPARTMENT`, `leader:DEPARTMENT`, `role:ROLE`."""

    def __init__(self, way: DingTalkWay) -> None:
        self.way = way
        self._app_token = Kept(self._fetch_app_token)

    def begin(self, back: str, state: str, agent: str) -> Begun:
        """To the page of DingTalk, a code to scan or the application itself."""
        asked = {
            "client_id": self.way.client_id, "redirect_uri": back, "response_type": "code",
            "scope": "openid corpid" if self.way.corp_id else "openid", "state": state, "prompt": "consent",
        }  # fmt: skip
        if self.way.corp_id:
            asked["corpId"] = self.way.corp_id
        return Begun(f"{self.way.login_url}/oauth2/auth?{urlencode(asked)}", {})

    def finish(self, back: str, kept: Mapping[str, str], query: Mapping[str, str]) -> Person:
        """Who it is, and what the directory says of them."""
        code = query.get("authCode") or query.get("code") or ""
        if not code:
            raise SignInFailed(Why.REFUSED, query.get("error", "no authCode"))
        token = self._user_token(code)
        headers = {"x-acs-dingtalk-access-token": token}
        me = ask("GET", f"{self.way.api_url}/v1.0/contact/users/me", headers=headers)
        union = text_of(me, "unionId", "contact/users/me")
        held = self._directory("topapi/user/getbyunionid", {"unionid": union})
        if held.get("contact_type", 0) != 0:
            raise SignInFailed(Why.NOT_MEMBER, "an outside contact of the company")
        about = self._directory("topapi/v2/user/get", {"userid": text_of(held, "userid", "getbyunionid")})
        return Person(
            subject=union,
            name=str(about.get("name") or me.get("nick") or ""),
            login=str(about.get("userid") or ""),
            email=str(about.get("org_email") or about.get("email") or ""),
            groups=_groups(about),
            claims={**me, **about},
        )

    def _user_token(self, code: str) -> str:
        asked = {"clientId": self.way.client_id, "clientSecret": self.way.secret, "code": code,
                 "grantType": "authorization_code"}  # fmt: skip
        found = ask("POST", f"{self.way.api_url}/v1.0/oauth2/userAccessToken", json=asked)
        if self.way.corp_id and found.get("corpId") != self.way.corp_id:
            raise SignInFailed(Why.NOT_MEMBER, f"signed in for company {found.get('corpId')!r}")
        return text_of(found, "accessToken", f"userAccessToken ({found.get('code')}: {found.get('message')})")

    def _fetch_app_token(self) -> tuple[str, float]:
        asked = {"appKey": self.way.client_id, "appSecret": self.way.secret}
        found = ask("POST", f"{self.way.api_url}/v1.0/oauth2/accessToken", json=asked)
        where = f"oauth2/accessToken ({found.get('code')}: {found.get('message')})"
        return text_of(found, "accessToken", where), float(found.get("expireIn") or 0)

    def _directory(self, step: str, asked: Mapping[str, str], again: bool = True) -> Mapping[str, Any]:
        token = self._app_token.get()
        found = ask("POST", f"{self.way.directory_url}/{step}", params={"access_token": token}, json=asked)
        code, result = found.get("errcode"), found.get("result")
        if code in _TOKEN_GONE and again:
            self._app_token.drop(token)
            return self._directory(step, asked, again=False)
        if code == _NOT_FOUND:
            raise SignInFailed(Why.NOT_MEMBER, f"{step}: not in the directory of the application")
        if code != 0 or not isinstance(result, Mapping):
            raise SignInFailed(Why.UNTRUSTED, f"{step}: {code} {found.get('errmsg')}")
        return result


def _groups(about: Mapping[str, Any]) -> frozenset[str]:
    departments = {str(one) for one in about.get("dept_id_list") or ()}
    leads = {f"leader:{one.get('dept_id')}" for one in about.get("leader_in_dept") or () if one.get("leader")}
    roles = {f"role:{one.get('id')}" for one in about.get("role_list") or ()}
    return frozenset(departments | leads | roles)

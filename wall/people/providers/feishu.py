"""Feishu: its sign-in page, who came back, and where they stand in the company's directory.

By its documentation: authen/v1/authorize with PKCE, authen/v2/oauth/token, authen/v1/user_info; then with a token of
the tenant contact/v3/users.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from .asking import Kept, ask, challenge_of, text_of
from .person import Begun, Person, SignInFailed, Why
from .ways import FeishuWay

_TOKEN_GONE = frozenset({99991663, 99991664, 99991661})
#: Beyond what the application may see of the directory.
_NOT_FOUND = 41050
#: In the directory but not to be let in.
_GONE = ("is_resigned", "is_frozen", "is_exited")


class Feishu:
    """Signs in by Feishu. The `union_id` names a person; groups are `DEPARTMENT` (od-...)."""

    def __init__(self, way: FeishuWay) -> None:
        self.way = way
        self._app_token = Kept(self._fetch_app_token)

    def begin(self, back: str, state: str, agent: str) -> Begun:
        """To the page of Feishu."""
        verifier = secrets.token_urlsafe(48)
        asked = {"client_id": self.way.client_id, "redirect_uri": back, "response_type": "code", "state": state,
                 "code_challenge": challenge_of(verifier), "code_challenge_method": "S256"}  # fmt: skip
        address = f"{self.way.login_url}/open-apis/authen/v1/authorize?{urlencode(asked)}"
        return Begun(address, {"verifier": verifier})

    def finish(self, back: str, kept: Mapping[str, str], query: Mapping[str, str]) -> Person:
        """Who it is, and what the directory says of them."""
        code = query.get("code", "")
        if not code:
            raise SignInFailed(Why.REFUSED, query.get("error", "no code"))
        asked = {"grant_type": "authorization_code", "client_id": self.way.client_id, "client_secret": self.way.secret,
                 "code": code, "redirect_uri": back, "code_verifier": kept["verifier"]}  # fmt: skip
        found = ask("POST", f"{self.way.api_url}/open-apis/authen/v2/oauth/token", json=asked)
        if found.get("code") != 0:
            why = found.get("error_description") or found.get("msg")
            raise SignInFailed(Why.UNTRUSTED, f"oauth/token: {found.get('code')} {why}")
        me = self._data("authen/v1/user_info", text_of(found, "access_token", "oauth/token"))
        about = self._member(text_of(me, "open_id", "user_info"))
        return Person(
            subject=text_of(me, "union_id", "user_info"),
            name=str(about.get("name") or me.get("name") or ""),
            login=str(me.get("user_id") or ""),
            email=str(me.get("enterprise_email") or me.get("email") or ""),
            groups=frozenset(str(one) for one in about.get("department_ids") or ()),
            claims={**me, **about},
        )

    def _member(self, open_id: str, again: bool = True) -> Mapping[str, Any]:
        token = self._app_token.get()
        kinds = "user_id_type=open_id&department_id_type=open_department_id"
        try:
            data = self._data(f"contact/v3/users/{quote(open_id, safe='')}?{kinds}", token)
        except _TokenGone:
            if not again:
                raise
            self._app_token.drop(token)
            return self._member(open_id, again=False)
        about = data.get("user")
        if not isinstance(about, Mapping):
            raise SignInFailed(Why.NOT_MEMBER, "not in the directory of the application")
        status = about.get("status")
        if not isinstance(status, Mapping) or any(status.get(one) for one in _GONE):
            raise SignInFailed(Why.NOT_MEMBER, f"state {status} in the directory")
        return about

    def _fetch_app_token(self) -> tuple[str, float]:
        asked = {"app_id": self.way.client_id, "app_secret": self.way.secret}
        found = ask("POST", f"{self.way.api_url}/open-apis/auth/v3/tenant_access_token/internal", json=asked)
        where = f"tenant_access_token ({found.get('code')}: {found.get('msg')})"
        return text_of(found, "tenant_access_token", where), float(found.get("expire") or 0)

    def _data(self, step: str, token: str) -> Mapping[str, Any]:
        found = ask("GET", f"{self.way.api_url}/open-apis/{step}", headers={"Authorization": f"Bearer {token}"})
        code, data = found.get("code"), found.get("data")
        if code in _TOKEN_GONE:
            raise _TokenGone(Why.UNTRUSTED, f"{code} {found.get('msg')}")
        if code == _NOT_FOUND:
            raise SignInFailed(Why.NOT_MEMBER, f"{code} {found.get('msg')}")
        if code != 0 or not isinstance(data, Mapping):
            raise SignInFailed(Why.UNTRUSTED, f"{step.partition('?')[0]}: {code} {found.get('msg')}")
        return data


class _TokenGone(SignInFailed):
    """The token of the tenant has run out sooner than it said."""

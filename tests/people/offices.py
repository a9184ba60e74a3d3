"""DingTalk, WeCom and Feishu as their documentation says that they answer; nothing here is theirs.

Codes hold once, tokens run out when told to, and whoever asks wrongly gets the documented error.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode, urlsplit

CLIENT, SECRET, AGENT = "app-1", "a secret of the app", "1000002"


@dataclass
class Ask:
    """A request as it came in."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Mapping[str, Any]


Answer = Mapping[str, Any] | str


@dataclass
class Office:
    """One of the three. `who` signs in next; `members` has by their id at the provider what its directory says."""

    members: dict[str, dict[str, Any]]
    who: str = ""
    app_tokens: int = 0
    lost_tokens: bool = False
    codes: dict[str, tuple[str, Mapping[str, str]]] = field(default_factory=dict)
    asked: list[Ask] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._valid: set[str] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()

    def routes(self) -> Mapping[str, Callable[[Ask], Answer]]:
        raise NotImplementedError

    def page(self, ask: Ask, name: str = "code") -> str:
        """The page of signing in, as somebody leaves it who has signed in; the address it leads on to."""
        code = secrets.token_hex(8)
        self.codes[code] = (self.who, ask.query)
        return f"{ask.query['redirect_uri']}?{urlencode({name: code, 'state': ask.query['state']})}"

    def spent(self, code: Any) -> tuple[str, Mapping[str, str]] | None:
        return self.codes.pop(str(code), None)

    def app_token(self) -> str:
        self.app_tokens += 1
        token = f"app-token-{self.app_tokens}"
        self._valid = {token}
        return token

    def lose_tokens(self) -> None:
        """Tokens of the application run out sooner than they said."""
        self._valid = set()

    def is_valid(self, token: str) -> bool:
        return token in self._valid

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        office = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer()

            def do_POST(self) -> None:
                self._answer()

            def _answer(self) -> None:
                parts = urlsplit(self.path)
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                ask = Ask(parts.path, dict(parse_qsl(parts.query)), headers, json.loads(body) if body else {})
                office.asked.append(ask)
                routes = office.routes()
                found = routes.get(f"{self.command} {parts.path}") or routes.get(f"{self.command} *")
                answer: Answer = found(ask) if found is not None else {"errcode": 404, "code": "404"}
                content = b"" if isinstance(answer, str) else json.dumps(answer).encode()
                self.send_response(302 if isinstance(answer, str) else 200)
                if isinstance(answer, str):
                    self.send_header("location", answer)
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                """Quiet."""

        return Handler


class DingTalkOffice(Office):
    """Members by their unionId."""

    def routes(self) -> Mapping[str, Callable[[Ask], Answer]]:
        return {
            "GET /oauth2/auth": lambda ask: self.page(ask, "authCode"),
            "POST /v1.0/oauth2/userAccessToken": self._user_token,
            "GET /v1.0/contact/users/me": self._me,
            "POST /v1.0/oauth2/accessToken": self._app,
            "POST /topapi/user/getbyunionid": lambda ask: self._directory(ask, self._by_union),
            "POST /topapi/v2/user/get": lambda ask: self._directory(ask, self._user),
        }

    def _user_token(self, ask: Ask) -> Answer:
        body = ask.body
        right = (body["clientId"], body["clientSecret"], body["grantType"]) == (CLIENT, SECRET, "authorization_code")
        spent = self.spent(body["code"]) if right else None
        if spent is None:
            return {"code": "invalidParameter.authCode.notFound", "message": "不存在的临时授权码", "requestid": "x"}
        return {"accessToken": f"user:{spent[0]}", "refreshToken": "r", "expireIn": 7200, "corpId": "ding-corp"}

    def _me(self, ask: Ask) -> Answer:
        who = ask.headers["x-acs-dingtalk-access-token"].removeprefix("user:")
        return {"nick": f"nick of {who}", "avatarUrl": "", "openId": f"open-{who}", "unionId": who, "stateCode": "86"}

    def _app(self, ask: Ask) -> Answer:
        if (ask.body["appKey"], ask.body["appSecret"]) != (CLIENT, SECRET):
            return {"code": "invalidClientIdOrSecret", "message": "无效的clientId或者clientSecret", "requestid": "x"}
        return {"accessToken": self.app_token(), "expireIn": 7200}

    def _directory(self, ask: Ask, step: Callable[[Mapping[str, Any]], Answer]) -> Answer:
        if not self.is_valid(ask.query["access_token"]):
            return {"errcode": 40014, "errmsg": "不合法的access_token"}
        return step(ask.body)

    def _by_union(self, body: Mapping[str, Any]) -> Answer:
        member = self.members.get(body["unionid"])
        if member is None:
            return {"errcode": 60121, "errmsg": "找不到该用户"}
        held = {"contact_type": member.get("contact_type", 0), "userid": member["userid"]}
        return {"errcode": 0, "errmsg": "ok", "result": held}

    def _user(self, body: Mapping[str, Any]) -> Answer:
        found = next(one for one in self.members.values() if one["userid"] == body["userid"])
        return {"errcode": 0, "errmsg": "ok", "result": found}


class WeComOffice(Office):
    """Members by their userid; who begins with `outside` is none."""

    def routes(self) -> Mapping[str, Callable[[Ask], Answer]]:
        return {
            "GET /wwlogin/sso/login": self.page,
            "GET /connect/oauth2/authorize": self.page,
            "GET /cgi-bin/gettoken": self._app,
            "GET /cgi-bin/auth/getuserinfo": lambda ask: self._asked(ask, self._info),
            "GET /cgi-bin/user/get": lambda ask: self._asked(ask, self._user),
        }

    def _app(self, ask: Ask) -> Answer:
        if (ask.query["corpid"], ask.query["corpsecret"]) != (CLIENT, SECRET):
            return {"errcode": 40001, "errmsg": "invalid credential"}
        return {"errcode": 0, "errmsg": "ok", "access_token": self.app_token(), "expires_in": 7200}

    def _asked(self, ask: Ask, step: Callable[[Ask], Answer]) -> Answer:
        if not self.is_valid(ask.query["access_token"]):
            return {"errcode": 42001, "errmsg": "access_token expired"}
        return step(ask)

    def _info(self, ask: Ask) -> Answer:
        spent = self.spent(ask.query["code"])
        if spent is None:
            return {"errcode": 40029, "errmsg": "invalid code"}
        if spent[0].startswith("outside"):
            return {"errcode": 0, "errmsg": "ok", "openid": spent[0], "external_userid": "wm1"}
        return {"errcode": 0, "errmsg": "ok", "userid": spent[0], "user_ticket": "t"}

    def _user(self, ask: Ask) -> Answer:
        return {"errcode": 0, "errmsg": "ok", **self.members[ask.query["userid"]]}


class FeishuOffice(Office):
    """Members by their open_id."""

    def routes(self) -> Mapping[str, Callable[[Ask], Answer]]:
        return {
            "GET /open-apis/authen/v1/authorize": self.page,
            "POST /open-apis/authen/v2/oauth/token": self._user_token,
            "GET /open-apis/authen/v1/user_info": self._me,
            "POST /open-apis/auth/v3/tenant_access_token/internal": self._app,
            "GET *": self._member,
        }

    def _user_token(self, ask: Ask) -> Answer:
        body = ask.body
        right = (body["client_id"], body["client_secret"], body["grant_type"]) == (CLIENT, SECRET, "authorization_code")
        spent = self.spent(body["code"]) if right else None
        if spent is None or not self._proves(body["code_verifier"], body["redirect_uri"], spent[1]):
            return {"code": 20003, "error": "invalid_grant", "error_description": "The authorization code is invalid."}
        return {"code": 0, "access_token": f"u-{spent[0]}", "expires_in": 7200, "token_type": "Bearer", "scope": ""}

    def _proves(self, verifier: str, back: str, asked: Mapping[str, str]) -> bool:
        digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
        return (digest, "S256", back) == (
            asked["code_challenge"], asked["code_challenge_method"], asked["redirect_uri"]
        )  # fmt: skip

    def _me(self, ask: Ask) -> Answer:
        who = ask.headers["authorization"].removeprefix("Bearer u-")
        data = {"name": f"nick of {who}", "open_id": who, "union_id": f"on-{who}", "user_id": f"id-{who}",
                "tenant_key": "736588c92lxf175d", "enterprise_email": f"{who}@corp.test"}  # fmt: skip
        return {"code": 0, "msg": "success", "data": data}

    def _app(self, ask: Ask) -> Answer:
        if (ask.body["app_id"], ask.body["app_secret"]) != (CLIENT, SECRET):
            return {"code": 10014, "msg": "app secret invalid"}
        return {"code": 0, "msg": "ok", "tenant_access_token": self.app_token(), "expire": 7200}

    def _member(self, ask: Ask) -> Answer:
        if not self.is_valid(ask.headers["authorization"].removeprefix("Bearer ")):
            return {"code": 99991663, "msg": "Invalid access token for authorization."}
        member = self.members.get(ask.path.removeprefix("/open-apis/contact/v3/users/"))
        if member is None:
            return {"code": 41050, "msg": "no user authority error"}
        kinds = (ask.query["user_id_type"], ask.query["department_id_type"])
        assert kinds == ("open_id", "open_department_id")
        return {"code": 0, "msg": "success", "data": {"user": member}}

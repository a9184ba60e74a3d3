"""OpenID Connect: discovery, PKCE, state and nonce, and an id token checked before any of it is believed."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from .asking import TIMEOUT_S, ask, text_of
from .mapping import claim, texts
from .person import Begun, Person, SignInFailed, Why
from .ways import OidcWay

#: What signs id tokens: with a key that only the provider has.
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
_KEY_TYPES = ("RSA", "EC", "OKP")
#: Two clocks may differ by this much.
LEEWAY_S = 60
#: What a provider says of itself is asked for anew after this; its keys when a token names one that is not known.
_FRESH_S = 3600.0
#: A token that names a key nobody knows makes the keys be asked for so often at most.
_ASK_AGAIN_S = 10.0
_AFTER_FAILURE_S = 2.0

Document = Mapping[str, Any]


class OpenId:
    """Signs in by OpenID Connect. `now_s` is real time, `steady` seconds that only go on."""

    def __init__(
        self, way: OidcWay, now_s: Callable[[], float] = time.time, steady: Callable[[], float] = time.monotonic
    ) -> None:
        self.way = way
        self._now_s = now_s
        self._about = _Fetched(self._discover, _FRESH_S, steady)
        self._keys = _Fetched(self._fetch_keys, _FRESH_S, steady)

    def begin(self, back: str, state: str, agent: str) -> Begun:
        """To the provider's page."""
        nonce, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
        page = text_of(self._about.get(), "authorization_endpoint", "discovery")
        with self._client(back) as client:
            url, _ = client.create_authorization_url(page, state=state, code_verifier=verifier, nonce=nonce)
        return Begun(url, {"nonce": nonce, "verifier": verifier})

    def finish(self, back: str, kept: Mapping[str, str], query: Mapping[str, str]) -> Person:
        """Who it is by the id token, and what the provider's page of the person adds to it."""
        if query.get("error"):
            raise SignInFailed(Why.REFUSED, f"{query['error']}: {query.get('error_description', '')}")
        # RFC 9207: what another provider sent must not be taken to this one.
        if query.get("iss", self.way.issuer) != self.way.issuer:
            raise SignInFailed(Why.UNTRUSTED, f"the answer is of {query['iss']!r}")
        token = self._token(back, query.get("code", ""), kept["verifier"])
        told = self._checked(text_of(token, "id_token", "token"), kept["nonce"], str(token.get("access_token", "")))
        claims = {**self._userinfo(token, str(told["sub"])), **told}
        return Person(
            subject=str(told["sub"]),
            name=str(claims.get("name") or ""),
            login=str(claims.get("preferred_username") or ""),
            email=str(claims.get("email") or ""),
            groups=texts(claim(claims, self.way.groups_claim)),
            claims=claims,
        )

    def _client(self, back: str) -> OAuth2Session:
        """The client of one sign-in; how it proves itself is what the provider takes, the header before the body."""
        way, taken = self.way, self._about.get().get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        method = "client_secret_basic" if "client_secret_basic" in taken else "client_secret_post"
        return OAuth2Session(
            way.client_id,
            way.secret or None,
            scope=way.scope,
            redirect_uri=back,
            token_endpoint_auth_method=method if way.secret else "none",
            code_challenge_method="S256",
            default_timeout=TIMEOUT_S,
        )

    def _token(self, back: str, code: str, verifier: str) -> Mapping[str, Any]:
        if not code:
            raise SignInFailed(Why.REFUSED, "no code")
        place = text_of(self._about.get(), "token_endpoint", "discovery")
        try:
            with self._client(back) as client:
                found: Mapping[str, Any] = client.fetch_token(
                    place, grant_type="authorization_code", code=code, code_verifier=verifier, allow_redirects=False
                )
        except AuthlibBaseError as error:
            raise SignInFailed(Why.UNTRUSTED, f"token: {error}") from None
        except (requests.RequestException, ValueError, OSError) as error:
            raise SignInFailed(Why.UNREACHED, f"{place} does not answer: {type(error).__name__}") from None
        return found

    def _checked(self, token: str, nonce: str, access_token: str) -> Mapping[str, Any]:
        """The claims of an id token: signed by the provider, for this client, of this sign-in, and of now."""
        options: Any = {name: {"essential": True, "value": value} for name, value in self._named().items()}
        params = {"nonce": nonce, "client_id": self.way.client_id, "access_token": access_token}
        try:
            read = self._read(token)
            claims = CodeIDToken(read.claims, read.header, options, params)
            claims.validate(now=int(self._now_s()), leeway=LEEWAY_S)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise SignInFailed(Why.UNTRUSTED, f"id token: {type(error).__name__} {error}") from None
        return dict(claims)

    def _named(self) -> Mapping[str, str]:
        return {"iss": self.way.issuer, "aud": self.way.client_id}

    def _read(self, token: str) -> jwt.Token:
        """A token whose signature is right; the keys are asked for anew where none of those known fits."""
        told = self._about.get().get("id_token_signing_alg_values_supported") or ["RS256"]
        algorithms = [one for one in _ALGORITHMS if one in told]
        try:
            return jwt.decode(token, _key_set(self._keys.get()), algorithms)
        except (JoseError, ValueError):
            if not self._keys.renew(_ASK_AGAIN_S):
                raise
            return jwt.decode(token, _key_set(self._keys.get()), algorithms)

    def _userinfo(self, token: Mapping[str, Any], subject: str) -> Mapping[str, Any]:
        """What the provider's page of the person says; nothing of another person, and nothing where there is none."""
        place, access = self._about.get().get("userinfo_endpoint"), token.get("access_token")
        if not place or not access:
            return {}
        found = ask("GET", str(place), headers={"Authorization": f"Bearer {access}", "Accept": "application/json"})
        if found.get("sub") != subject:
            raise SignInFailed(Why.UNTRUSTED, "the page of the person is of somebody else")
        return found

    def _discover(self) -> Document:
        found = ask("GET", f"{self.way.issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != self.way.issuer:
            raise SignInFailed(Why.UNREACHED, f"it calls itself {found.get('issuer')!r}, not {self.way.issuer!r}")
        return found

    def _fetch_keys(self) -> Document:
        return ask("GET", text_of(self._about.get(), "jwks_uri", "discovery"))


def _key_set(document: Document) -> KeySet:
    """The keys that can have signed an id token; those of kinds that nobody here knows are passed over."""
    listed = document.get("keys")
    known = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    usable: Any = [one for one in known if one.get("kty") in _KEY_TYPES and one.get("use", "sig") == "sig"]
    return KeySet.import_key_set({"keys": usable})


class _Fetched:
    """A document of the provider, kept for a while, for all threads; an old one goes on being used while none comes."""

    def __init__(self, fetch: Callable[[], Document], fresh_s: float, steady: Callable[[], float]) -> None:
        self._fetch = fetch
        self._fresh_s = fresh_s
        self._steady = steady
        self._lock = threading.Lock()
        self._held: Document | None = None
        self._failed = SignInFailed(Why.UNREACHED)
        self._at = self._due = float("-inf")

    def get(self) -> Document:
        """The document, fetched where it is due; what failed is not tried again at once, so that nobody queues."""
        with self._lock:
            if self._steady() >= self._due:
                self._renew()
            if self._held is None:
                raise SignInFailed(self._failed.why, str(self._failed))
            return self._held

    def _renew(self) -> None:
        try:
            self._held = self._fetch()
            self._at = self._steady()
            self._due = self._at + self._fresh_s
        except SignInFailed as failed:
            self._failed, self._due = failed, self._steady() + _AFTER_FAILURE_S

    def renew(self, older_s: float) -> bool:
        """Let the next one be fetched, unless this one is newer than that; whether it will be."""
        with self._lock:
            if self._steady() - self._at < older_s:
                return False
            self._due = float("-inf")
            return True

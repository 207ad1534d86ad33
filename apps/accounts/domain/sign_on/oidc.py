"""OpenID Connect: code flow with PKCE, discovery, keys that change, logout from outside.

Invariants: an ID token counts if it is signed by a key that the issuer shows now, with an asymmetric algorithm, and was
issued by this issuer, for us, in time, for the attempt of this very browser; what else is told of the person is told of
the same person. Errors are `SignOnRefused`.
"""

import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from authlib.common.errors import AuthlibBaseError
from authlib.oidc.core import CodeIDToken
from django.core.cache import cache
from joserfc import jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry
from joserfc.jwt import Token
from requests import RequestException

from apps.accounts.domain.sealing import unseal_secret
from apps.accounts.domain.sign_on.fetching import Asking, is_safe
from apps.accounts.domain.sign_on.told import Answer, Flow, SignOnRefused, Told, digest_of, word
from apps.accounts.models.provider import Provider

ALGORITHMS = [
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "Ed25519", "EdDSA"),
]
DESCRIPTION_SECONDS, KEYS_SECONDS = 3600, 300
ANEW_SECONDS = 10
"""How often the keys are fetched before their time, whatever unknown keys somebody names."""
LEEWAY = 60
"""Seconds by which two clocks may differ."""
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
OLDEST_LOGOUT = 300
"""Seconds: an older message was lying somewhere."""


def door(provider: Provider, flow: Flow) -> str:
    """Where the browser is sent."""
    asking = client(provider, redirect_uri=flow.callback, scope=provider.scopes or "openid")
    url, _ = asking.create_authorization_url(
        address_in(described(provider), "authorization_endpoint"),
        state=flow.state,
        code_verifier=flow.verifier,
        nonce=flow.nonce,
    )
    return str(url)


def told(provider: Provider, flow: Flow, answer: Answer) -> Told:
    """Who came back, by what the service signs."""
    description = described(provider)
    require_own_issuer(provider, description, answer)
    tokens = exchanged(
        client(provider, redirect_uri=flow.callback),
        address_in(description, "token_endpoint"),
        flow,
        answer,
    )
    claims = dict(identified(provider, tokens, nonce=flow.nonce))
    if description.get("userinfo_endpoint"):
        asking = client(provider, token=tokens)
        more = asking.read(address_in(description, "userinfo_endpoint"))
        if more.get("sub") != claims["sub"]:
            raise SignOnRefused("用户信息与登录凭据不是同一个人")
        claims = {**more, **claims}
    return Told.by(provider, claims, claims.get("sid"))


def way_out(provider: Provider, back: str) -> str:
    """Where the browser leaves the issuer itself and comes back from; "" where it has no such place.

    OpenID Connect RP-Initiated Logout 1.0, 2. No ID token is kept to be a hint, so the issuer asks the person.
    """
    description = described(provider)
    if not description.get("end_session_endpoint"):
        return ""
    address = address_in(description, "end_session_endpoint")
    asked = urlencode({"client_id": provider.client_id, "post_logout_redirect_uri": back})
    return f"{address}{'&' if '?' in address else '?'}{asked}"


def client(provider: Provider, **options: Any) -> Asking:
    """What speaks for us, with our secret if there is one."""
    secret = unseal_secret(bytes(provider.sealed_secret)) if provider.sealed_secret else None
    method = "client_secret_post" if provider.secret_in_body else "client_secret_basic"
    return Asking(
        provider,
        client_secret=secret,
        token_endpoint_auth_method=method if secret else "none",
        code_challenge_method="S256",
        **options,
    )


def exchanged(asking: Asking, address: str, flow: Flow, answer: Answer) -> dict[str, Any]:
    """The tokens that the code is good for, once, for who has the verifier."""
    if answer.get("error") or not answer.get("code"):
        raise SignOnRefused("对方没有同意登录，或者本人取消了登录")
    try:
        tokens = asking.fetch_token(address, code=answer["code"], code_verifier=flow.verifier)
    except (AuthlibBaseError, RequestException, ValueError, KeyError, TypeError) as error:
        raise SignOnRefused("登录凭据已经用过、已过期，或不是发给本平台的") from error
    return dict(tokens)


def described(provider: Provider) -> dict[str, Any]:
    """What the issuer says of itself; kept for an hour."""
    key = f"sign-on:description:{provider.address}"
    known: dict[str, Any] | None = cache.get(key)
    if known is None:
        known = Asking(provider).read(
            f"{provider.address.rstrip('/')}/.well-known/openid-configuration", withhold_token=True
        )
        if known.get("issuer") != provider.address:
            raise SignOnRefused("对方说明中的签发者与设置的不同")
        cache.set(key, known, DESCRIPTION_SECONDS)
    return known


def address_in(description: Mapping[str, Any], name: str) -> str:
    address = description.get(name)
    if not isinstance(address, str) or not is_safe(address):
        raise SignOnRefused(f"对方说明中没有可用的 {name}")
    return address


def require_own_issuer(provider: Provider, description: Mapping[str, Any], answer: Answer) -> None:
    """RFC 9207: an answer says whose it is, if its issuer says that it does."""
    says = bool(description.get("authorization_response_iss_parameter_supported"))
    if answer.get("iss", "" if says else provider.address) != provider.address:
        raise SignOnRefused("答复来自别的签发者")


def identified(provider: Provider, tokens: Mapping[str, Any], *, nonce: str) -> Mapping[str, Any]:
    """The claims of an ID token that counts."""
    found = verified(provider, word(tokens.get("id_token")))
    claims = CodeIDToken(
        found.claims,
        found.header,
        _by_this_issuer_for_us(provider),
        {
            "nonce": nonce,
            "client_id": provider.client_id,
            "access_token": tokens.get("access_token"),
        },
    )
    try:
        claims.validate(leeway=LEEWAY)
    except (JoseError, ValueError, TypeError) as error:
        raise SignOnRefused("登录凭据的签发者、接收者、时间或随机数不符") from error
    return dict(claims)


def verified(provider: Provider, token: str) -> Token:
    """A token by its signature; with a key that we don't know, or of another make, the keys are fetched anew, once."""
    try:
        return _decoded(token, _keys(provider))
    except (InvalidKeyIdError, BadSignatureError):
        pass
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise SignOnRefused("登录凭据的签名不能核验") from error
    try:
        return _decoded(token, _keys(provider, anew=True))
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise SignOnRefused("登录凭据的签名不是对方现在的密钥所签") from error


def _decoded(token: str, keys: KeySet) -> Token:
    registry = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
    return jwt.decode(token, keys, registry=registry)


def _keys(provider: Provider, *, anew: bool = False) -> KeySet:
    key = f"sign-on:keys:{provider.address}"
    known = cache.get(key)
    if known is None or (anew and cache.add(f"{key}:anew", 1, ANEW_SECONDS)):
        address = address_in(described(provider), "jwks_uri")
        known = Asking(provider).read(address, withhold_token=True)
        cache.set(key, known, KEYS_SECONDS)
    return KeySet.import_key_set(known)


def _by_this_issuer_for_us(provider: Provider) -> Any:
    return {
        "iss": {"essential": True, "values": [provider.address]},
        "aud": {"essential": True, "values": [provider.client_id]},
    }


def ended(provider: Provider, logout_token: str) -> tuple[str, str, int]:
    """Who was signed out there: the person, the digest of the session (one of both may be ""), and when.

    OpenID Connect Back-Channel Logout 1.0, 2.6.
    """
    claims = verified(provider, logout_token).claims
    registry = jwt.JWTClaimsRegistry(
        leeway=LEEWAY,
        **_by_this_issuer_for_us(provider),
        iat={"essential": True},
        exp={"essential": True},
        jti={"essential": True},
    )
    try:
        registry.validate(claims)
    except (JoseError, ValueError, TypeError) as error:
        raise SignOnRefused("退出通知的签发者、接收者或时间不符") from error
    events, at = claims.get("events"), int(claims["iat"])
    is_logout = isinstance(events, dict) and isinstance(events.get(LOGOUT_EVENT), dict)
    subject, session = word(claims.get("sub")), word(claims.get("sid"))
    is_old = at < time.time() - OLDEST_LOGOUT
    if not is_logout or is_old or "nonce" in claims or not (subject or session):
        raise SignOnRefused("退出通知不完整或已过期")
    return subject, digest_of(session), at

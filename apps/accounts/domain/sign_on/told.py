"""What every protocol of sign-on is made of: an attempt of one browser, and what the service told of a person.

Invariant: what a service told is used and forgotten: of its claims only the name of the person is ever kept, and no
code, token or secret is part of a refusal.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from apps.accounts.models.provider import LONGEST_SUBJECT, Provider

Answer = Mapping[str, str]
"""The parameters with which the browser came back."""


class SignOnRefused(Exception):
    """Nobody is signed in; `str()` is the reason for who keeps the service, people read one sentence (`SENTENCE`)."""


class Unreachable(SignOnRefused):
    """The service did not answer, or not as one may ask it."""


@dataclass(frozen=True, slots=True)
class Flow:
    """One attempt: all three are secrets of one browser, good for one answer. `callback` is where it comes back."""

    callback: str
    state: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(64))


@dataclass(frozen=True, slots=True)
class Told:
    """A person as the service knows them. `outer_session`: the digest of the session there; "" if it has no name."""

    subject: str
    claims: Mapping[str, Any]
    outer_session: str = ""

    @classmethod
    def by(cls, provider: Provider, claims: Mapping[str, Any], outer: object = "") -> "Told":
        """Raises `SignOnRefused` where nobody is named."""
        subject = word(picked(claims, provider.subject_path))
        if not subject or len(subject) > LONGEST_SUBJECT:
            raise SignOnRefused(f"对方没有给出用户标识（{provider.subject_path}）")
        return cls(subject, claims, digest_of(word(outer)))


def picked(claims: Mapping[str, Any], path: str) -> Any:
    """The value at a path with dots; `None` where there is none. A name with dots of its own is found first."""
    if path in claims:
        return claims[path]
    found: Any = claims
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def word(value: object) -> str:
    """A name as text; "" for what names nobody: lists, truth values, nothing."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return str(value)


def digest_of(name: str) -> str:
    """Of a session of the service: the name itself would be worth stealing."""
    return sha256(name.encode()).hexdigest() if name else ""

"""What a browser's session remembers of its attempts to come in through a service.

Invariants: an attempt belongs to the browser that began it, is good for one answer and for ten minutes; nothing of it
outlives the login, and where it leads afterwards is a page of ours.
"""

import time
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from apps.accounts.domain.sign_on.told import Flow, Told
from apps.accounts.models import Provider

ATTEMPTS, NEWCOMER = "sign_on_attempts", "sign_on_newcomer"
SECONDS = 600
MOST = 5
"""Tabs of one browser that try at once; the oldest is forgotten."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """`trial`: whoever keeps the service only looks at what it tells."""

    flow: Flow
    provider_id: int
    next: str = ""
    trial: bool = False


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody whom the service knows and we don't yet: until they have shown the password of their account."""

    provider_id: int
    subject: str
    outer_session: str
    username: str
    next: str


def begin(request: HttpRequest, provider: Provider, *, next_url: str, trial: bool = False) -> Flow:
    callback = (
        f"{settings.SITE_URL.rstrip('/')}{reverse('accounts:sign_on_return', args=[provider.pk])}"
    )
    flow = Flow(callback)
    kept = _live(request)
    for state in sorted(kept, key=lambda state: kept[state]["at"])[: max(0, len(kept) - MOST + 1)]:
        del kept[state]
    kept[flow.state] = {
        "flow": asdict(flow),
        "provider": provider.pk,
        "next": next_url,
        "trial": trial,
        "at": time.time(),
    }
    request.session[ATTEMPTS] = kept
    return flow


def take(request: HttpRequest, provider_id: int) -> Attempt | None:
    """The attempt that the browser comes back from; it is gone with that."""
    kept = _live(request)
    found = kept.pop(request.GET.get("state", ""), None)
    if ATTEMPTS in request.session:
        request.session[ATTEMPTS] = kept
    if found is None or found["provider"] != provider_id:
        return None
    return Attempt(Flow(**found["flow"]), provider_id, found["next"], found["trial"])


def _live(request: HttpRequest) -> dict[str, Any]:
    oldest = time.time() - SECONDS
    kept = request.session.get(ATTEMPTS, {})
    return {state: each for state, each in kept.items() if each["at"] > oldest}


def welcome(request: HttpRequest, attempt: Attempt, told: Told, username: str) -> None:
    newcomer = Newcomer(
        attempt.provider_id, told.subject, told.outer_session, username, attempt.next
    )
    request.session[NEWCOMER] = {**asdict(newcomer), "at": time.time()}


def newcomer_of(request: HttpRequest) -> Newcomer | None:
    kept = dict(request.session.get(NEWCOMER, {}))
    if not kept or kept.pop("at") <= time.time() - SECONDS:
        return None
    return Newcomer(**kept)


def forget(request: HttpRequest) -> None:
    """Before somebody is signed in."""
    for name in (ATTEMPTS, NEWCOMER):
        request.session.pop(name, None)

"""Who comes with a token: found for each request, with what is left to it of its account.

Invariant: what a token may is asked anew with every request, of its account as it is then.
"""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from ipaddress import ip_address, ip_network

from django.utils import timezone

from apps.accounts.backends import BELONGING, ScopedBackend
from apps.accounts.domain.actors import Actor
from apps.accounts.domain.scopes import scope_of
from apps.accounts.models import Token, User
from apps.accounts.models.roles import Permission
from apps.scope.context import Scope, whole_country

SEEN_STEP = timedelta(minutes=1)
"""Writing every use would cost each request a write."""


def digest_of(secret: str) -> str:
    """Of 256 random bits: nothing slower is needed, nobody guesses them."""
    return sha256(secret.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Admitted:
    """Who comes with a token: the account with the rights and the rows that are left to it."""

    token: Token
    account: User
    scope: Scope

    def actor(self, arrived_at: datetime) -> Actor:
        by = self.token
        return Actor.of(self.account, arrived_at=arrived_at, token=by.name, token_id=by.pk)


def admit(secret: str, address: str) -> Admitted | None:
    """The account behind a secret that is good from this address now; notes when and from where it was used."""
    with whole_country(reason="token"):
        rows = Token.objects.live().filter(digest=digest_of(secret))
        token = rows.select_related(*(f"account__{name}" for name in BELONGING)).first()
        if token is None or not ScopedBackend().user_can_authenticate(token.account):
            return None
        if not _may_come_from(token.networks, address):
            return None
        _note_use(token, address)
        account = narrowed(token)
        return Admitted(token, account, narrowed_scope(token))


def narrowed(token: Token) -> User:
    """The account as the token has it: a copy that is never saved."""
    account = copy(token.account)
    held = account.permissions & {Permission(code) for code in token.rights}
    account.permission_subset = sorted(held)
    return account


def narrowed_scope(token: Token) -> Scope:
    scope = scope_of(token.account)
    if token.project_ids is None:
        return scope
    named = frozenset(token.project_ids)
    left = named if scope.project_ids is None else named & scope.project_ids
    return replace(scope, project_ids=left)


def _note_use(token: Token, address: str) -> None:
    now = timezone.now()
    if (
        token.last_used_at
        and now - token.last_used_at < SEEN_STEP
        and token.last_address == address
    ):
        return
    Token.objects.filter(pk=token.pk).update(last_used_at=now, last_address=address or None)


def _may_come_from(networks: Sequence[str], address: str) -> bool:
    if not networks:
        return True
    try:
        come = ip_address(address)
    except ValueError:
        return False
    come = getattr(come, "ipv4_mapped", None) or come
    return any(come in ip_network(network) for network in networks)

"""Logout from outside: a service says that somebody left it, and here the sessions that came from there end.

Invariant: nobody is signed out by whom the service did not sign for; the same message again ends nothing newer.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from django.utils import timezone

from apps.accounts.domain.sign_on import cas, oidc
from apps.accounts.domain.sign_on.identities import end_outer_sessions
from apps.accounts.domain.sign_on.told import SignOnRefused
from apps.accounts.models.provider import Protocol, Provider


def heard(provider: Provider, message: Mapping[str, str]) -> int:
    """How many sessions ended. Raises `SignOnRefused`."""
    if provider.protocol == Protocol.OIDC and "logout_token" in message:
        subject, session, at = oidc.ended(provider, message["logout_token"])
        until = datetime.fromtimestamp(at, UTC) + timedelta(seconds=oidc.LEEWAY)
        return end_outer_sessions(provider=provider, subject=subject, session=session, at=until)
    if provider.protocol == Protocol.CAS and "logoutRequest" in message:
        session = cas.ended(message["logoutRequest"])
        return end_outer_sessions(provider=provider, session=session, at=timezone.now())
    raise SignOnRefused("不是这个协议的退出通知")

"""Sessions in the database, as Django keeps them. Invariant: a cookie that can't be a session's key is no session."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db.models import CharField, DateTimeField
from django.utils import timezone

from apps.scope.context import whole_country
from apps.scope.database import send
from apps.scope.prepared import Prepared
from apps.scope.sql import Update

from .backends import BELONGING
from .domain.sessions import ADDRESS, BROWSER, IDENTITY, LAST_SEEN, OUTER_SESSION, SIGNED_IN
from .models import Session, User

KEY = re.compile(r"[a-z0-9]{32}")
WITH_ACCOUNT = ("account", *(f"account__{name}" for name in BELONGING))
LIVE: Prepared[Session] = Prepared(
    lambda key, now: Session.objects.select_related(*WITH_ACCOUNT).filter(
        session_key=key, expire_date__gt=now
    ),
    key=CharField(),
    now=DateTimeField(),
)
"""Read for every request."""


class SessionStore(DatabaseStore):
    """Django's store; forged keys (NUL characters, say) never reach the database, which would refuse them."""

    account: User | None = None
    """Who was signed in when the session was read."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        session: Any = super().create_model_instance(data)
        for name, value in _told(data).items():
            setattr(session, name, value)
        return session

    def _validate_session_key(self, key: Any) -> bool:
        return isinstance(key, str) and KEY.fullmatch(key) is not None

    def _get_session_from_db(self) -> Session | None:
        with whole_country(reason="session"):
            session = LIVE.first(key=self.session_key, now=timezone.now())
        if session is None:
            self._session_key = None
            return None
        self.account = session.account
        return session

    def save(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002 - Django's signature
        """A session that is there already is written with one statement."""
        if must_create or self.session_key is None:
            super().save(must_create)
            return
        data = self._get_session()  # type: ignore[attr-defined]
        kept = {
            "session_data": self.encode(data),
            "expire_date": self.get_expiry_date(),
            **_told(data),
        }
        written = Update(Session, [self.session_key], kept)
        send(written)
        if not written.answer:
            raise UpdateError


def _told(data: Mapping[str, Any]) -> dict[str, Any]:
    """What of a session's data stands in columns of its own."""
    return {
        "account_id": int(data[SESSION_KEY]) if SESSION_KEY in data else None,
        "signed_in_at": _moment(data.get(SIGNED_IN)),
        "last_seen_at": _moment(data.get(LAST_SEEN)),
        "address": data.get(ADDRESS),
        "browser": data.get(BROWSER, ""),
        "identity_id": data.get(IDENTITY),
        "outer_session": data.get(OUTER_SESSION, ""),
    }


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)

"""Sessions in the database, as Django keeps them. Invariant: a cookie that can't be a session's key is no session."""

import re
from typing import Any

from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.db.models import CharField, DateTimeField
from django.utils import timezone

from apps.scope.context import whole_country
from apps.scope.prepared import Prepared

KEY = re.compile(r"[a-z0-9]{32}")
LIVE: Prepared[Session] = Prepared(
    lambda key, now: Session.objects.filter(session_key=key, expire_date__gt=now),
    key=CharField(),
    now=DateTimeField(),
)
"""Read for every request."""


class SessionStore(DatabaseStore):
    """Django's store; forged keys (NUL characters, say) never reach the database, which would refuse them."""

    def _validate_session_key(self, key: Any) -> bool:
        return isinstance(key, str) and KEY.fullmatch(key) is not None

    def _get_session_from_db(self) -> Session | None:
        with whole_country(reason="session"):
            session = LIVE.first(key=self.session_key, now=timezone.now())
        if session is None:
            self._session_key = None
        return session

    def save(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002 - Django's signature
        """A session that is there already is written with one statement."""
        if must_create or self.session_key is None:
            super().save(must_create)
            return
        data = self._get_session()  # type: ignore[attr-defined]
        kept = {"session_data": self.encode(data), "expire_date": self.get_expiry_date()}
        with whole_country(reason="session"):
            written = Session.objects.filter(session_key=self.session_key).update(**kept)
        if not written:
            raise UpdateError

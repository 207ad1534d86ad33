"""Sessions in the database, as Django keeps them. Invariant: a cookie that can't be a session's key is no session."""

import re
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

KEY = re.compile(r"[a-z0-9]{32}")


class SessionStore(DatabaseStore):
    """Django's store; forged keys (NUL characters, say) never reach the database, which would refuse them."""

    def _validate_session_key(self, key: Any) -> bool:
        return isinstance(key, str) and KEY.fullmatch(key) is not None

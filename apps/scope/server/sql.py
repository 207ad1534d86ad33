"""Statements about the server and the session; none of them looks at a row of anybody's."""

from apps.scope.database import rows, run

LIMIT = "SELECT set_config('lock_timeout', %s, FALSE)"
IN_RECOVERY = "SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean"


def limit_locks(seconds: float) -> None:
    """No statement of this session waits longer for a lock."""
    run(LIMIT, [f"{seconds * 1000:.0f}"])


def takes_no_writes() -> bool:
    """Whether the server only follows another one, or was told to change nothing."""
    return bool(rows(IN_RECOVERY)[0][0])

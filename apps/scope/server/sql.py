"""Statements about the server and the session; none of them looks at a row of anybody's."""

from apps.scope.database import rows, run

LIMIT = "SELECT set_config('lock_timeout', %s, FALSE)"
TAKE_TURN = "SELECT pg_try_advisory_lock(hashtextextended('fenliang migrate', 0))"
LEAVE_TURN = "SELECT pg_advisory_unlock(hashtextextended('fenliang migrate', 0))"
IN_RECOVERY = "SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean"
POSITION = "SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint"
REPLAYED = "SELECT (pg_last_wal_replay_lsn() - '0/0')::bigint WHERE pg_is_in_recovery()"
STANDING = """
    SELECT 'connections', count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'
    UNION ALL SELECT 'connections_most', current_setting('max_connections')::int
    UNION ALL SELECT 'lock_waits', count(*) FROM pg_locks WHERE NOT granted
    UNION ALL SELECT 'lock_wait_seconds', extract(epoch FROM clock_timestamp() - min(waitstart)) FROM pg_locks
        WHERE NOT granted
    UNION ALL SELECT 'transaction_seconds', extract(epoch FROM clock_timestamp() - min(xact_start))
        FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
    UNION ALL SELECT 'bytes', pg_database_size(current_database())
    UNION ALL SELECT 'recovery', pg_is_in_recovery()::int
"""


def limit_locks(seconds: float) -> None:
    """No statement of this session waits longer for a lock."""
    run(LIMIT, [f"{seconds * 1000:.0f}"])


def take_turn() -> bool:
    """Whether this session is now the one that migrates the database, until it says `leave_turn` or ends."""
    return bool(rows(TAKE_TURN)[0][0])


def leave_turn() -> None:
    rows(LEAVE_TURN)


def takes_no_writes() -> bool:
    """Whether the server only follows another one, or was told to change nothing."""
    return bool(rows(IN_RECOVERY)[0][0])


def position() -> int:
    """How far the log of a primary has come, in bytes: what was committed before stands below."""
    return int(rows(POSITION)[0][0])


def replayed() -> int | None:
    """Up to which position of the primary's log a standby shows what was written; nothing if it is none."""
    found = rows(REPLAYED)
    return int(found[0][0]) if found else None


def standing() -> dict[str, float]:
    """Figures of the server that this role may see: counts, bytes, seconds."""
    return {name: float(value or 0) for name, value in rows(STANDING)}

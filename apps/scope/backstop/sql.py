"""Statements by which the database itself says who may change what.

Invariant: each may run again at any time, and changes nothing where everything stands as it should.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection
from psycopg import sql

from apps.scope.database import rows, run

MAINTAINED_BY_GRANT = 170000
"""From this version on others than the owner may be let run ANALYZE."""
ROLE = """
    SELECT rolname = current_user, rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb
        OR pg_has_role(rolname, current_user, 'MEMBER')
    FROM pg_roles WHERE rolname = %s
"""
MAKE_ROLE = (
    "CREATE ROLE {runner} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION"
)
GRANTS = (
    "GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {runner}",
    "GRANT USAGE ON SCHEMA public TO {runner}",
    "REVOKE CREATE ON SCHEMA public FROM PUBLIC, {runner}",
    "REVOKE TRUNCATE, REFERENCES, TRIGGER ON ALL TABLES IN SCHEMA public FROM PUBLIC, {runner}",
    "GRANT {rights} ON ALL TABLES IN SCHEMA public TO {runner}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {runner}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {rights} ON TABLES TO {runner}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {runner}",
    "REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {runner}",
)
BLIND_TRIGGERS = """
    SELECT p.proname FROM pg_proc p
    WHERE p.pronamespace = 'public'::regnamespace AND p.prorettype = 'trigger'::regtype AND NOT p.prosecdef
    ORDER BY p.proname
"""
SEEING = (
    "ALTER FUNCTION public.{function}() SECURITY DEFINER SET search_path = public, pg_temp",
    "REVOKE EXECUTE ON FUNCTION public.{function}() FROM PUBLIC",
)
IGNORING = "SELECT prosrc FROM pg_proc WHERE oid = to_regprocedure('public._pgtrigger_should_ignore(name)')"
ONLY_OWNERS_IGNORE = """
    CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name name) RETURNS boolean
    LANGUAGE plpgsql AS $$
    BEGIN
        RETURN COALESCE(
            trigger_name = ANY (NULLIF(current_setting('pgtrigger.ignore', TRUE), '')::text[])
            AND pg_has_role(session_user, current_user, 'MEMBER'), FALSE
        );
    END
    $$
"""


def role_of(name: str) -> tuple[bool, bool] | None:
    """Whether it is the one that asks, and whether it may more than a runner should; nothing if there is none."""
    rights = rows(ROLE, [name])
    return (bool(rights[0][0]), bool(rights[0][1])) if rights else None


def make_role(name: str, password: str) -> None:
    """The password leaves this process as the hash that the server keeps."""
    making = sql.SQL(MAKE_ROLE).format(runner=sql.Identifier(name))
    if password:
        raw: Any = connection.connection
        kept = raw.pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256")
        making += sql.SQL(" PASSWORD {kept}").format(kept=sql.Literal(kept.decode()))
    run(making)


def grant(name: str) -> None:
    """What the running product does to tables; neither TRUNCATE nor anything of a trigger's or a key's."""
    rights = "SELECT, INSERT, UPDATE, DELETE"
    raw: Any = connection.connection
    if raw.info.server_version >= MAINTAINED_BY_GRANT:
        rights += ", MAINTAIN"
    names = {
        "runner": sql.Identifier(name),
        "database": sql.Identifier(str(connection.settings_dict["NAME"])),
        "rights": sql.SQL(rights),
    }
    _run_all(GRANTS, names)


def let_triggers_see() -> None:
    """Triggers run as the owner by a search path that no temporary table comes into first; nobody else may use them."""
    for (name,) in rows(BLIND_TRIGGERS):
        _run_all(SEEING, {"function": sql.Identifier(name)})
    if any("session_user" not in text for (text,) in rows(IGNORING)):
        run(ONLY_OWNERS_IGNORE)


def _run_all(statements: Sequence[str], names: Mapping[str, sql.Composable]) -> None:
    for statement in statements:
        run(sql.SQL(statement).format(**names))

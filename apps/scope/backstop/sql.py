"""Statements by which the database itself says who may change what, and whose rows he sees.

Invariant: each may run again at any time, and changes nothing where everything stands as it should.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection
from psycopg import sql

from apps.scope.database import rows, run

_SETTING = "NULLIF(current_setting('fenliang.scope', TRUE), '')"
SCOPE = f"(SELECT {_SETTING})"
"""Asked once for each statement, which plans it: for what every row is asked."""
ENTERPRISE = "(SELECT NULLIF(current_setting('fenliang.enterprise', TRUE), '')::bigint)"
WITHIN = "(SELECT COALESCE(current_setting('fenliang.within', TRUE), ''))"
"""The place of who issued the enterprise's account; empty for the alliance, whose accounts see the country."""
INSIDE = f"starts_with(path, {SCOPE})"
COUNTRY = f"{SCOPE} = '/'"
IS_ENTERPRISE = "COALESCE(current_setting('fenliang.enterprise', TRUE), '') <> ''"
"""As `is_above` asked of a row that lies outside, which costs less than a part of every statement's plan."""


def is_above(column: str) -> str:
    """The row lies above the viewer. For where it stands behind `INSIDE`: few rows are asked."""
    return f"starts_with({_SETTING}, {column})"


ABOVE = is_above("path")


def of_enterprise(*columns: str) -> str:
    """The row belongs to the viewer's enterprise by one of these columns, and stands where its account sees it."""
    named = " OR ".join(f"{column} = {ENTERPRISE}" for column in columns)
    return f"(({named}) AND starts_with(path, {WITHIN}))"


def below(table: str, column: str) -> str:
    """Rows without a place, seen by whoever sees the row that they hang on, as that one's own policy says."""
    return f"{COUNTRY} OR EXISTS (SELECT 1 FROM {table} held WHERE held.id = {column})"  # noqa: S608 - names only


def of_filing(column: str) -> str:
    """The same of a filing, and of those in the subtree only."""
    own = f"held.id = {column} AND starts_with(held.path, {SCOPE})"
    return f"{COUNTRY} OR EXISTS (SELECT 1 FROM review_filing held WHERE {own})"  # noqa: S608 - names only


OWN_OR_BLANK = f"{INSIDE} OR {of_enterprise('enterprise_id')} OR {COUNTRY}"
"""Accounts of the platform stand nowhere: what is theirs is the country's alone."""
ITS_PROJECT = f"""(project_id IS NULL OR {COUNTRY} OR EXISTS (
    SELECT 1 FROM projects_participation held WHERE held.project_id = audit_change.project_id
))"""  # noqa: S608 - names only
"""Of changes without a place: somebody of the subtree takes part in the project, as that table's own policy says."""
ACCOUNT_OF_ENTERPRISE = f"split_part(path, '/', -2) = 'E' || {ENTERPRISE}"
ITS_PROVINCE_ABOVE = f"starts_with({SCOPE}, left(path, -length(split_part(path, '/', -2)) - 1))"
WON_BY_ENTERPRISE = f"""(starts_with(path, {WITHIN}) AND product_id IN (
    SELECT id FROM projects_winningproduct WHERE enterprise_id = {ENTERPRISE}
))"""  # noqa: S608 - no value in it


POLICY = "fenliang_scope"
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
POLICIES = """
    SELECT c.relname, c.relrowsecurity, obj_description(p.oid, 'pg_policy')
    FROM pg_class c LEFT JOIN pg_policy p ON p.polrelid = c.oid AND p.polname = %s
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND (c.relrowsecurity OR c.relname = ANY(%s))
"""
SET_POLICY = (
    "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
    "DROP POLICY IF EXISTS {policy} ON {table}",
    "CREATE POLICY {policy} ON {table} USING ({seen}) WITH CHECK ({written})",
    "COMMENT ON POLICY {policy} ON {table} IS {mark}",
)
NO_POLICY = (
    "DROP POLICY IF EXISTS {policy} ON {table}",
    "ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
)


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
    """Checks and counts of triggers run as the owner, whose sight no policy narrows; nobody else may use them."""
    for (name,) in rows(BLIND_TRIGGERS):
        _run_all(SEEING, {"function": sql.Identifier(name)})
    if any("session_user" not in text for (text,) in rows(IGNORING)):
        run(ONLY_OWNERS_IGNORE)


def standing_policies(tables: Sequence[str]) -> Mapping[str, tuple[bool, str | None]]:
    """Of these tables, and of all others with row security: whether it is on, and the mark of our policy."""
    return {table: (on, mark) for table, on, mark in rows(POLICIES, [POLICY, list(tables)])}


def set_policy(table: str, seen: str, written: str, mark: str) -> None:
    """Which rows are seen, changed and deleted, and which are written."""
    conditions = {"seen": sql.SQL(seen), "written": sql.SQL(written)}
    _run_all(SET_POLICY, _of(table) | conditions | {"mark": sql.Literal(mark)})


def take_policy(table: str) -> None:
    _run_all(NO_POLICY, _of(table))


def _of(table: str) -> dict[str, sql.Composable]:
    return {"table": sql.Identifier(table), "policy": sql.Identifier(POLICY)}


def _run_all(statements: Sequence[str], names: Mapping[str, sql.Composable]) -> None:
    for statement in statements:
        run(sql.SQL(statement).format(**names))

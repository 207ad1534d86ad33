"""The schema of a rehearsal: made, filled, its clock, thrown away.

Invariants: what makes and drops schemas are functions of the tables' owner, which take the number of a rehearsal and
nothing else; the product, which owns nothing, can do no more than call them. A rehearsal's schema has every table but
`SHARED`, with the columns, checks, keys, triggers and row policies of the real one, and no reference leads out of it:
what is sent within one finds no real table, not even after it was dropped; dropping it takes no lock on a real one.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from psycopg import sql

from apps.scope.database import rows, run, send
from apps.scope.sql import Insert

SHARED = ("django_migrations", "rehearsals_rehearsal")
"""Tables that a rehearsal has none of its own of, beside those of the queue."""
QUEUE = "procrastinate_"
OWNERS = "rehearsal_"
_HEAD = """
CREATE OR REPLACE FUNCTION public.{name} RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $body$
DECLARE
    room text := 'rehearsal_' || of_rehearsal;
    statements text[];
    statement text;
BEGIN
    IF NOT EXISTS (SELECT 1 FROM rehearsals_rehearsal WHERE id = of_rehearsal) THEN
        RAISE EXCEPTION 'no such rehearsal: %', of_rehearsal;
    END IF;
"""
_RUN_ALL = """
    FOREACH statement IN ARRAY COALESCE(statements, ARRAY[]::text[]) LOOP EXECUTE statement; END LOOP;
"""
_OWN_TABLES = f"""
    SELECT c.oid, c.relname FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
        AND NOT starts_with(c.relname, '{QUEUE}') AND c.relname NOT IN {SHARED!r}
"""  # noqa: S608
_OWN_FUNCTIONS = f"""
    SELECT p.oid, p.proname AS name, p.prorettype = 'trigger'::regtype AS is_trigger FROM pg_proc p
    WHERE p.pronamespace = 'public'::regnamespace AND p.prokind = 'f'
        AND NOT starts_with(p.proname, '{QUEUE}') AND NOT starts_with(p.proname, '{OWNERS}')
        AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
"""  # noqa: S608
MAKE = (
    _HEAD.format(name="rehearsal_make(of_rehearsal bigint)")  # noqa: S608
    + f"""
    EXECUTE format('CREATE SCHEMA %I', room);
    SELECT array_agg(format('CREATE TABLE %I.%I (LIKE public.%I INCLUDING ALL)', room, own.relname, own.relname))
        INTO statements FROM ({_OWN_TABLES}) own;
    {_RUN_ALL}
    -- Whoever may write the real tables may write these.
    SELECT array_agg(format(
        'GRANT USAGE ON SCHEMA %1$I TO %2$I;'
        ' GRANT SELECT, INSERT, UPDATE, DELETE%3$s ON ALL TABLES IN SCHEMA %1$I TO %2$I;'
        ' GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA %1$I TO %2$I',
        room, role.rolname, CASE WHEN current_setting('server_version_num')::int >= 170000 THEN ', MAINTAIN' ELSE '' END
    )) INTO statements
    FROM (
        SELECT DISTINCT given.grantee FROM pg_class c, aclexplode(c.relacl) given
        WHERE c.oid = 'public.projects_project'::regclass AND given.privilege_type = 'INSERT'
            AND given.grantee <> c.relowner
    ) admitted JOIN pg_roles role ON role.oid = admitted.grantee;
    {_RUN_ALL}
END $body$
"""  # noqa: S608
)
"""Tables without rows, triggers, references and policies: those come when it is filled."""
CLOSE = (
    _HEAD.format(name="rehearsal_close(of_rehearsal bigint)")  # noqa: S608
    + f"""
    -- Read as they stand in public, before names mean the rehearsal's.
    WITH own AS ({_OWN_TABLES}), functions AS ({_OWN_FUNCTIONS}), made AS (
        SELECT 1 AS turn, name, replace(replace(
            pg_get_functiondef(oid), 'FUNCTION public.', format('FUNCTION %I.', room)),
            'SET search_path TO ''public'', ''pg_temp''',
            format('SET search_path TO %I, ''pg_catalog'', ''pg_temp''', room)
        ) AS text
        FROM functions
        UNION ALL
        SELECT 2, name, format('REVOKE EXECUTE ON FUNCTION %I.%I() FROM PUBLIC', room, name)
        FROM functions WHERE is_trigger
        UNION ALL
        SELECT 3, t.tgname, replace(pg_get_triggerdef(t.oid), ' ON public.', format(' ON %I.', room))
        FROM pg_trigger t JOIN own ON own.oid = t.tgrelid WHERE NOT t.tgisinternal
        UNION ALL
        SELECT 4, k.conname, format('ALTER TABLE %I.%I ADD CONSTRAINT %I %s', room, own.relname, k.conname,
            pg_get_constraintdef(k.oid))
        FROM pg_constraint k JOIN own ON own.oid = k.conrelid JOIN own target ON target.oid = k.confrelid
        WHERE k.contype = 'f'
        UNION ALL
        SELECT 5, own.relname, format('ALTER TABLE %I.%I ENABLE ROW LEVEL SECURITY', room, own.relname)
        FROM pg_class c JOIN own ON own.oid = c.oid WHERE c.relrowsecurity
        UNION ALL
        SELECT 6, p.polname, format('CREATE POLICY %I ON %I.%I USING (%s) WITH CHECK (%s)',
            p.polname, room, own.relname, pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
        FROM pg_policy p JOIN own ON own.oid = p.polrelid
        UNION ALL
        SELECT 7, own.relname, format(
            'SELECT setval(pg_get_serial_sequence(%1$L, %2$L), GREATEST((SELECT max(%2$I) FROM %1$s), 1))',
            format('%I.%I', room, own.relname), a.attname
        ) FROM pg_attribute a JOIN own ON own.oid = a.attrelid WHERE a.attidentity <> ''
    ) SELECT array_agg(made.text ORDER BY made.turn, made.name) INTO statements FROM made;
    PERFORM set_config('search_path', format('%I, pg_catalog', room), TRUE);
    {_RUN_ALL}
END $body$
"""  # noqa: S608
)
CLOCK = (
    _HEAD.format(name="rehearsal_clock(of_rehearsal bigint)")  # noqa: S608
    + """
    -- The row says how far; what asks for the time finds these before the server's own.
    FOREACH statement IN ARRAY ARRAY['now', 'transaction_timestamp', 'statement_timestamp', 'clock_timestamp'] LOOP
        EXECUTE format(
            'CREATE OR REPLACE FUNCTION %I.%I() RETURNS timestamptz LANGUAGE sql %s AS %L', room, statement,
            CASE WHEN statement = 'clock_timestamp' THEN 'VOLATILE' ELSE 'STABLE' END,
            format('SELECT pg_catalog.%I() + %L::interval', statement,
                (SELECT ahead FROM rehearsals_rehearsal WHERE id = of_rehearsal))
        );
    END LOOP;
END $body$
"""
)
DROP = (
    _HEAD.format(name="rehearsal_drop(of_rehearsal bigint)")  # noqa: S608
    + """
    SET CONSTRAINTS ALL IMMEDIATE;
    EXECUTE format('DROP SCHEMA IF EXISTS %I CASCADE', room);
    DELETE FROM rehearsals_rehearsal WHERE id = of_rehearsal;
END $body$
"""
)
FUNCTIONS = {
    "rehearsal_make": MAKE,
    "rehearsal_close": CLOSE,
    "rehearsal_clock": CLOCK,
    "rehearsal_drop": DROP,
}
APPLIED = "SELECT count(*) FROM django_migrations"


def install() -> None:
    """The owner's functions as the code has them, for the runner alone."""
    for name, text in FUNCTIONS.items():
        run(text)
        run(
            sql.SQL("REVOKE EXECUTE ON FUNCTION public.{name}(bigint) FROM PUBLIC").format(
                name=sql.Identifier(name)
            )
        )
        if settings.DATABASE_RUNNER:
            run(
                sql.SQL("GRANT EXECUTE ON FUNCTION public.{name}(bigint) TO {runner}").format(
                    name=sql.Identifier(name),
                    runner=sql.Identifier(settings.DATABASE_RUNNER["USER"]),
                )
            )


def is_there() -> bool:
    """Whether there is a table of rehearsals: not where migrations were taken back."""
    ((name,),) = rows("SELECT to_regclass('public.rehearsals_rehearsal')::text")
    return name is not None


def structure() -> int:
    """How many migrations the database has had."""
    ((count,),) = rows(APPLIED)
    return int(count)


def make(rehearsal: int) -> None:
    run("SELECT public.rehearsal_make(%s)", [rehearsal])


def close(rehearsal: int) -> None:
    run("SELECT public.rehearsal_close(%s)", [rehearsal])


def set_clock(rehearsal: int) -> None:
    run("SELECT public.rehearsal_clock(%s)", [rehearsal])


def drop(rehearsal: int) -> None:
    """The schema with all that is in it, and the row."""
    run("SELECT public.rehearsal_drop(%s)", [rehearsal])


def take(room: str, table: str, columns: Mapping[str, str], where: str, project: int) -> int:
    """Rows of a real table into the rehearsal's; `columns` and `where` are the code's own (`copying.sql`)."""
    statement = sql.SQL(
        "INSERT INTO {room}.{table} ({names}) SELECT {values} FROM public.{table} WHERE {where}"
    ).format(
        room=sql.Identifier(room),
        table=sql.Identifier(table),
        names=sql.SQL(", ").join(map(sql.Identifier, columns)),
        values=sql.SQL(", ").join(map(sql.SQL, columns.values())),
        where=sql.SQL(where),
    )
    return run(statement.as_string(), {"project": project})


LINES = """
    INSERT INTO reporting_demandline (
        filing_id, item_id, path, planned, reason, explanation, pack_mark, is_saved, to_correct, version, updated_at
    )
    SELECT filing, item, path, planned,
        CASE WHEN mean = 0 AND planned > 0 THEN 'first' WHEN planned < mean * 0.8 THEN 'decline'
            WHEN planned > mean * 1.2 THEN 'growth' ELSE '' END,
        '', '', is_whole, FALSE, 1, now()
    FROM (
        SELECT drawn.*, CASE
            WHEN mean = 0 THEN CASE WHEN chance < 0.03 THEN pack * (1 + floor(amount * 20)) ELSE 0 END
            -- Boxes for tablets, a nought too many: what reviewers are to find.
            WHEN slip < 0.005 THEN ceil(mean / pack)
            WHEN slip < 0.008 THEN mean * 10
            ELSE round(mean * (0.75 + 0.55 * amount))
        END::bigint AS planned
        FROM (
            SELECT f.id AS filing, i.id AS item, f.path, f.id = ANY(%(whole)s) AS is_whole,
                GREATEST(i.pack_quantity, 1) AS pack,
                i.place, COALESCE(h.mean, 0) AS mean, half.number,
                ('x' || substr(draw.hex, 1, 8))::bit(32)::bigint / 4294967296.0 AS amount,
                ('x' || substr(draw.hex, 9, 8))::bit(32)::bigint / 4294967296.0 AS slip,
                ('x' || substr(draw.hex, 17, 8))::bit(32)::bigint / 4294967296.0 AS chance
            FROM review_filing f JOIN organizations_organization o ON o.id = f.organization_id
            CROSS JOIN (
                SELECT id, item_code, pack_quantity, row_number() OVER (ORDER BY position, id) AS place
                FROM projects_catalogitem WHERE project_id = %(project)s
            ) i
            CROSS JOIN (SELECT count(*) AS number FROM projects_catalogitem WHERE project_id = %(project)s) half
            CROSS JOIN LATERAL (SELECT md5(%(seed)s || ':' || o.code || ':' || i.item_code) AS hex) draw
            LEFT JOIN (
                SELECT organization_id, item_id, sum(quantity)::numeric / %(years)s AS mean
                FROM reporting_purchasehistory WHERE project_id = %(project)s GROUP BY 1, 2
            ) h ON h.organization_id = f.organization_id AND h.item_id = i.id
            WHERE f.id = ANY(%(filings)s)
        ) drawn
    ) planned
    WHERE is_whole OR place <= number * 0.6
"""
"""Whole sheets of those that have reported, the first part of those that have begun; a draw hangs on the seed, the
institution and the item alone."""
REPORTED_AT = """
    UPDATE review_filing AS f SET submitted_at = told.at
    FROM unnest(%s::bigint[], %s::timestamptz[]) AS told (id, at) WHERE f.id = told.id
"""
"""Before `STAND`: whoever reports now needs the file that the project asks for, and what is invented has none."""
STAND = """
    UPDATE review_filing AS f SET status = told.status, version = told.version, reported_once = told.reported_once,
        submitted_at = told.submitted_at, reviewed_at = told.reviewed_at, return_reason = told.return_reason,
        correction_deadline = told.correction_deadline
    FROM unnest(%s::bigint[], %s::text[], %s::int[], %s::bool[], %s::timestamptz[], %s::timestamptz[], %s::text[],
        %s::timestamptz[]) AS told (id, status, version, reported_once, submitted_at, reviewed_at, return_reason,
        correction_deadline)
    WHERE f.id = told.id
"""


def write_lines(
    project: int, filings: Sequence[int], whole: Sequence[int], *, seed: int, years: int
) -> int:
    """Invented lines; in the rehearsal, of filings that are drafts. Returns how many."""
    given = {
        "project": project,
        "filings": list(filings),
        "whole": list(whole),
        "seed": str(seed),
        "years": years,
    }
    return run(LINES, given)


def write_events(events: Sequence[Any]) -> None:
    """Events of filings, whose chains were worked out."""
    send(Insert(events))


def stand(outcomes: Sequence[Sequence[Any]]) -> None:
    """Where filings stand: rows of id, status, version, reported_once, submitted_at, reviewed_at, reason, deadline."""
    ids, *_, submitted_at, _reviewed_at, _reason, _deadline = zip(*outcomes, strict=True)
    run(REPORTED_AT, [list(ids), list(submitted_at)])
    run(STAND, [list(column) for column in zip(*outcomes, strict=True)])

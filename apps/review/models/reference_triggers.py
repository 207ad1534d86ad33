"""References of tables with millions of rows, checked once for each statement instead of once for each row.

Invariant: as under a foreign key, no row points to what is not there, whoever writes and in whichever order. A writer
holds what its rows point to (`FOR KEY SHARE`) until it commits; whoever takes such a row away waits for that, and is
refused where one points to it. A field checked here says `db_constraint=False`. Sooner than a deferred foreign key:
at the end of the statement.
"""

from dataclasses import dataclass

import pgtrigger

NAME = "nothing_dangles"
_DECLARED = [("missing", "bigint")]
# One statement per table pointed to; by its key, whatever the number of rows.
_HELD = """
    WITH named AS MATERIALIZED ({named}), held AS MATERIALIZED (
        SELECT FROM {table} pointed WHERE pointed.id = ANY(ARRAY(SELECT id FROM named)) FOR KEY SHARE OF pointed
    )
    SELECT (SELECT COUNT(*) FROM named) - (SELECT COUNT(*) FROM held) INTO missing;
    IF missing > 0 THEN
        RAISE EXCEPTION '% points to rows of {table} that are not there', TG_TABLE_NAME
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'nothing_dangles';
    END IF;
"""
# Most updates touch no reference: one look instead of one for each table.
_NO_OTHER = """
    IF NOT EXISTS (SELECT {columns} FROM new_rows EXCEPT SELECT {columns} FROM old_rows) THEN
        RETURN NULL;
    END IF;
"""
# A snapshot taken before a writer committed would not show its rows: only READ COMMITTED looks anew.
_POINTED = """
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION '%: what others point to goes within READ COMMITTED only', TG_TABLE_NAME
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'nothing_dangles';
    END IF;
    IF EXISTS ({pointing}) THEN
        RAISE EXCEPTION 'rows of {rows} point to what would be gone from %', TG_TABLE_NAME
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'nothing_dangles';
    END IF;
    RETURN NULL;
"""


@dataclass(frozen=True, slots=True)
class Reference:
    """`columns` hold ids of `table`, or nothing."""

    table: str
    columns: tuple[str, ...]

    def named(self, rows: str) -> str:
        """Select which ids stand in `rows`, each once."""
        return " UNION ".join(
            f"SELECT DISTINCT {column} AS id FROM {rows} WHERE {column} IS NOT NULL"  # noqa: S608 - names only
            for column in self.columns
        )


def references_held(*references: Reference) -> list[pgtrigger.Trigger]:
    """For the table that points: what it points to is there, and stays until the writer commits."""
    added = [
        _HELD.format(table=reference.table, named=reference.named("new_rows"))
        for reference in references
    ]
    # What a row pointed to before is held by that row itself: another one may only take it away once it is gone.
    columns = ", ".join(column for reference in references for column in reference.columns)
    changed = [_NO_OTHER.format(columns=columns)] + [
        _HELD.format(
            table=reference.table,
            named=f"({reference.named('new_rows')}) EXCEPT ({reference.named('old_rows')})",
        )
        for reference in references
    ]
    return [
        _after("insert", pgtrigger.Insert, pgtrigger.Referencing(new="new_rows"), added),
        _after(
            "update",
            pgtrigger.Update,
            pgtrigger.Referencing(old="old_rows", new="new_rows"),
            changed,
        ),
    ]


def pointed_to_by(rows: str, *columns: str) -> list[pgtrigger.Trigger]:
    """For the table that is pointed to: nothing goes, and no id changes, while `columns` of `rows` hold it."""
    gone = " UNION ALL ".join(
        f"SELECT 1 FROM old_rows gone JOIN {rows} pointing ON pointing.{column} = gone.id"  # noqa: S608
        for column in columns
    )
    renamed = " UNION ALL ".join(
        f"SELECT 1 FROM {rows} pointing WHERE pointing.{column} = OLD.id"  # noqa: S608
        for column in columns
    )
    return [
        pgtrigger.Trigger(
            name=f"{NAME}_{rows}",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=pgtrigger.Delete,
            referencing=pgtrigger.Referencing(old="old_rows"),
            func=_POINTED.format(pointing=gone, rows=rows),
        ),
        pgtrigger.Trigger(
            name=f"{NAME}_{rows}_id",
            when=pgtrigger.After,
            operation=pgtrigger.UpdateOf("id"),
            condition=pgtrigger.AnyChange("id"),
            func=_POINTED.format(pointing=renamed, rows=rows),
        ),
    ]


def _after(
    name: str,
    operation: pgtrigger.Operation,
    referencing: pgtrigger.Referencing,
    checks: list[str],
) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=f"{NAME}_{name}",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=referencing,
        declare=_DECLARED,
        func="".join(checks) + "RETURN NULL;",
    )

"""The database's own refusals: no change below a submitted or approved filing, no report without its attachment.

Line tables list `frozen_branch_triggers()` in their `Meta.triggers`; the check runs once for each statement.
"""

from collections.abc import Callable

import pgtrigger

FROZEN_BRANCH = "frozen_branch"

# What stands above is looked up once for each bureau, not for each of the institutions below it.
_CHECK = """
IF EXISTS (
    WITH own AS MATERIALIZED (
        SELECT filing.id, filing.project_id, filing.status, regexp_replace(filing.path, '[^/]+/$', '') AS above
        FROM {touched}
    ), shut AS MATERIALIZED (
        SELECT place.project_id, place.above FROM (SELECT DISTINCT project_id, above FROM own) AS place
        JOIN review_filing held ON held.project_id = place.project_id
            AND held.path = ANY(review_lineage(place.above))
        WHERE held.status IN ('submitted', 'approved')
    )
    SELECT 1 FROM own WHERE (
        own.status IN ('submitted', 'approved') OR (own.project_id, own.above) IN (SELECT project_id, above FROM shut)
    ){unless}
) THEN
    RAISE EXCEPTION '{name}' USING ERRCODE = 'check_violation', CONSTRAINT = '{name}';
END IF;
"""
_OF_FILING = "review_filing filing WHERE filing.id = ANY(ARRAY(SELECT DISTINCT {column} FROM {rows} AS touched))"
BOTH = "(TABLE old_rows UNION ALL TABLE new_rows)"


def frozen_branch_triggers(
    column: str = "filing_id", *, unless: str = ""
) -> list[pgtrigger.Trigger]:
    """Triggers for a line table whose `column` holds the filing's id; a null id is not checked.

    `unless`: a condition (SQL) on the filing `own` under which its lines may move all the same, on record.
    """
    touched = _OF_FILING.replace("{column}", column)
    return frozen_triggers(FROZEN_BRANCH, touched, unless=unless)


def frozen_triggers(name: str, touched: str, *, unless: str = "") -> list[pgtrigger.Trigger]:
    """The same where `touched`, SQL with `{rows}`, tells the filings (`filing`) of the rows in another way."""
    more = f" AND NOT {unless}" if unless else ""

    def check(rows: str) -> str:
        return _CHECK.format(name=name, touched=touched.format(rows=rows), unless=more)

    return statement_triggers(name, check, together=True)


def statement_triggers(
    name: str, check: Callable[[str], str], *, together: bool = False
) -> list[pgtrigger.Trigger]:
    """`check(rows)` after every statement: over the rows as they were, as they are, or both.

    `together`: an update's rows are checked once, as they were and as they are; the check names them `AS` something.
    """
    old, new = check("old_rows"), check("new_rows")
    return [
        after_statement(
            f"{name}_insert", pgtrigger.Insert, pgtrigger.Referencing(new="new_rows"), new
        ),
        after_statement(
            f"{name}_update",
            pgtrigger.Update,
            pgtrigger.Referencing(old="old_rows", new="new_rows"),
            check(BOTH) if together else old + new,
        ),
        after_statement(
            f"{name}_delete", pgtrigger.Delete, pgtrigger.Referencing(old="old_rows"), old
        ),
    ]


def after_statement(
    name: str, operation: pgtrigger.Operation, referencing: pgtrigger.Referencing, body: str
) -> pgtrigger.Trigger:
    """What runs after every such statement, over the rows that it names."""
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=referencing,
        func=f"{body} RETURN NULL;",
    )


ATTACHMENT_MISSING = "attachment_missing"

# 恢复上次上报 keeps the time of the report that it restores, 代报 goes straight to approved: neither asks for a file.
_REPORTED_NOW = """
    NEW.tier = 'institution' AND NEW.status = 'submitted' AND OLD.status IN ('draft', 'returned')
    AND NOT NEW.substituted AND OLD.submitted_at IS DISTINCT FROM NEW.submitted_at
"""
_CHECK_ATTACHMENT = """
IF EXISTS (
    SELECT 1 FROM projects_project p
    WHERE p.id = NEW.project_id AND p.attachment <> 'none' AND p.kind <> 'allocation'
) AND NOT EXISTS (
    SELECT 1 FROM review_filingattachment a WHERE a.filing_id = NEW.id AND a.replaced_at IS NULL
) THEN
    RAISE EXCEPTION 'attachment_missing'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'attachment_missing';
END IF;
RETURN NULL;
"""


def attachment_required() -> pgtrigger.Trigger:
    """An institution does not report without the file that its project demands (S2-22)."""
    return pgtrigger.Trigger(
        name=ATTACHMENT_MISSING,
        when=pgtrigger.After,
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition(_REPORTED_NOW.strip()),
        func=_CHECK_ATTACHMENT,
    )

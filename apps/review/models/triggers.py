"""The database's own refusals: no change below a submitted or approved filing, no report without its attachment.

Line tables list `frozen_branch_triggers()` in their `Meta.triggers`; the check runs once for each statement.
"""

from collections.abc import Callable

import pgtrigger

FROZEN_BRANCH = "frozen_branch"

_CHECK = """
IF EXISTS (
    SELECT 1 FROM (SELECT DISTINCT {column} AS filing_id FROM {rows}) AS touched
    JOIN review_filing own ON own.id = touched.filing_id
    JOIN review_filing held ON held.project_id = own.project_id
        AND held.path = ANY(review_lineage(own.path))
    WHERE held.status IN ('submitted', 'approved'){unless}
) THEN
    RAISE EXCEPTION 'frozen_branch' USING ERRCODE = 'check_violation', CONSTRAINT = 'frozen_branch';
END IF;
"""


def frozen_branch_triggers(
    column: str = "filing_id", *, unless: str = ""
) -> list[pgtrigger.Trigger]:
    """Triggers for a line table whose `column` holds the filing's id; a null id is not checked.

    `unless`: a condition (SQL) on the filing `own` under which its lines may move all the same, on record.
    """
    more = f" AND NOT {unless}" if unless else ""
    return statement_triggers(
        FROZEN_BRANCH, lambda rows: _CHECK.format(column=column, rows=rows, unless=more)
    )


def statement_triggers(name: str, check: Callable[[str], str]) -> list[pgtrigger.Trigger]:
    """`check(rows)` after every statement: over the rows as they were, as they are, or both."""
    old, new = check("old_rows"), check("new_rows")
    return [
        after_statement(
            f"{name}_insert", pgtrigger.Insert, pgtrigger.Referencing(new="new_rows"), new
        ),
        after_statement(
            f"{name}_update",
            pgtrigger.Update,
            pgtrigger.Referencing(old="old_rows", new="new_rows"),
            old + new,
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

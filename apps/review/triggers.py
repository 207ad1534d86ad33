"""The database's own refusal to change what lies below a submitted or approved filing.

Line tables list `FROZEN_BRANCH_TRIGGERS` in their `Meta.triggers`; the check runs once for each statement.
"""

import pgtrigger

FROZEN_BRANCH = "frozen_branch"

_CHECK = """
IF EXISTS (
    SELECT 1 FROM (SELECT DISTINCT {column} AS filing_id FROM {rows}) AS touched
    JOIN review_filing own ON own.id = touched.filing_id
    JOIN review_filing held ON held.project_id = own.project_id
        AND held.path = ANY(review_lineage(own.path))
    WHERE held.status IN ('submitted', 'approved')
) THEN
    RAISE EXCEPTION 'frozen_branch' USING ERRCODE = 'check_violation', CONSTRAINT = 'frozen_branch';
END IF;
"""


def frozen_branch_triggers(column: str = "filing_id") -> list[pgtrigger.Trigger]:
    """Triggers for a line table whose `column` holds the filing's id; a null id is not checked."""
    old, new = (
        _CHECK.format(column=column, rows="old_rows"),
        _CHECK.format(column=column, rows="new_rows"),
    )
    return [
        _trigger("insert", pgtrigger.Insert, pgtrigger.Referencing(new="new_rows"), new),
        _trigger(
            "update",
            pgtrigger.Update,
            pgtrigger.Referencing(old="old_rows", new="new_rows"),
            old + new,
        ),
        _trigger("delete", pgtrigger.Delete, pgtrigger.Referencing(old="old_rows"), old),
    ]


def _trigger(
    name: str, operation: pgtrigger.Operation, referencing: pgtrigger.Referencing, body: str
) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=f"{FROZEN_BRANCH}_{name}",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=referencing,
        func=f"{body} RETURN NULL;",
    )

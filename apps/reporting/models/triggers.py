"""What the database itself refuses: a changed purchase history once the institution has reported.

Invariant: baselines freeze at report. While an institution's filing or one above it is submitted or approved, its
history of that project stands still, whoever imports or decides.
"""

import pgtrigger

from apps.review.triggers import statement_triggers

FROZEN_HISTORY = "frozen_history"

_CHECK = """
IF EXISTS (
    SELECT 1 FROM (SELECT DISTINCT project_id, organization_id FROM {rows}) AS touched
    JOIN review_filing own
        ON own.project_id = touched.project_id AND own.organization_id = touched.organization_id
    JOIN review_filing held ON held.project_id = own.project_id
        AND held.path = ANY(review_lineage(own.path))
    WHERE held.status IN ('submitted', 'approved')
) THEN
    RAISE EXCEPTION 'frozen_history' USING ERRCODE = 'check_violation', CONSTRAINT = 'frozen_history';
END IF;
"""


def frozen_history_triggers() -> list[pgtrigger.Trigger]:
    return statement_triggers(FROZEN_HISTORY, lambda rows: _CHECK.format(rows=rows))

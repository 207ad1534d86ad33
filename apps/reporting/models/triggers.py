"""What the database itself refuses: a changed purchase history once the institution has reported.

Invariant: baselines freeze at report. While an institution's filing or one above it is submitted or approved, its
history of that project stands still, whoever imports or decides.
"""

import pgtrigger

from apps.review.models.triggers import frozen_triggers, statement_triggers

FROZEN_HISTORY = "frozen_history"

_TOUCHED = """
    (SELECT DISTINCT project_id, organization_id FROM {rows} AS rows) AS touched
    JOIN review_filing filing
        ON filing.project_id = touched.project_id AND filing.organization_id = touched.organization_id
"""


# In the order of ids, as a refresh takes them.
_STALE = """
UPDATE reporting_demandprogress SET versions = -1 WHERE filing_id IN (
    SELECT p.filing_id FROM reporting_demandprogress p WHERE p.filing_id IN (
        SELECT own.parent_id FROM (SELECT DISTINCT project_id, organization_id FROM {rows}) AS touched
        JOIN review_filing own
            ON own.project_id = touched.project_id AND own.organization_id = touched.organization_id
    ) ORDER BY p.filing_id FOR NO KEY UPDATE
);
"""


def stale_progress_triggers() -> list[pgtrigger.Trigger]:
    """Whoever changes history, by whatever path: the next refresh reads the bureau above it anew."""
    return statement_triggers("stale_progress", lambda rows: _STALE.format(rows=rows))


def frozen_history_triggers() -> list[pgtrigger.Trigger]:
    return frozen_triggers(FROZEN_HISTORY, _TOUCHED)

"""What the database itself refuses of totals: any of a bureau that hasn't submitted, any change once it has.

Invariant: totals stand only for submitted and approved packages, and stand still as long as these do. The
transaction that gives a package back removes them; the trigger `totals_left` on filings (migration 0002) asks at its
end.
"""

import pgtrigger

from apps.review.models.triggers import statement_triggers

TOTALS_FROZEN = "totals_frozen"

_CHECK = """
IF EXISTS (
    SELECT 1 FROM (SELECT DISTINCT {column} AS id FROM {rows}) AS touched
    JOIN review_filing f ON f.id = touched.id
    WHERE {wrong}
) THEN
    RAISE EXCEPTION 'totals_frozen' USING ERRCODE = 'check_violation', CONSTRAINT = 'totals_frozen';
END IF;
"""
_CHECK_SHARES = """
IF EXISTS (
    SELECT 1 FROM (SELECT DISTINCT group_id AS id FROM {rows}) AS touched
    JOIN reporting_demandreporters g ON g.id = touched.id JOIN review_filing f ON f.id = g.filing_id
    WHERE {wrong}
) THEN
    RAISE EXCEPTION 'totals_frozen' USING ERRCODE = 'check_violation', CONSTRAINT = 'totals_frozen';
END IF;
"""
_NOT_SUBMITTED = "f.tier = 'institution' OR f.status NOT IN ('submitted', 'approved')"
_SUBMITTED = "f.status IN ('submitted', 'approved')"


def frozen_totals(check: str = _CHECK) -> list[pgtrigger.Trigger]:
    """For a table of totals with a column `filing_id`."""

    def checked(rows: str) -> str:
        wrong = _NOT_SUBMITTED if rows == "new_rows" else _SUBMITTED
        return check.format(column="filing_id", rows=rows, wrong=wrong)

    inserted, _updated, deleted = statement_triggers(TOTALS_FROZEN, checked)
    return [inserted, deleted]


def frozen_shares() -> list[pgtrigger.Trigger]:
    return frozen_totals(_CHECK_SHARES)


def never_updated() -> pgtrigger.Trigger:
    return pgtrigger.Protect(name="never_updated", operation=pgtrigger.Update)


def summed_once() -> pgtrigger.Trigger:
    """The sums of a group are filled in once, by the freeze that wrote it."""
    return pgtrigger.Protect(
        name="summed_once",
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition("OLD.quantity IS NOT NULL"),
    )

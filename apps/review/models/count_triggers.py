"""The counts of filings, kept by the database with the filings that they count (`FilingCount`)."""

import pgtrigger

from .triggers import after_statement

GROUP = "project_id, parent_id, path, tier, status, substituted, maintained"
# The unit above a filing is told by its own path; who has no package above is counted nowhere.
_ROWS = """
    SELECT project_id, parent_id, regexp_replace(path, '[^/]+/$', '') AS path, tier, status, substituted, maintained,
        {sign} AS number
    FROM {rows} WHERE parent_id IS NOT NULL
"""
_OLD, _NEW = _ROWS.format(sign=-1, rows="old_rows"), _ROWS.format(sign=1, rows="new_rows")
_ADD = f"""
    INSERT INTO review_filingcount ({GROUP}, number)
    SELECT {GROUP}, SUM(number) FROM ({{moved}}) AS moved GROUP BY {GROUP} HAVING SUM(number) <> 0;
"""  # noqa: S608 - no value in it


def filings_counted() -> list[pgtrigger.Trigger]:
    """Triggers of the filings that are counted."""
    old, new = pgtrigger.Referencing(old="old_rows"), pgtrigger.Referencing(new="new_rows")
    both = pgtrigger.Referencing(old="old_rows", new="new_rows")
    return [
        after_statement("count_new_rows", pgtrigger.Insert, new, _ADD.format(moved=_NEW)),
        after_statement(
            "count_moved_rows",
            pgtrigger.Update,
            both,
            _ADD.format(moved=f"{_OLD} UNION ALL {_NEW}"),
        ),
        after_statement("count_old_rows", pgtrigger.Delete, old, _ADD.format(moved=_OLD)),
    ]

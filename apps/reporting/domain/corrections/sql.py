"""Lines of a corrected item: how many there are and what they come to, and those that have to be checked anew.

Invariant: bound to an item that the caller has read within the scope, and to filings that it has locked. What may be
boxes is the rule of `rates.may_be_packs`; a property test holds both together.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from apps.projects.domain.money import amount_sql
from apps.reporting.domain.lines.sql import AMOUNT, BASELINE, PRICED_THEN, REVISION
from apps.scope.database import quick_rows, quick_run

_AFTER = amount_sql("l.planned", "%(price)s::numeric", "%(pack)s::bigint")
REACH = f"""
    SELECT f.status, COUNT(*), COUNT(*), SUM({AMOUNT}),
        CASE WHEN f.status IN ('submitted', 'approved') THEN SUM({AMOUNT}) ELSE SUM({_AFTER}) END
    FROM reporting_demandline l
    JOIN review_filing f ON f.id = l.filing_id AND f.status <> 'excluded'
    LEFT JOIN LATERAL ({REVISION}) AS r ON TRUE
    JOIN projects_catalogitem i ON i.id = l.item_id
    {PRICED_THEN}
    WHERE l.item_id = %(item)s AND l.planned > 0
    GROUP BY f.status ORDER BY f.status
"""  # noqa: S608 - no value in it
TOUCHED = """
    SELECT l.filing_id FROM reporting_demandline l
    JOIN review_filing f ON f.id = l.filing_id AND f.status <> 'excluded'
    WHERE l.item_id = %(item)s AND l.planned > 0
"""
_NEAR = """judged.total > 0 AND judged.pack > 1 AND (
    10::numeric * l.planned * judged.years * judged.pack BETWEEN 7 * judged.total AND 13 * judged.total
    OR 10::numeric * l.planned * judged.years
        BETWEEN 7::numeric * judged.total * judged.pack AND 13::numeric * judged.total * judged.pack
)"""
RECHECK = f"""
    UPDATE reporting_demandline l SET
        pack_mark = CASE WHEN {_NEAR} THEN 'suspect' ELSE '' END,
        checked = NULL, is_saved = FALSE, to_correct = TRUE, version = l.version + 1, updated_at = now()
    FROM (
        SELECT l.filing_id, i.pack_quantity AS pack, GREATEST(cardinality(p.baseline_years), 1) AS years,
            {BASELINE} AS total
        FROM reporting_demandline l
        JOIN review_filing f ON f.id = l.filing_id
        JOIN projects_project p ON p.id = f.project_id
        JOIN projects_catalogitem i ON i.id = l.item_id
        WHERE l.item_id = %(item)s AND l.filing_id = ANY(%(filings)s)
        OFFSET 0
    ) AS judged
    WHERE l.item_id = %(item)s AND l.filing_id = judged.filing_id AND l.planned > 0
"""  # noqa: S608 - no value in it


WITHDRAW = """
    UPDATE reporting_demandline SET planned = 0, reason = '', explanation = '品规已撤下', pack_mark = '',
        checked = NULL, is_saved = TRUE, to_correct = FALSE, version = version + 1, updated_at = now()
    WHERE item_id = %(item)s AND filing_id = ANY(%(filings)s) AND planned > 0
"""
ASK_ADDED = """
    INSERT INTO reporting_demandline (filing_id, item_id, path, reason, explanation, pack_mark, is_saved, to_correct,
        asked_in, version, updated_at)
    SELECT f.id, %(item)s, f.path, '', '', '', FALSE, TRUE, f.version, 1, now()
    FROM review_filing f WHERE f.id = ANY(%(filings)s)
"""
CONFINE = """
    UPDATE review_filing f SET added_since = COALESCE((
        SELECT kept.revision FROM reporting_demandreport kept
        WHERE kept.filing_id = f.id ORDER BY kept.number DESC LIMIT 1
    ), 0) WHERE f.id = ANY(%(filings)s)
"""
STALE = """
    UPDATE reporting_demandprogress SET versions = -1 WHERE filing_id IN (
        SELECT p.filing_id FROM reporting_demandprogress p JOIN review_filing f ON f.id = p.filing_id
        WHERE f.project_id = %(project)s ORDER BY p.filing_id FOR NO KEY UPDATE OF p
    )
"""


class Held(NamedTuple):
    """Filings of one status with their lines of an item; yuan and fen as it is, and as it would be."""

    status: str
    filings: int
    lines: int
    before: Decimal | None
    after: Decimal | None


def reach(item: int, *, price: Decimal | None, pack: int) -> list[Held]:
    """What was reported keeps its amount."""
    return [Held(*row) for row in quick_rows(REACH, {"item": item, "price": price, "pack": pack})]


def make_stale(project: int) -> None:
    """The summary of work in progress adds up anew, at what holds now."""
    quick_run(STALE, {"project": project})


def touched(item: int) -> list[int]:
    return [pk for (pk,) in quick_rows(TOUCHED, {"item": item})]


def recheck(item: int, filings: Sequence[int]) -> int:
    return quick_run(RECHECK, {"item": item, "filings": list(filings)})


def withdraw(item: int, filings: Sequence[int]) -> int:
    """Nothing is planned of it any more."""
    return quick_run(WITHDRAW, {"item": item, "filings": list(filings)})


def ask_added(item: int, filings: Sequence[int]) -> int:
    """An empty line of an added item in each; nothing but what was added since its last report may be filled in."""
    quick_run(CONFINE, {"filings": list(filings)})
    return quick_run(ASK_ADDED, {"item": item, "filings": list(filings)})

"""What an institution still has to do before 上报: every row answered, every due explanation given (rules §1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from apps.projects.models import ExplanationScope
from apps.reporting.domain.requirements import unmet
from apps.reporting.domain.sheet.comparison import BASELINE, EXPLAINED, is_due
from apps.reporting.domain.sql import rows, rows_for
from apps.review.domain.kinds import Problem
from apps.review.models import Filing

ENTRY_PAGE = "reporting:demand_edit"

OPEN_WORK = f"""
    SELECT f.id, p.explanation_scope,
        (SELECT COUNT(*) FROM projects_catalogitem i WHERE i.project_id = p.id) - sums.answered AS blank,
        sums.unexplained, sums.planned, sums.bought
    FROM review_filing f
    JOIN projects_project p ON p.id = f.project_id
    CROSS JOIN LATERAL (
        SELECT COUNT(c.planned) AS answered,
            COUNT(*) FILTER (
                WHERE p.explanation_scope = 'line' AND p.kind = 'demand' AND NOT c.explained
                    AND {is_due("c.planned", "c.total")}
            ) AS unexplained,
            COALESCE(SUM(c.planned), 0)::bigint AS planned, COALESCE(SUM(c.total), 0)::bigint AS bought
        FROM (
            SELECT l.planned, {EXPLAINED} AS explained, {BASELINE} AS total
            FROM reporting_demandline l WHERE l.filing_id = f.id
            OFFSET 0
        ) AS c
    ) AS sums
    WHERE f.id = ANY(%(filings)s)
"""  # noqa: S608 - no value in it
OPEN_REASONS = f"""
    SELECT sums.filing_id
    FROM unnest(%(filings)s::bigint[], %(planned)s::bigint[], %(bought)s::bigint[])
        AS sums (filing_id, planned, bought)
    JOIN review_filing f ON f.id = sums.filing_id
    JOIN projects_project p ON p.id = f.project_id AND p.explanation_scope = 'total' AND p.kind = 'demand'
    WHERE {is_due("sums.planned", "sums.bought")}
        AND NOT EXISTS (SELECT 1 FROM reporting_reportreason r WHERE r.filing_id = f.id)
"""  # noqa: S608 - no value in it


@dataclass(frozen=True, slots=True)
class OpenWork:
    """What one filing lacks: rows without a quantity, rows and a total without their explanation."""

    blank: int
    unexplained: int
    reason_missing: bool

    def problems(self) -> list[Problem]:
        texts = [
            (self.blank, f"还有 {self.blank:,} 个品规没有填写"),
            (self.unexplained, f"还有 {self.unexplained:,} 个品规没有填写增幅降幅说明"),
            (self.reason_missing, "合计与历史采购量相差超过阈值，还没有填写上报理由"),
        ]
        return [Problem(text, ENTRY_PAGE) for count, text in texts if count]


def open_work(filings: Sequence[Filing]) -> dict[int, OpenWork]:
    """By filing id, of institutions' filings; one statement, two where the total is what counts."""
    found = rows_for(filings, OPEN_WORK)
    totals = [row for row in found if row[1] == ExplanationScope.TOTAL]
    wanting = _without_reason(totals) if totals else set()
    return {pk: OpenWork(blank, lacking, pk in wanting) for pk, _scope, blank, lacking, *_ in found}


def _without_reason(totals: Sequence[tuple[Any, ...]]) -> set[int]:
    sums = {
        "filings": [row[0] for row in totals],
        "planned": [row[4] for row in totals],
        "bought": [row[5] for row in totals],
    }
    return {pk for (pk,) in rows(OPEN_REASONS, sums)}


def incomplete(filings: Sequence[Filing]) -> dict[int, list[Problem]]:
    """By filing id, everything that hinders 上报; complete filings are absent."""
    found = {pk: work.problems() for pk, work in open_work(filings).items()}
    for pk, problems in unmet(filings).items():
        found[pk] = [*found.get(pk, []), *problems]
    return {pk: problems for pk, problems in found.items() if problems}

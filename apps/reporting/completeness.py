"""What an institution still has to do before 上报: every row answered, every due explanation given (rules §1)."""

from collections.abc import Sequence
from dataclasses import dataclass

from apps.review.kinds import Problem
from apps.review.models import Filing

from .comparison import BASELINES, EXPLAINED, is_due
from .requirements import unmet
from .statements import rows

ENTRY_PAGE = "reporting:demand_edit"

OPEN_WORK = f"""
    WITH {BASELINES}
    SELECT f.id,
        COUNT(*) FILTER (WHERE l.planned IS NULL) AS blank,
        COUNT(*) FILTER (
            WHERE p.explanation_scope = 'line' AND p.kind = 'demand' AND l.planned IS NOT NULL
                AND {is_due("l.planned", "COALESCE(b.total, 0)")} AND NOT {EXPLAINED}
        ) AS unexplained,
        SUM(l.planned)::bigint AS planned,
        COALESCE(SUM(b.total), 0)::bigint AS bought
    FROM review_filing f
    JOIN projects_project p ON p.id = f.project_id
    JOIN projects_catalogitem i ON i.project_id = f.project_id
    LEFT JOIN reporting_demandline l ON l.filing_id = f.id AND l.item_id = i.id
    LEFT JOIN baselines b ON b.filing_id = f.id AND b.item_id = i.id
    WHERE f.id = ANY(%(filings)s)
    GROUP BY f.id
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
    """By filing id, of institutions' filings; two statements."""
    found = rows(OPEN_WORK, {"filings": [filing.pk for filing in filings]})
    sums = {
        "filings": [row[0] for row in found],
        "planned": [row[3] or 0 for row in found],
        "bought": [row[4] for row in found],
    }
    wanting = {pk for (pk,) in rows(OPEN_REASONS, sums)}
    return {pk: OpenWork(blank, lacking, pk in wanting) for pk, blank, lacking, *_ in found}


def incomplete(filings: Sequence[Filing]) -> dict[int, list[Problem]]:
    """By filing id, everything that hinders 上报; complete filings are absent."""
    found = {pk: work.problems() for pk, work in open_work(filings).items()}
    for pk, problems in unmet(filings).items():
        found[pk] = [*found.get(pk, []), *problems]
    return {pk: problems for pk, problems in found.items() if problems}

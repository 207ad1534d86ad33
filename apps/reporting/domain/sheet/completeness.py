"""What an institution still has to do before 上报: rows answered, due explanations given (rules §1), its letter."""

from collections.abc import Sequence
from dataclasses import dataclass

from apps.projects.models import ExplanationScope
from apps.reporting.domain.letters.state import missing_letters
from apps.reporting.domain.lines import sql
from apps.review.domain.kinds import Problem
from apps.review.models import Filing

ENTRY_PAGE = "reporting:demand_edit"


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


def open_work(filings: Sequence[Filing], asked: sql.OpenAsk | None = None) -> dict[int, OpenWork]:
    """By filing id, of institutions' filings; one statement, two where the total is what counts.

    `asked` is the first of them, where it was sent with others.
    """
    rows = sql.open_work([filing.pk for filing in filings]) if asked is None else asked.answer
    totals = [row for row in rows if row.explanation_scope == ExplanationScope.TOTAL]
    wanting = sql.without_reason(totals) if totals else set()
    return {row.filing: OpenWork(row.blank, row.unexplained, row.filing in wanting) for row in rows}


def incomplete(
    filings: Sequence[Filing], asked: sql.OpenAsk | None = None
) -> dict[int, list[Problem]]:
    """By filing id, everything that hinders 上报; complete filings are absent."""
    problems_of = {pk: work.problems() for pk, work in open_work(filings, asked).items()}
    for pk, problems in missing_letters(filings).items():
        problems_of[pk] = [*problems_of.get(pk, []), *problems]
    return {pk: problems for pk, problems in problems_of.items() if problems}

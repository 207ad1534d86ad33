"""An institution before its own demand filing: how far its sheet is. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from apps.projects.models import ProjectKind, Withdrawal
from apps.reporting.domain.sheet.filling import KINDS
from apps.reporting.domain.sheet.rows import Row
from apps.reporting.models import PackMark
from apps.review.pages.filing_page import FilingPage

AFTER_REPORT = {
    Withdrawal.DIRECT: "上级审核之前可以在“审查结果查看”中撤回。",
    Withdrawal.ON_REQUEST: "需要修改时可以申请撤回，由上级同意。",
    Withdrawal.NONE: "上报后不能撤回；需要修改时请联系上级退回。",
}


@dataclass(frozen=True, slots=True)
class Work:
    """How far the sheet is: rows, answered ones, ones above zero, and what still needs an answer."""

    total: int = 0
    answered: int = 0
    wanted: int = 0
    needs_words: int = 0
    suspects: int = 0
    amount: Decimal | None = None

    @classmethod
    def of(cls, rows: Sequence[Row]) -> "Work":
        amounts = [
            row.amount or Decimal(0)
            for row in rows
            if (row.priced or row.item).reference_price is not None
        ]
        return cls(
            total=len(rows),
            answered=sum(row.planned is not None for row in rows),
            wanted=sum(bool(row.planned) for row in rows),
            needs_words=sum(row.needs_words for row in rows),
            suspects=sum(row.pack_mark == PackMark.SUSPECT for row in rows),
            amount=sum(amounts, Decimal(0)) if amounts else None,
        )

    @property
    def blank(self) -> int:
        return self.total - self.answered

    @property
    def percent(self) -> str:
        return f"{self.answered * 100 // self.total}%" if self.total else ""


@dataclass(frozen=True)
class DemandPage(FilingPage):
    """The filing with everything that its pages show around the work."""

    kinds: ClassVar = KINDS
    lapsed: ClassVar = "本机构没有按时上报，本次数量按 0 计；需要补报时请联系省医保。"
    before_opening: ClassVar = "现在可以查看目录和下载模板"

    @property
    def is_history(self) -> bool:
        return self.project.kind == ProjectKind.HISTORY

    @property
    def after_report(self) -> str:
        return AFTER_REPORT[Withdrawal(self.project.institution_withdrawal)]

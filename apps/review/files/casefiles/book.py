"""The case of one filing as people read it: a workbook with its events, and each report on a sheet of its own."""

from collections.abc import Iterable
from typing import IO

from apps.exchange.files.columns import Column, Kind, SheetSpec, WorkbookSpec
from apps.exchange.files.frames import Manifest, manifest_rows
from apps.exchange.files.rendering import Record
from apps.exchange.files.spreadsheet import Spreadsheet
from apps.exchange.files.writer import XlsxSheets
from apps.review.domain.casefiles.reading import Case
from apps.review.domain.kinds import Version, kind_of
from apps.review.domain.labels import status_text
from apps.review.models.event import kinds_of_event
from apps.review.models.statuses import Status
from apps.ui.formats import moment

EVENTS = SheetSpec(
    "审核记录",
    (
        Column("sequence", "序号", Kind.WHOLE, width=6),
        Column("at", "时间", Kind.MOMENT, width=20),
        Column("action", "操作", Kind.CHOICE, choices=kinds_of_event(), width=12),
        Column("source", "原状态", Kind.CHOICE, choices=Status.choices, width=10),
        Column("target", "新状态", Kind.CHOICE, choices=Status.choices, width=10),
        Column("organization_name", "单位", width=24),
        Column("on_behalf_of", "代为", width=24),
        Column("actor_name", "操作人"),
        Column("reason", "原因", width=40, max_length=500),
        Column("deadline", "更正截止", Kind.MOMENT, width=20),
        Column("hash", "哈希", width=66),
    ),
)
CLAIMS = {
    "lines": "明细",
    "wanted": "有量品规",
    "explained": "有说明品规",
    "amount": "估算金额（元）",
    "reason": "上报理由",
    "unplaced": "未能分配",
}


def write_book(file: IO[bytes], case: Case) -> None:
    """Written as a stream: a bureau's case has thousands."""
    unit, project = case.filing.organization, case.filing.project
    columns = tuple(kind_of(case.filing).report_columns())
    sheets = [EVENTS, *(_sheet(version, columns) for version in case.kept.versions)]
    rows: list[Iterable[Record]] = [case.events, *(v.lines for v in case.kept.versions)]
    about = Manifest(
        f"{unit.name}（{unit.code}）",
        f"{project.code} {project.name}",
        conditions=(("状态", status_text(case.filing)),),
    )
    spec = WorkbookSpec("review.casefile", tuple(sheets), filename=f"案卷 {unit.name}")
    with Spreadsheet(file) as book:
        writer = XlsxSheets(book, spec, about, lambda _done: None)
        counts = [
            (sheet.title, writer.write(sheet, lines))
            for sheet, lines in zip(sheets, rows, strict=True)
        ]
        writer.write_manifest(manifest_rows(about, counts))


def _sheet(version: Version, columns: tuple[Column, ...]) -> SheetSpec:
    told = "；".join(
        f"{CLAIMS[name]} {said}" for name, said in version.claims.items() if said not in (None, "")
    )
    note = f"第 {version.number} 版，{moment(version.at)} 上报：{told}"
    return SheetSpec(f"第 {version.number} 版", columns, notes=(note,))

"""What a province filled in, against what stands: new, changed, unchanged, wrong. Writes nothing.

Invariant: the same reading as of the institution's own workbook: empty cells change nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from apps.exchange.domain.cross_checks import is_sound, measured, spelled
from apps.exchange.domain.dry_run import DryRun
from apps.exchange.files.readings import Problem, Reading
from apps.exchange.files.readings import Row as FileRow
from apps.folding.domain.folding import folded
from apps.projects.domain.own_codes.finding import codes_of
from apps.projects.files.own_codes import in_our_codes
from apps.projects.models import CatalogItem, Project
from apps.reporting.domain.maintenance.sheets import sheets_of
from apps.reporting.domain.sheet.rows import Row, is_pack_suspect
from apps.reporting.domain.sheet.saving import Entry
from apps.reporting.domain.words import read_words
from apps.reporting.files.workbooks import tell_changes
from apps.review.domain.holding import locked_among
from apps.review.domain.labels import status_text
from apps.review.domain.locks import Branch, read_branch
from apps.review.models import Filing


@dataclass(frozen=True, slots=True)
class Maintained:
    """One row to be written into one filing."""

    filing_id: int
    entry: Entry


def check_maintenance(project: Project, reading: Reading) -> DryRun:
    """Eight statements whatever the size."""
    branch = read_branch(maintained_filings(project))
    by_code = {filing.organization.code: filing for filing in branch.filings}
    rows = spelled(reading, code=by_code)
    named = {row["code"] for row in rows}
    sheets = sheets_of(project, [f for code, f in by_code.items() if code in named])
    items = {item.item_code: pk for pk, item in sheets.items.items()}
    outcome, suspects = DryRun(), 0
    touched: dict[int, FileRow] = {}
    for row, odd in in_our_codes(rows, codes_of(project), "code"):
        filing, item = by_code.get(row["code"]), items.get(row["item_code"])
        row, wrong = _measured(row, sheets.items.get(item or 0))  # noqa: PLW2901
        is_right = is_sound(outcome, row, [*_problems(row, filing, item), *odd, *wrong])
        if not is_right or filing is None or item is None:
            continue
        known = sheets.row(filing, item)
        entry = _entry(known, row)
        if _place(outcome, known, Maintained(filing.pk, entry)):
            tell_changes(outcome, row, known, entry)
            touched.setdefault(filing.pk, row)
            suspects += is_pack_suspect(known, entry.planned)
    outcome.problems += _locked(branch, touched)
    if suspects:
        outcome.notes.append(f"{suspects:,} 行疑似把盒当成片，导入后会标出，请核对。")
    return outcome


def _measured(row: FileRow, item: CatalogItem | None) -> tuple[FileRow, list[Problem]]:
    return measured(row, pack=item.pack_quantity, unit=item.unit) if item else (row, [])


def maintained_filings(project: Project) -> list[Filing]:
    """The institutions for which the province fills in, within the scope."""
    rows = Filing.objects.of_project(project).institutions().filter(maintained=True)
    return list(rows.select_related("organization").order_by("path"))


def _entry(known: Row, row: FileRow) -> Entry:
    planned = known.planned if row["planned"] is None else row["planned"]
    words = row.values.get("words") or known.words
    return Entry(known.item.pk, planned, *read_words(words))


def _place(outcome: DryRun, known: Row, maintained: Maintained) -> bool:
    """Sort the row; whether it changes something."""
    now = (known.planned, known.reason, known.explanation)
    if maintained.entry.content == now:
        outcome.unchanged.append(maintained)
        return False
    (outcome.new if known.planned is None else outcome.changed).append(maintained)
    return True


def _problems(row: FileRow, filing: Filing | None, item: int | None) -> Iterator[Problem]:
    if filing is None:
        yield row.problem("code", f"机构“{row['code']}”不是由省医保代为填报的参加机构")
    elif row["name"] and folded(row["name"]) != folded(filing.organization.name):
        yield row.problem("name", f"该编码登记的机构是“{filing.organization.name}”")
    if item is None:
        yield row.problem("item_code", f"品规编号“{row['item_code']}”不在本项目的目录里")


def _locked(branch: Branch, touched: Mapping[int, FileRow]) -> Iterator[Problem]:
    """One for each institution that can't be changed any more, at its first row that would."""
    for filing in locked_among(branch.filings, branch):
        if filing.pk not in touched:
            continue
        yield touched[filing.pk].problem(
            "code",
            f"“{filing.organization.name}”当前为“{status_text(filing)}”，不能修改；"
            "请先退回，或从文件中删去它的行",
        )

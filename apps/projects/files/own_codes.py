"""The workbook of 编码对照: every item of the project's catalogue with the institution's codes for it.

Invariants: a row without a code changes nothing; the same file again finds everything unchanged.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from apps.accounts.models.roles import Permission
from apps.exchange.domain.cross_checks import is_sound
from apps.exchange.domain.dry_run import DryRun
from apps.exchange.domain.exports import ExportSpec
from apps.exchange.domain.imports import ImportSpec
from apps.exchange.domain.registry import register_export, register_import
from apps.exchange.files.columns import Column, Kind, SheetSpec, WorkbookSpec
from apps.exchange.files.readings import Problem, Reading, Row
from apps.folding.domain.folding import folded
from apps.organizations.models import Organization
from apps.projects.domain.own_codes.acts import CodeChange, CodeRefused, import_codes, item_of
from apps.projects.domain.own_codes.finding import Codes, Items, codes_of
from apps.projects.domain.refusals import ProjectRefused
from apps.projects.files.workbooks import about, project_of
from apps.projects.models import CatalogItem
from apps.projects.models.own_codes import LONGEST_CODE

Context = Mapping[str, Any]
SHEET = "编码对照"
WORDS = ("item_code", "variety", "specification", "manufacturer_name")
BOOK = WorkbookSpec(
    name="projects.own_codes",
    filename="编码对照",
    sheets=(
        SheetSpec(
            SHEET,
            (
                Column(
                    "code", "本院编码", Kind.CODE, max_length=LONGEST_CODE, width=20,
                    help="本院系统里的编码；空着的行不变。",
                ),
                Column(
                    "item_code", "品规编号", Kind.CODE, required=True, max_length=LONGEST_CODE, width=18,
                    aliases=("药品统一编码", "耗材编码", "统一编码"),
                    help="本项目的品规编号，或药品（耗材）统一编码。",
                ),
                Column("variety", "品种名称", width=20, optional=True),
                Column("specification", "规格", width=18, optional=True),
                Column("manufacturer_name", "生产企业", width=26, optional=True),
            ),
            key=("code", "item_code"),
        ),
    ),
)  # fmt: skip


def in_our_codes(
    rows: Iterable[Row], codes: Codes, *beside: str
) -> Iterator[tuple[Row, list[Problem]]]:
    """Rows of any workbook with our own code of the item that each names, and what is wrong with how it does.

    `beside` are the columns that tell rows of one item apart. A code that names nothing stays as it is written.
    """
    first: dict[tuple[str, ...], Row] = {}
    for row in rows:
        written = row["item_code"]
        ours = codes.item_code(written)
        place = (ours, *(row[key] for key in beside))
        before = first.setdefault(place, row)
        problems = []
        if len(codes.find(written)) > 1:
            said = f"编码“{written}”对应本项目的多个品规，请改用品规编号，或在“编码对照”里改正"
            problems.append(row.problem("item_code", said))
        elif folded(before["item_code"]) != folded(
            written
        ):  # the reader tells of the same code twice
            said = f"与第 {before.number} 行是同一个品规（{ours}）"
            problems.append(row.problem("item_code", said))
        meant = row if ours == written else replace(row, values={**row.values, "item_code": ours})
        yield meant, problems


def _records(context: Context, *, only_own: bool) -> Iterator[dict[str, Any]]:
    """An item with each of its codes; without one a row to be filled in."""
    project = project_of(context)
    by_item: dict[int, list[str]] = {}
    for code, items in _codes(context).kept.items():
        for pk in items:
            by_item.setdefault(pk, []).append(code)
    rows = CatalogItem.objects.filter(project=project, is_withdrawn=False)
    for item in rows.order_by("position", "item_code").iterator():
        for code in by_item.get(item.pk, () if only_own else ("",)):
            yield {"code": code, **{name: getattr(item, name) for name in WORDS}}


def _codes(context: Context) -> Codes:
    """Of the catalogue and of the institution. Raises `Organization.DoesNotExist` outside the scope."""
    return codes_of(project_of(context), Organization.objects.get(pk=context["unit_id"]))


def check_codes(reading: Reading, context: Context) -> DryRun:
    """Three statements and those of the template's stamp."""
    catalogue, kept = codes_of(project_of(context)), _codes(context).kept
    outcome, blank = DryRun(), 0
    named: dict[str, int] = {}
    for row in reading:
        if not row["code"]:
            blank += not row.broken
            continue
        problems, item = _meant(row, catalogue, named)
        if not is_sound(outcome, row, problems):
            continue
        named[row["code"]] = item
        _place(outcome, row, CodeChange(row["code"], item), catalogue, kept.get(row["code"]))
    if blank:
        outcome.notes.append(f"{blank:,} 行没有填写本院编码，保持不变。")
    return outcome


def _meant(row: Row, catalogue: Codes, named: Mapping[str, int]) -> tuple[list[Problem], int]:
    """What is wrong with a row, and the item of one with which nothing is."""
    if not row["item_code"]:
        return [], 0  # the column table has said so
    try:
        item = item_of(catalogue, row["code"], row["item_code"])
    except CodeRefused as refusal:
        key = "item_code" if refusal.field == "item" else "code"
        return [row.problem(key, str(refusal).rstrip("。"))], 0
    if named.get(row["code"], item) != item:
        said = f"本院编码“{row['code']}”在文件里对应了不止一个品规"
        return [row.problem("code", said)], 0
    return [], item


def _place(
    outcome: DryRun, row: Row, change: CodeChange, catalogue: Codes, standing: Items | None
) -> None:
    if standing is None:
        outcome.new.append(change)
    elif standing == frozenset({change.item}):
        outcome.unchanged.append(change)
    else:
        outcome.changed.append(change)
        before = "、".join(sorted(catalogue.own[pk] for pk in standing)) or "不在本项目"
        outcome.change(row, "item_code", before, catalogue.own[change.item])


def _apply(outcome: DryRun, *, by: Any, context: Context) -> None:
    import_codes(changes=[*outcome.new, *outcome.changed], by=by)


OWN_CODE_IMPORT = register_import(
    ImportSpec(
        name=BOOK.name,
        title="导入编码对照",
        workbook=BOOK,
        validate=check_codes,
        apply=_apply,
        prefill=lambda context: {SHEET: _records(context, only_own=False)},
        permissions=(Permission.MAINTAIN,),
        refusals=(ProjectRefused,),
        help="模板里是本项目的全部品规，在“本院编码”里填上本院系统的编码后上传；"
        "一个品规有几个本院编码的，复制成几行。文件里没有的对照保持不变。",
    )
)
OWN_CODE_EXPORT = register_export(
    ExportSpec(
        name=BOOK.name,
        title="导出编码对照",
        workbook=BOOK,
        rows=lambda context: {SHEET: _records(context, only_own=True)},
        count=lambda context: len(_codes(context).kept),
        about=about,
        permissions=(Permission.EXPORT,),
    )
)

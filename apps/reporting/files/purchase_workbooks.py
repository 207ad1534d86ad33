"""The import of purchase history, and the export of its list in the same layout."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from django.db.models import QuerySet

from apps.accounts.models.roles import Permission
from apps.exchange.domain.dry_run import DryRun
from apps.exchange.domain.exports import AT_ONCE, ExportSpec
from apps.exchange.domain.imports import ImportSpec
from apps.exchange.domain.registry import register_export, register_import
from apps.exchange.files.readings import Reading
from apps.projects.files.workbooks import about, lock_project, project_of, stamp
from apps.reporting.domain.purchases.acts import import_purchases
from apps.reporting.domain.purchases.lists import filtered_purchases
from apps.reporting.files.purchase_check import check_purchases
from apps.reporting.files.purchase_columns import PURCHASES, export_book, import_book, year_key
from apps.reporting.models import PurchaseHistory
from apps.review.domain.refusals import ReviewRefused

Context = Mapping[str, Any]
Record = dict[str, Any]
EXPORTED = (
    "organization__code", "organization__name", "item__item_code", "item__variety",
    "item__specification", "item__unit", "year", "quantity",
)  # fmt: skip


def _check(reading: Reading, context: Context) -> DryRun:
    return check_purchases(project_of(context), reading)


def _apply(outcome: DryRun, *, by: Any, context: Context) -> None:
    purchases = [*outcome.new, *outcome.changed]
    import_purchases(project=project_of(context), purchases=purchases, by=by)


def _purchases(context: Context) -> QuerySet[PurchaseHistory]:
    project = project_of(context)
    rows = filtered_purchases(project, context.get("query", ""), context.get("place", ""))
    return rows.order_by("path", "item__position", "item_id", "year")


def _records(context: Context) -> Iterator[Record]:
    """A row for each institution and item, its years side by side."""
    rows = _purchases(context).values_list(*EXPORTED).iterator(chunk_size=5_000)
    for (code, name, item, variety, specification, unit), group in groupby(
        rows, key=lambda row: row[:6]
    ):
        years = {year_key(year): quantity for *_, year, quantity in group}
        yield {
            "code": code,
            "name": name,
            "item_code": item,
            "variety": variety,
            "specification": specification,
            "unit": unit,
            **years,
        }


PURCHASE_IMPORT = register_import(
    ImportSpec(
        name="reporting.purchases",
        title="导入历史采购量",
        workbook=lambda context: import_book(project_of(context).baseline_years),
        validate=_check,
        apply=_apply,
        stamp=stamp,
        lock=lock_project,
        permissions=(Permission.IMPORT,),
        refusals=(ReviewRefused,),
        help="一行是一家机构的一个品规，每个基准年份一列，数量是最小制剂单位的整数。"
        "空着的年份和文件里没有的行保持不变；已经上报的机构不能再改。",
    )
)
PURCHASE_EXPORT = register_export(
    ExportSpec(
        name="reporting.purchases",
        title="导出历史采购量",
        workbook=lambda context: export_book(project_of(context).baseline_years),
        rows=lambda context: {PURCHASES: _records(context)},
        count=lambda context: _purchases(context).order_by()[: AT_ONCE + 1].count(),
        about=about,
        permissions=(Permission.EXPORT,),
    )
)

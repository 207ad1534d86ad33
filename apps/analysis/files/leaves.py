"""The institutions of a pivot as a workbook: exactly the rows, order and figures of the page, all pages of it."""

from collections.abc import Iterator
from typing import Any

from apps.accounts.models.roles import Permission
from apps.analysis.domain.leaves import figures_of, goods_of, leaves
from apps.analysis.domain.view import Measure
from apps.analysis.files.workbooks import KINDS, Context, about_view, notes_of, prepare
from apps.exchange.domain.exports import AT_ONCE, ExportSpec
from apps.exchange.domain.registry import register_export
from apps.exchange.files.columns import Column, Kind, SheetSpec, WorkbookSpec
from apps.review.domain.labels import status_text

LEAF_COLUMNS = (
    Column("unit", "医疗机构", width=32),
    Column("code", "机构编码", Kind.CODE, width=18),
    Column("place", "所在地", width=24),
    Column("grade", "等级", width=12),
    Column("status", "状态", width=18),
    *(
        Column(
            measure.value,
            f"{measure.label}（%）" if measure == Measure.CHANGE else str(measure.label),
            KINDS.get(measure, Kind.WHOLE),
            decimals=1 if measure == Measure.CHANGE else 2,
        )
        for measure in Measure
        if measure != Measure.INSTITUTIONS
    ),
)
LEAVES = "医疗机构"
ORDERS = {
    "unit": ("organization__sort_key",),
    "place": ("path",),
    "grade": ("organization__grade",),
    "status": ("status", "path"),
    "quantity": ("quantity",),
    "previous": ("bought",),
    "amount": ("amount",),
}


def leaf_book(context: Context) -> WorkbookSpec:
    asked = context["asked"]
    sheet = SheetSpec(LEAVES, LEAF_COLUMNS, notes=notes_of(context))
    return WorkbookSpec("analysis.leaves", (sheet,), filename=f"{LEAVES}-{asked.project.code}")


def _rows(context: Context) -> dict[str, Iterator[dict[str, Any]]]:
    asked = context["asked"]
    goods = goods_of(asked.project, asked.view)
    rows = leaves(asked.own, asked.view, goods).select_related("organization__parent")
    word = asked.view.sort.removeprefix("-")
    sign = "-" if asked.view.sort.startswith("-") else ""
    order = [f"{sign}{name}" for name in ORDERS.get(word, ("path",))]

    def records() -> Iterator[dict[str, Any]]:
        for filing in rows.order_by(*order, "pk").iterator(chunk_size=500):
            unit = filing.organization
            part = figures_of(filing, goods, asked.figures.years)
            yield {
                "unit": unit.name,
                "code": unit.code,
                "place": unit.parent.name if unit.parent else "",
                "grade": unit.grade,
                "status": status_text(filing),
                **{m.value: asked.figures.value(part, m) for m in Measure},
            }

    return {LEAVES: records()}


def _count(context: Context) -> int:
    asked = context["asked"]
    goods = goods_of(asked.project, asked.view)
    return int(leaves(asked.own, asked.view, goods)[: AT_ONCE + 1].count())


LEAF_EXPORT = register_export(
    ExportSpec(
        name="analysis.leaves",
        title="导出多维度查看的医疗机构",
        workbook=leaf_book,
        rows=_rows,
        count=_count,
        about=about_view,
        prepare=prepare,
        permissions=(Permission.EXPORT,),
    )
)

"""A pivot and its institutions as workbooks: exactly the lines, order and figures of the page, all pages of it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.http import QueryDict

from apps.accounts.models.roles import Permission
from apps.analysis.domain.asking import AskedView
from apps.analysis.domain.grid import Line
from apps.analysis.domain.leaves import figures_of, goods_of, leaves
from apps.analysis.domain.view import Measure, View
from apps.exchange.domain.exports import AT_ONCE, About, ExportSpec
from apps.exchange.domain.registry import register_export
from apps.exchange.files.columns import Column, Kind, SheetSpec, WorkbookSpec
from apps.exchange.files.normalizing import is_like_formula
from apps.reporting.domain.rollup import Dimension, TooWide
from apps.review.domain.labels import status_text
from apps.review.models import Filing
from apps.ui.formats import moment

Context = Mapping[str, Any]
PIVOT, LEAVES = "多维度查看", "医疗机构"
MOST_COLUMNS = 16_000
KINDS = {Measure.AMOUNT: Kind.DECIMAL, Measure.CHANGE: Kind.DECIMAL}
LEFT_OUT = "数量为空的格：计量单位不同，不相加。"


def prepare(context: Context) -> Context:
    """The question, asked once for a whole workbook. Raises `Filing.DoesNotExist` outside the scope."""
    filings = Filing.objects.select_related("project", "organization")
    own: Filing = filings.get(pk=context["own_id"])
    view = View.read(QueryDict(context["query"]), first=View.first(own))
    asked = AskedView(own.project, own, view)
    names = asked.names(view.filters)
    conditions = tuple(
        (str(dimension.label), "、".join(names[dimension][key] for key in keys))
        for dimension, keys in view.filters.items()
    )
    return {"asked": asked, "conditions": conditions}


def _notes(context: Context, *, as_of: str = "") -> tuple[str, ...]:
    asked = context["asked"]
    said = "；".join(f"{name}：{value}" for name, value in context["conditions"]) or "无"
    head = f"{asked.project.code} {asked.project.name} · {asked.own.organization.name}"
    return (f"项目：{head}{f' · 数据截至 {as_of}' if as_of else ''}", f"筛选：{said}")


def _about(context: Context) -> About:
    asked = context["asked"]
    project = asked.project
    return About(f"{project.code} {project.name}", project.code, context["conditions"])


def pivot_book(context: Context) -> WorkbookSpec:
    asked = context["asked"]
    view, grid = asked.view, asked.grid
    across = f"；列：{view.columns.label}" if view.columns else ""
    notes = [
        *_notes(context, as_of=moment(asked.answer.as_of)),
        f"行：{view.rows.label}{across}",
        *([LEFT_OUT] if grid.has_gaps(view.measures) else []),
    ]
    columns = [Column("label", str(view.rows.label), width=24)]
    if view.rows == Dimension.ITEM:
        columns.append(Column("code", "品规编号", Kind.CODE))
    taken = {column.title for column in columns}
    for at, header in enumerate(grid.columns):
        for measure in view.measures:
            title = _title(header.label if view.columns else "", measure)
            title = title if title not in taken else f"{title}（{header.key or at + 1}）"
            taken.add(title)
            kind = KINDS.get(measure, Kind.WHOLE)
            decimals = 1 if measure == Measure.CHANGE else 2
            columns.append(Column(f"{at}.{measure.value}", title, kind, decimals=decimals))
    sheet = SheetSpec(PIVOT, tuple(columns), notes=tuple(notes))
    return WorkbookSpec("analysis.pivot", (sheet,), filename=f"{PIVOT}-{asked.project.code}")


def _title(column: str, measure: Measure) -> str:
    """A title is never a formula, whatever a variety is called."""
    label = f"{measure.label}（%）" if measure == Measure.CHANGE else str(measure.label)
    title = f"{column} · {label}" if column else label
    return f"'{title}" if is_like_formula(title) else title


def pivot_rows(context: Context) -> dict[str, Iterable[dict[str, Any]]]:
    asked = context["asked"]
    lines = [*asked.grid.lines(), asked.grid.total]
    return {PIVOT: (_record(asked, line) for line in lines)}


def _record(asked: AskedView, line: Line) -> dict[str, Any]:
    label = line.header.label
    record: dict[str, Any] = {
        "label": f"{label} 小计" if line.kind == "subtotal" else label,
        "code": line.header.key if line.kind == "row" else "",
    }
    for at, cell in enumerate(line.cells):
        for measure in asked.view.measures:
            record[f"{at}.{measure.value}"] = asked.figures.value(cell, measure)
    return record


def _count(context: Context) -> int:
    """Figures rather than rows: a wide table is long as well."""
    asked = context["asked"]
    return len(asked.grid.rows) * max(len(asked.grid.columns) // 10, 1)


PIVOT_EXPORT = register_export(
    ExportSpec(
        name="analysis.pivot",
        title="导出多维度查看",
        workbook=pivot_book,
        rows=pivot_rows,
        count=_count,
        about=_about,
        prepare=prepare,
        permissions=(Permission.EXPORT,),
        refusals=(TooWide,),
    )
)

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
    sheet = SheetSpec(LEAVES, LEAF_COLUMNS, notes=_notes(context))
    return WorkbookSpec("analysis.leaves", (sheet,), filename=f"{LEAVES}-{asked.project.code}")


def _leaf_rows(context: Context) -> dict[str, Iterator[dict[str, Any]]]:
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


def _leaf_count(context: Context) -> int:
    asked = context["asked"]
    goods = goods_of(asked.project, asked.view)
    return int(leaves(asked.own, asked.view, goods)[: AT_ONCE + 1].count())


LEAF_EXPORT = register_export(
    ExportSpec(
        name="analysis.leaves",
        title="导出多维度查看的医疗机构",
        workbook=leaf_book,
        rows=_leaf_rows,
        count=_leaf_count,
        about=_about,
        prepare=prepare,
        permissions=(Permission.EXPORT,),
    )
)

"""A pivot as a workbook: exactly the lines, order and figures of the page, all pages of it."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import QueryDict

from apps.accounts.models.roles import Permission
from apps.analysis.domain.asking import AskedView
from apps.analysis.domain.grid import Line
from apps.analysis.domain.view import Measure, View
from apps.exchange.domain.exports import About, ExportSpec
from apps.exchange.domain.registry import register_export
from apps.exchange.files.columns import Column, Kind, SheetSpec, WorkbookSpec
from apps.exchange.files.normalizing import is_like_formula
from apps.reporting.domain.rollup import Dimension, TooWide
from apps.review.models import Filing
from apps.ui.formats import moment

Context = Mapping[str, Any]
PIVOT = "多维度查看"
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


def notes_of(context: Context, *, as_of: str = "") -> tuple[str, ...]:
    asked = context["asked"]
    said = "；".join(f"{name}：{value}" for name, value in context["conditions"]) or "无"
    head = f"{asked.project.code} {asked.project.name} · {asked.own.organization.name}"
    return (f"项目：{head}{f' · 数据截至 {as_of}' if as_of else ''}", f"筛选：{said}")


def about_view(context: Context) -> About:
    asked = context["asked"]
    project = asked.project
    return About(f"{project.code} {project.name}", project.code, context["conditions"])


def pivot_book(context: Context) -> WorkbookSpec:
    asked = context["asked"]
    view, grid = asked.view, asked.grid
    across = f"；列：{view.columns.label}" if view.columns else ""
    notes = [
        *notes_of(context, as_of=moment(asked.answer.as_of)),
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
        about=about_view,
        prepare=prepare,
        permissions=(Permission.EXPORT,),
        refusals=(TooWide,),
    )
)

"""变更记录 as a workbook: a row for each field that changed."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from django.db.models import QuerySet

from apps.accounts.models.roles import Permission
from apps.audit.models import Change
from apps.exchange.domain.exports import AT_ONCE, About, ExportSpec
from apps.exchange.domain.registry import register_export
from apps.exchange.files.columns import Column, Kind, SheetSpec, WorkbookSpec
from apps.portal.domain.change_filter import ChangeFilter
from apps.portal.domain.changes import Line, ToldChange, changes_of, told
from apps.ui.lists import matching

CHUNK = 500
SHEET = SheetSpec(
    "变更记录",
    (
        Column("at", "时间", Kind.MOMENT, width=20),
        Column("actor_name", "操作人", width=16),
        Column("organization_name", "单位", width=32),
        Column("kind", "对象类别", width=16),
        Column("name", "对象", width=40, max_length=500),
        Column("project", "项目", width=32),
        Column("operation", "变更", width=8),
        Column("field", "字段", width=20),
        Column("before", "原值", width=32, max_length=2_000),
        Column("after", "新值", width=32, max_length=2_000),
        Column("request_id", "请求编号", width=36),
    ),
)


def _changes(context: Mapping[str, Any]) -> QuerySet[Any]:
    kind = context["kind"]
    changes = changes_of(kind, context["pk"])[0] if kind else Change.objects.all()
    return matching(ChangeFilter(context["filters"], queryset=changes))


def _rows(context: Mapping[str, Any]) -> dict[str, Iterable[Any]]:
    changes = _changes(context).order_by("-at", "-pk")
    return {SHEET.title: _records(changes.iterator(chunk_size=CHUNK))}


def _records(changes: Iterator[Change]) -> Iterator[tuple[Any, ...]]:
    """Names are asked for a chunk at a time."""
    while chunk := list(islice(changes, CHUNK)):
        for row in told(chunk):
            yield from (_record(row, line) for line in row.lines or (Line("", "", ""),))


def _record(row: ToldChange, line: Line) -> tuple[Any, ...]:
    change = row.change
    return (
        change.at, change.actor_name or "系统", change.organization_name, row.kind, row.name, row.project,
        change.get_operation_display(), line.label, line.before, line.after, change.request_id,
    )  # fmt: skip


def _about(context: Mapping[str, Any]) -> About:
    labels = ChangeFilter.base_filters
    said = [(str(labels[name].label), value) for name, value in context["filters"].items()]
    if context["kind"]:
        said.insert(0, ("范围", str(changes_of(context["kind"], context["pk"])[1])))
    return About(conditions=tuple(said))


CHANGES_EXPORT = register_export(
    ExportSpec(
        name="portal.changes",
        title="导出变更记录",
        workbook=WorkbookSpec("portal.changes", filename="变更记录", sheets=(SHEET,)),
        rows=_rows,
        count=lambda context: _changes(context)[: AT_ONCE + 1].count(),
        about=_about,
        permissions=(Permission.EXPORT,),
    )
)

"""Exports of the portal: the operation log."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet

from apps.accounts.roles import Permission
from apps.exchange.columns import Column, SheetSpec, WorkbookSpec
from apps.exchange.exports import AT_ONCE, About, ExportSpec
from apps.exchange.registry import register_export
from apps.ui.lists import matching

from .log import LogFilter, entries_in_reach

SHEET = SheetSpec(
    "操作日志",
    (
        Column("at", "时间", width=20),
        Column("actor_name", "操作人", width=16),
        Column("organization_name", "单位", width=32),
        Column("on_behalf_of", "代为", width=24),
        Column("verb", "操作", width=14),
        Column("object", "对象", width=32),
        Column("sentence", "内容", width=60, max_length=2_000),
        Column("project_code", "项目编码", width=16),
        Column("request_id", "请求编号", width=36),
    ),
)


def _entries(context: Mapping[str, Any]) -> QuerySet[Any]:
    return matching(LogFilter(context["filters"], queryset=entries_in_reach()))


def _rows(context: Mapping[str, Any]) -> dict[str, Iterable[Any]]:
    names = [column.key for column in SHEET.columns]
    found = _entries(context).order_by("-at", "-pk").values_list(*names)
    return {SHEET.title: found.iterator(chunk_size=2_000)}


def _count(context: Mapping[str, Any]) -> int:
    """Counts no further than decides whether a job writes the file."""
    return _entries(context)[: AT_ONCE + 1].count()


def _about(context: Mapping[str, Any]) -> About:
    labels = LogFilter.base_filters
    given = context["filters"].items()
    return About(conditions=tuple((str(labels[name].label), value) for name, value in given))


LOG_EXPORT = register_export(
    ExportSpec(
        name="portal.log",
        title="导出操作日志",
        workbook=WorkbookSpec("portal.log", filename="操作日志", sheets=(SHEET,)),
        rows=_rows,
        count=_count,
        about=_about,
        permissions=(Permission.EXPORT,),
    )
)

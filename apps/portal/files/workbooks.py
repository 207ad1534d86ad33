"""Exports of the portal: the operation log, the progress of a round."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from django.db.models import QuerySet

from apps.accounts.domain.calling import number_for
from apps.accounts.models.roles import Permission
from apps.exchange.domain.exports import AT_ONCE, About, ExportSpec
from apps.exchange.domain.registry import register_export
from apps.exchange.files.columns import Column, Kind, SheetSpec, WorkbookSpec
from apps.portal.domain.filters import ProgressFilter
from apps.portal.domain.log import LogFilter, entries_in_reach
from apps.portal.domain.progress import Stage, activity_of, institutions_below
from apps.review.models import Filing
from apps.ui.domain.conditions import conditions_of
from apps.ui.lists import matching

SHEET = SheetSpec(
    "操作日志",
    (
        Column("at", "时间", Kind.MOMENT, width=20),
        Column("actor_name", "操作人", width=16),
        Column("organization_name", "单位", width=32),
        Column("on_behalf_of", "代为", width=24),
        Column("verb", "操作", width=14),
        Column("object", "对象", width=32),
        Column("sentence", "内容", width=60, max_length=2_000),
        Column("project_code", "项目编码", width=16),
        Column("request_id", "请求编号", width=36),
        Column("address", "网络地址", width=18),
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
    filters = LogFilter(context["filters"], queryset=entries_in_reach())
    return About(conditions=conditions_of(filters.form))


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

PROGRESS_SHEET = SheetSpec(
    "填报进度",
    (
        Column("name", "机构", width=32),
        Column("code", "编码", Kind.CODE, width=18),
        Column("above", "上级", width=24),
        Column("stage", "进度", width=12),
        Column("contact", "联系人", width=14),
        Column("phone", "联系电话", Kind.CODE, width=18),
        Column("saved", "最近保存", Kind.MOMENT, width=20),
        Column("login", "最近登录", Kind.MOMENT, width=20),
        Column("submitted_at", "上报时间", Kind.MOMENT, width=20),
        Column("reminded", "最近催报", Kind.MOMENT, width=20),
        Column("read", "催报已读", Kind.MOMENT, width=20),
    ),
)
CHUNK = 500


def _top(context: Mapping[str, Any]) -> Filing:
    rows = Filing.objects.select_related("project", "organization")
    top: Filing = rows.get(pk=context["top_id"])
    return top


def _progress(context: Mapping[str, Any]) -> QuerySet[Any]:
    found: QuerySet[Any] = matching(
        ProgressFilter(context["filters"], queryset=institutions_below(_top(context)))
    )
    return found


def _progress_rows(context: Mapping[str, Any]) -> dict[str, Iterable[Any]]:
    found = _progress(context).select_related("organization", "parent__organization")
    filings = found.order_by("path").iterator(chunk_size=CHUNK)
    return {PROGRESS_SHEET.title: _records(filings, context.get("caller", ""))}


def _records(filings: Iterator[Filing], caller: str) -> Iterator[tuple[Any, ...]]:
    """What is known of the units is asked for a chunk at a time."""
    while chunk := list(islice(filings, CHUNK)):
        known = activity_of(chunk)
        for filing in chunk:
            unit, seen = filing.organization, known[filing.pk]
            yield (
                unit.name,
                unit.code,
                filing.parent.organization.name if filing.parent else "",
                Stage(filing.stage).label,  # type: ignore[attr-defined]
                unit.contact_name,
                number_for(caller, unit.path, unit.phone),
                seen.saved,
                seen.login,
                filing.submitted_at,
                seen.reminded,
                seen.read,
            )


def _about_progress(context: Mapping[str, Any]) -> About:
    top = _top(context)
    asked = ProgressFilter(context["filters"], queryset=institutions_below(top))
    conditions = (("范围", top.organization.name), *conditions_of(asked.form))
    return About(top.project.name, top.project.code, conditions)


PROGRESS_EXPORT = register_export(
    ExportSpec(
        name="portal.progress",
        title="导出填报进度",
        workbook=WorkbookSpec("portal.progress", filename="填报进度", sheets=(PROGRESS_SHEET,)),
        rows=_progress_rows,
        count=lambda context: _progress(context).count(),
        about=_about_progress,
        permissions=(Permission.EXPORT,),
    )
)

"""The list of appeals as a workbook, with the columns of its page."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet

from apps.accounts.models.roles import Permission
from apps.exchange.domain.exports import About, ExportSpec
from apps.exchange.domain.registry import register_export
from apps.exchange.files.columns import Column, Kind, SheetSpec, WorkbookSpec
from apps.projects.models import Project
from apps.review.domain.appeals.filters import AppealFilter
from apps.review.domain.appeals.reads import appeals_of
from apps.review.models import Appeal
from apps.ui.domain.conditions import conditions_of
from apps.ui.lists import matching

SHEET = "申诉"
CHUNK = 500
Context = Mapping[str, Any]
COLUMNS = (
    Column("title", "申诉对象", width=40, max_length=200),
    Column("about", "申诉事项", width=14),
    Column("state", "处理结果", width=12),
    Column("asked_at", "申诉时间", Kind.MOMENT, width=20),
    Column("due_at", "答复期限", Kind.MOMENT, width=20),
    Column("answerer", "答复单位", width=24),
    Column("text", "申诉内容", width=60, max_length=1_000),
    Column("answer", "答复", width=60, max_length=1_000),
    Column("correction", "更正", width=16),
    Column("closed_by", "处理人", width=16),
    Column("closed_at", "处理时间", Kind.MOMENT, width=20),
)
APPELLANT = Column("appellant", "申诉方", width=32)


def _filter(context: Context) -> AppealFilter:
    project = Project.objects.get(pk=context["project_id"])
    return AppealFilter(context["filters"], queryset=appeals_of(project), own=context["own"])


def _rows(context: Context) -> QuerySet[Any]:
    return matching(_filter(context))


def _workbook(context: Context) -> WorkbookSpec:
    columns = (APPELLANT, *COLUMNS) if context["own"] else COLUMNS
    return WorkbookSpec("review.appeals", filename="申诉", sheets=(SheetSpec(SHEET, columns),))


def _records(context: Context) -> dict[str, Iterable[dict[str, Any]]]:
    return {SHEET: map(_record, _rows(context).iterator(chunk_size=CHUNK))}


def _record(appeal: Appeal) -> dict[str, Any]:
    return {
        "appellant": appeal.appellant,
        "title": appeal.title,
        "about": appeal.get_about_display(),
        "state": appeal.outcome.label,
        "asked_at": appeal.asked_at,
        "due_at": appeal.due_at,
        "answerer": appeal.answerer_name,
        "text": appeal.text,
        "answer": appeal.answer,
        "correction": str(appeal.correction or ""),
        "closed_by": appeal.closed_by_name,
        "closed_at": appeal.closed_at,
    }


def _about(context: Context) -> About:
    project = Project.objects.get(pk=context["project_id"])
    return About(project.name, project.code, conditions_of(_filter(context).form))


APPEAL_EXPORT = register_export(
    ExportSpec(
        name="review.appeals",
        title="导出申诉",
        workbook=_workbook,
        rows=_records,
        count=lambda context: _rows(context).count(),
        about=_about,
        permissions=(Permission.QUERY,),
    )
)

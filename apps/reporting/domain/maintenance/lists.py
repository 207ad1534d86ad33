"""The institutions that a province fills in for, and how far it is with each."""

from collections.abc import Mapping
from typing import Any

import django_filters
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils.safestring import SafeString

from apps.projects.models import Project
from apps.reporting.domain.sheet.completeness import OpenWork, open_work
from apps.reporting.models import DemandLine
from apps.review.domain.labels import status_text, status_tone
from apps.review.models import Filing
from apps.review.models.statuses import EDITABLE, Status
from apps.ui.filters import NameFilter
from apps.ui.formats import NOTHING
from apps.ui.tables import CellColumn, Column, ListTable, NumberColumn
from apps.ui.tones import pill


class MaintenanceFilter(django_filters.FilterSet):
    """机构, 进度."""

    unit = NameFilter(
        "organization__name", "organization__pinyin", "organization__code", label="机构"
    )
    state = django_filters.ChoiceFilter(
        label="进度",
        choices=[("none", "未代填"), ("begun", "已代填"), ("reported", "已代报")],
        empty_label="全部",
        method="at_state",
    )

    class Meta:
        model = Filing
        fields: tuple[str, ...] = ()

    def at_state(self, rows: QuerySet[Filing], _name: str, value: str) -> QuerySet[Filing]:
        if value == "reported":
            return rows.exclude(status__in=EDITABLE)
        lines = Exists(DemandLine.objects.filter(filing=OuterRef("pk")).answered())
        return rows.filter(lines if value == "begun" else ~lines, status__in=EDITABLE)


class MaintenanceTable(ListTable):
    """One row for each institution; what is open is read for the page."""

    caption = "代填机构"
    empty_title = "没有由省医保代为填报的机构"
    empty_hint = "在“报量和审核方式”中选择“省医保代为填报”的项目，发布后机构会列在这里。"

    unit = Column(
        verbose_name="医疗机构",
        accessor="organization__name",
        order_by=("organization__sort_key",),
    )
    code = Column(
        verbose_name="机构编码", accessor="organization__code", attrs={"td": {"class": "minor"}}
    )
    status = Column(verbose_name="状态", order_by=("status", "path"))
    answered = NumberColumn(verbose_name="已填品规", accessor="pk", orderable=False)
    open = Column(verbose_name="代报前还要", accessor="pk", orderable=False)
    actions = CellColumn("reporting/_maintenance_actions.html", verbose_name="操作", accessor="pk")

    class Meta(ListTable.Meta):
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, total: int, code: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.total, self.code = total, code
        self.filled: Mapping[int, int] = {}
        self.work: Mapping[int, OpenWork] = {}

    def show_work(self) -> None:
        """Three statements for the rows of this page."""
        filings = [row.record for row in self.paginated_rows]
        lines = DemandLine.objects.filter(filing__in=filings).answered().order_by()
        self.filled = dict(lines.values_list("filing_id").annotate(Count("item_id")))
        self.work = open_work(filings) if filings else {}

    def render_status(self, record: Filing) -> SafeString:
        return pill(status_text(record), status_tone(record))

    def render_answered(self, record: Filing) -> str:
        return f"{self.filled.get(record.pk, 0):,} / {self.total:,}"

    def render_open(self, record: Filing) -> str:
        if record.state not in EDITABLE or record.pk not in self.work:
            return NOTHING
        work = self.work[record.pk]
        lacking = [f"未填 {work.blank:,}"] if work.blank else []
        lacking += [f"缺说明 {work.unexplained:,}"] if work.unexplained else []
        lacking += ["缺上报理由"] if work.reason_missing else []
        return "，".join(lacking) or "可以代报"


def maintained_of(project: Project) -> QuerySet[Filing]:
    rows = Filing.objects.of_project(project).institutions().filter(maintained=True)
    return rows.exclude(status=Status.EXCLUDED).with_organization().order_by("path")

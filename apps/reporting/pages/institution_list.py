"""地市医疗机构管理: the institutions below a bureau in a round, with their signed documents (S3-06, S3-07)."""

from collections.abc import Mapping
from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, QuerySet

from apps.projects.models import Project
from apps.reporting.domain.letters.state import Letter, letters_of
from apps.review.domain.labels import status_text, status_tone
from apps.review.models import Filing, FilingAttachment
from apps.review.models.statuses import Status
from apps.ui.filters import NameFilter
from apps.ui.tables import CellColumn, Column, ListTable, MomentColumn
from apps.ui.tones import pill

MINOR = {"td": {"class": "minor"}}


class InstitutionFilter(django_filters.FilterSet):
    """机构, 是否上传."""

    unit = NameFilter(
        "organization__name", "organization__pinyin", "organization__code", label="机构"
    )
    file = django_filters.ChoiceFilter(
        label="签章文件",
        choices=[("yes", "已上传"), ("no", "未上传")],
        empty_label="全部",
        method="with_file",
    )

    class Meta:
        model = Filing
        fields: list[str] = []

    def with_file(self, rows: QuerySet[Filing], _name: str, value: str) -> QuerySet[Filing]:
        files = FilingAttachment.objects.filter(filing=OuterRef("pk")).in_force()
        return rows.filter(Exists(files) if value == "yes" else ~Exists(files))


class InstitutionTable(ListTable):
    """One row for each institution of the round in the viewer's area; documents once the page is known."""

    caption = "医疗机构"
    empty_title = "没有这样的医疗机构"
    empty_hint = "换一个查询条件，或重置后重新查询。"

    unit = Column(
        verbose_name="机构", accessor="organization__name", order_by=("organization__sort_key",)
    )
    status = Column(verbose_name="审核状态", order_by=("status", "path"))
    letter = Column(verbose_name="签章文件", accessor="pk", orderable=False)
    uploaded_at = MomentColumn(verbose_name="文件上传时间", accessor="pk", orderable=False)
    submitted_at = MomentColumn(verbose_name="上报时间")
    code = Column(verbose_name="编码", accessor="organization__code", attrs=MINOR)
    region = Column(
        verbose_name="区划", accessor="organization__division__name", orderable=False, attrs=MINOR
    )
    actions = CellColumn("reporting/_institution_actions.html", verbose_name="操作", accessor="pk")

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.project = project
        self.letters: Mapping[int, Letter] = {}
        self.readable: frozenset[int] = frozenset()

    def show_letters(self) -> None:
        """Two statements for the rows of this page; none where no document is asked for."""
        rows = [row.record for row in self.paginated_rows]
        self.letters = letters_of(self.project, rows)
        self.readable = frozenset(row.pk for row in rows if self._is_readable(row))
        if not self.letters:
            self.columns.hide("letter")
            self.columns.hide("uploaded_at")

    def _is_readable(self, filing: Filing) -> bool:
        """What is not reported yet is nobody else's to read (S0-15)."""
        letter = self.letters.get(filing.pk)
        return letter is not None and letter.file is not None and filing.state != Status.DRAFT

    def render_status(self, record: Filing) -> Any:
        return pill(status_text(record), status_tone(record))

    def render_letter(self, record: Filing) -> Any:
        return pill(*self.letters[record.pk].status)

    def render_uploaded_at(self, record: Filing) -> str:
        file = self.letters[record.pk].file
        return MomentColumn().render(file.uploaded_at) if file else "—"


def institutions_of(project: Project) -> QuerySet[Filing]:
    """The institutions of the round that the scope shows."""
    rows = Filing.objects.of_project(project).institutions().exclude(status=Status.EXCLUDED)
    return rows.with_organization().order_by("path")

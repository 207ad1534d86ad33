"""审查结果: an institution's rows with their status and review records, as the list and its export show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from apps.folding.domain.folding import is_said
from apps.projects.models import Project
from apps.reporting.domain.sheet.rows import Row, rows_of
from apps.reporting.domain.statuses import LINE_STATUSES, status_of
from apps.review.domain.labels import status_text
from apps.review.domain.reads import history_of
from apps.review.models import Filing, FilingEvent
from apps.review.models.statuses import EDITABLE
from apps.ui.form_fields import offer
from apps.ui.formats import short_moment

ALL = ("", "全部")


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One item as it was reported; `label` and `tone` are its 维护及审核状态."""

    row: Row
    label: str
    tone: str
    records: str

    @property
    def pk(self) -> int:
        return self.row.item.pk

    def __str__(self) -> str:
        return str(self.row.item)


class ResultFilter(forms.Form):
    """S2-37: 品规编号, 品种名称, 规格, 维护及审核状态."""

    item_code = forms.CharField(label="品规编号", required=False, max_length=30)
    variety = forms.CharField(
        label="品种名称",
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"placeholder": "名称 / 首字母", "type": "search"}),
    )
    specification = forms.CharField(label="规格", required=False, max_length=60)
    status = forms.ChoiceField(label="维护及审核状态", required=False)

    def __init__(self, data: Any = None, *, statuses: Sequence[str] = ()) -> None:
        super().__init__(data)
        choices = [ALL, *((label, label) for label in statuses)]
        offer(self, "status", choices)

    def keeps(self, row: ResultRow) -> bool:
        """Whether a row matches; a filter that makes no sense matches nothing."""
        if not self.is_bound:
            return True
        if not self.is_valid():
            return False
        asked, item = self.cleaned_data, row.row.item
        return (
            is_said(asked["item_code"], item.item_code)
            and is_said(asked["variety"], item.variety, item.pinyin)
            and is_said(asked["specification"], item.specification)
            and asked["status"] in ("", row.label)
        )


def result_rows(project: Project, filing: Filing) -> list[ResultRow]:
    """Four statements: the sheet and the filing's events."""
    records = in_words(history_of(filing))
    return [ResultRow(row, *status_of(row, filing), records) for row in rows_of(project, filing)]


def filtered(
    project: Project, filing: Filing, params: Mapping[str, Any]
) -> tuple[ResultFilter, list[ResultRow]]:
    """The filter as asked, and the rows that it keeps."""
    form = ResultFilter(params or None, statuses=statuses(filing))
    return form, [row for row in result_rows(project, filing) if form.keeps(row)]


def statuses(filing: Filing) -> list[str]:
    """The states that rows of the filing can be in now."""
    if filing.state in EDITABLE:
        return [label for label, _tone in LINE_STATUSES.values()]
    return [status_text(filing)]


def in_words(events: Sequence[FilingEvent]) -> str:
    """审核记录, the latest first: `11-22 10:30 武昌区医保局 退回修改：数量有误`."""
    return "；".join(
        f"{short_moment(event.at)} {event.organization_name} {event.get_action_display()}"
        + (f"：{event.reason}" if event.reason else "")
        for event in events
    )

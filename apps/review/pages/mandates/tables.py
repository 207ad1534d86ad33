"""代填授权 as lists: what an institution has given, and what an account was given."""

from typing import Any

import django_filters

from apps.accounts.domain.actors import Actor
from apps.review.domain.mandates.acts import may_end
from apps.review.domain.mandates.using import entry_of
from apps.review.models import Mandate
from apps.ui.filters import NameFilter
from apps.ui.formats import deadline
from apps.ui.tables import CellColumn, Column, ListTable, MomentColumn, StatusColumn

UNIT = ("organization__name", "organization__pinyin", "organization__code")
MINOR = {"td": {"class": "minor"}}
WORDS = {True: "填写和上报", False: "填写"}


class MandateFilter(django_filters.FilterSet):
    """By the institution that gave it."""

    unit = NameFilter(*UNIT, label="授权机构")

    class Meta:
        model = Mandate
        fields: list[str] = []


class HeldFilter(MandateFilter):
    """By institution and project."""

    project = NameFilter("project__name", "project__code", label="项目", placeholder="名称 / 编号")


class RightsColumn(Column):
    """What may be done under it."""

    def __init__(self) -> None:
        super().__init__(verbose_name="可以办理", accessor="may_report", orderable=False)

    def render(self, value: bool) -> str:  # noqa: FBT001  (django_tables2's own signature)
        return WORDS[value]


class EndColumn(CellColumn):
    """终止, where the reader may."""

    def render(self, record: Mandate, table: Any, **cell: Any) -> str:  # type: ignore[override]
        cell["value"] = record.is_live and may_end(record, table.by)
        return super().render(record=record, table=table, **cell)


class WayColumn(CellColumn):
    """The way to the sheet."""

    def render(self, record: Mandate, **cell: Any) -> str:  # type: ignore[override]
        cell["value"] = entry_of(record)
        return super().render(record=record, **cell)


class EndOfDayColumn(MomentColumn):
    """An end at midnight is 24:00 of the day before."""

    def render(self, value: Any) -> str:
        return deadline(value)


class MandateTable(ListTable):
    """代填授权 in one project: who may fill in for whom, and until when."""

    caption = "代填授权"
    empty_title = "没有代填授权"
    empty_hint = "医疗机构授权其他机构的账号代为填报后，会列在这里。"

    unit = Column(
        verbose_name="授权机构",
        accessor="organization__name",
        order_by=("organization__sort_key",),
    )
    standing = StatusColumn(verbose_name="状态", accessor="standing", orderable=False)
    holder = Column(
        verbose_name="被授权机构", accessor="account__organization__name", orderable=False
    )
    account = Column(verbose_name="账号", accessor="account__username", orderable=False)
    person = Column(verbose_name="经办人", accessor="account__name", orderable=False, attrs=MINOR)
    rights = RightsColumn()
    granted_at = MomentColumn(verbose_name="授权时间", attrs={"td": {"class": "num minor"}})
    granted_by_name = Column(verbose_name="授权人", orderable=False, attrs=MINOR)
    over_at = EndOfDayColumn(verbose_name="截止", accessor="over_at", orderable=False)
    ended_by = Column(
        verbose_name="终止原因", orderable=False, attrs={"td": {"class": "wrap minor"}}
    )
    actions = EndColumn("review/_mandate_actions.html", verbose_name="操作", accessor="pk")

    def __init__(self, *args: Any, code: str, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.code, self.by = code, by


class HeldTable(ListTable):
    """Whom the account may fill in for, each with the way there."""

    caption = "可以代填的机构"
    empty_title = "没有机构授权本账号代填"
    empty_hint = "其他医疗机构在项目详情的“代填授权”中填写您的用户名和单位名称后，会列在这里。"

    unit = Column(
        verbose_name="机构", accessor="organization__name", order_by=("organization__sort_key",)
    )
    project = Column(verbose_name="项目", accessor="project__name", orderable=False)
    rights = RightsColumn()
    ends_at = EndOfDayColumn(verbose_name="授权截止")
    actions = WayColumn("review/_held_actions.html", verbose_name="操作", accessor="pk")

"""Tables of how far agreements are, by what they are grouped by and by institution."""

from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode

from apps.accounts.pages.phones import PhoneColumn
from apps.distribution.domain.agreements.progress import Step
from apps.ui import formats
from apps.ui.tables import (
    Column,
    ListTable,
    NumberColumn,
    PercentColumn,
    SelectColumn,
)


class StepColumn(NumberColumn):
    """How much is open at a step; leads to the institutions where it is."""

    def __init__(self, step: Step) -> None:
        super().__init__(verbose_name=step.label, accessor=step.value, orderable=False)
        self.step = step

    def render(self, value: int, record: Any, table: Any) -> Any:  # type: ignore[override]
        if not value or not table.place:
            return formats.whole(value)
        at = record.code if record.is_bureau else table.place.at
        asked = {"project": table.place.project.code, "at": at, "step": self.step.value}
        if not record.is_bureau:
            asked["name"] = record.code
        href = f"{reverse('distribution:agreement_unit_list')}?{urlencode(asked)}"
        return format_html('<a href="{}">{}</a>', href, formats.whole(value))


class ProgressTable(ListTable):
    """How far a place is: delivered, chosen, drawn, signed, and what is open."""

    caption = "协议签署进度"
    empty_title = "还没有协议采购量"
    empty_hint = "医疗机构上报分量之后，各地区的覆盖和签署进度会列在这里。"

    name = Column(verbose_name="地区 / 机构", orderable=False)
    products = NumberColumn(verbose_name="协议产品", orderable=False)
    covered = NumberColumn(verbose_name="有配送企业", orderable=False)
    chosen = NumberColumn(verbose_name="已选择", orderable=False)
    drawn = NumberColumn(verbose_name="已生成协议", orderable=False)
    signed = NumberColumn(verbose_name="已签署", orderable=False)
    rate = PercentColumn(verbose_name="签署率", orderable=False)
    to_choose = StepColumn(Step.CHOOSE)
    to_draw = StepColumn(Step.DRAW)
    to_sign = StepColumn(Step.SIGN)
    affected = StepColumn(Step.AFFECTED)

    def __init__(self, *args: Any, place: Any = None, **kwargs: Any) -> None:
        self.place = place
        super().__init__(*args, **kwargs)

    def render_name(self, record: Any) -> Any:
        if not record.is_bureau or not self.place:
            return record.name
        asked = urlencode({"project": self.place.project.code, "at": record.code})
        return format_html('<a href="?{}">{}</a>', asked, record.name)


class InstitutionTable(ListTable):
    """One institution a row, with what it has still to do and whom to call."""

    caption = "医疗机构协议进度"
    empty_title = "没有医疗机构"
    empty_hint = "医疗机构上报分量之后会列在这里。"

    select = SelectColumn(
        name_of=lambda row: row.filing.organization.name, selectable=lambda row: row.is_open
    )
    name = Column(verbose_name="医疗机构", accessor="filing__organization__name", orderable=False)
    products = NumberColumn(verbose_name="协议产品", orderable=False)
    to_choose = NumberColumn(verbose_name=Step.CHOOSE.label, orderable=False)
    to_draw = NumberColumn(verbose_name=Step.DRAW.label, orderable=False)
    to_sign = NumberColumn(verbose_name=Step.SIGN.label, orderable=False)
    affected = NumberColumn(verbose_name=Step.AFFECTED.label, orderable=False)
    signed = NumberColumn(verbose_name="已签署", orderable=False)
    above = Column(
        verbose_name="上级", accessor="filing__parent__organization__name", orderable=False
    )
    contact = Column(
        verbose_name="联系人", accessor="filing__organization__contact_name", orderable=False
    )
    phone = PhoneColumn(accessor="filing__organization")

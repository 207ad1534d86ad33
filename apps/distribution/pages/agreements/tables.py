"""Tables of choices, agreements, their progress, and of winning manufacturers."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from apps.accounts.pages.phones import PhoneColumn
from apps.allocation.models import SupplyTotal
from apps.allocation.pages.table_columns import EnterpriseColumn, PackedColumn
from apps.distribution.domain.agreements.listing import Standing
from apps.distribution.domain.agreements.progress import Step
from apps.distribution.models import Agreement
from apps.distribution.pages.table_columns import UnsortedItemColumn
from apps.organizations.models import Enterprise
from apps.projects.models import Project
from apps.ui import formats
from apps.ui.tables import (
    CellColumn,
    Column,
    LinksColumn,
    ListTable,
    MomentColumn,
    MoneyColumn,
    NumberColumn,
    PercentColumn,
    SelectColumn,
)
from apps.ui.tones import pill

WRAP = {"td": {"class": "wrap"}}


class StandingColumn(CellColumn):
    """A cell that gets the standing of its product as `value`."""

    def render(self, record: Any, table: Any, **kwargs: Any) -> str:  # type: ignore[override]
        kwargs["value"] = table.standings[record.product_id]
        return super().render(record=record, table=table, **kwargs)


class ChoiceTable(ListTable):
    """Of each agreed product, whom the institution prefers; `standings` are of all its rows."""

    caption = "配送企业选择"
    empty_title = "还没有协议采购量"
    empty_hint = "本机构的分量上报之后，各中选产品会列在这里，可以逐个选择配送企业。"

    item = UnsortedItemColumn("product__item", verbose_name="中选产品")
    enterprise = EnterpriseColumn("product__enterprise", verbose_name="生产企业", orderable=False)
    quantity = PackedColumn(
        lambda row: (row.quantity, row.product.item.unit, row.agreed_terms.pack),
        ordered=True,
        verbose_name="协议采购量",
        orderable=False,
    )
    carrier = StandingColumn("distribution/_choice.html", verbose_name="配送企业", accessor="pk")
    agreement = StandingColumn(
        "distribution/_choice_state.html", verbose_name="协议", accessor="pk"
    )

    class Meta(ListTable.Meta):
        model = SupplyTotal
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        self.project = project
        super().__init__(*args, **kwargs)
        self.standings: Mapping[int, Standing] = {}


class AgreementTable(ListTable):
    """One row per agreement."""

    caption = "三方协议"
    empty_title = "还没有三方协议"
    empty_hint = "项目办结后，医疗机构在“配送企业选择”中选好配送企业并生成协议。"

    select = SelectColumn(name_of=lambda row: row.code)
    code = Column(verbose_name="协议编号")
    status = Column(verbose_name="签署状态")
    institution = Column(
        verbose_name="医疗机构", accessor="institution__name", order_by=("path",), attrs=WRAP
    )
    manufacturer = EnterpriseColumn("manufacturer", verbose_name="生产企业")
    carrier = EnterpriseColumn("carrier", verbose_name="配送企业")
    products = NumberColumn(verbose_name="产品数")
    amount = MoneyColumn(verbose_name="金额（元）")
    drawn_at = MomentColumn(verbose_name="生成时间")
    signed_at = MomentColumn(verbose_name="签署件上传时间")
    project = Column(verbose_name="项目", accessor="project__name", orderable=False, attrs=WRAP)
    actions = LinksColumn(
        ("查看", "distribution:agreement_detail"), ("下载", "distribution:agreement_pdf")
    )

    class Meta(ListTable.Meta):
        model = Agreement
        fields: tuple[str, ...] = ()

    def render_status(self, record: Agreement) -> SafeString:
        return pill(record.state.label, record.state.tone)


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


class MakerTable(ListTable):
    """中选企业账号: winners with and without an account (rules §8)."""

    caption = "中选企业"
    empty_title = "没有中选企业"
    empty_hint = "项目导入中选结果之后，中选企业会列在这里。"

    select = SelectColumn(
        selectable=lambda row: row.username is None and not row.is_being_issued,
        name_of=lambda row: row.name,
    )
    name = Column(verbose_name="企业名称", order_by=("sort_key",))
    uscc = Column(verbose_name="统一社会信用代码", orderable=False)
    products = NumberColumn(verbose_name="中选产品（个）", orderable=False)
    issued = Column(verbose_name="是否发放", accessor="pk", orderable=False)
    username = Column(verbose_name="用户名", orderable=False)
    last_login = MomentColumn(verbose_name="最后登录时间", orderable=False)

    class Meta(ListTable.Meta):
        model = Enterprise
        fields: tuple[str, ...] = ()

    def render_issued(self, record: Any) -> str:
        if record.username is not None:
            return "是"
        return "发放中" if record.is_being_issued else "否"

"""Tables of choices, agreements and winning manufacturers."""

from collections.abc import Mapping
from typing import Any

from django.utils.safestring import SafeString

from apps.allocation.models import SupplyTotal
from apps.allocation.pages.table_columns import EnterpriseColumn, PackedColumn
from apps.distribution.domain.agreements.listing import Standing
from apps.distribution.models import Agreement
from apps.distribution.pages.table_columns import UnsortedItemColumn
from apps.organizations.models import Enterprise
from apps.projects.models import Project
from apps.ui.tables import (
    CellColumn,
    Column,
    LinksColumn,
    ListTable,
    MomentColumn,
    MoneyColumn,
    NumberColumn,
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

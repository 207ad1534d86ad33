"""Tables of the winning results of a project."""

from typing import Any

from apps.projects.domain.words import plain
from apps.projects.models import WinningProduct
from apps.ui import formats
from apps.ui.tables import (
    CellColumn,
    Column,
    ListTable,
    MoneyColumn,
    NumberColumn,
    QuantityColumn,
    SelectColumn,
)


class WinnerTable(ListTable):
    """中选结果."""

    caption = "中选结果"
    empty_title = "还没有中选结果"
    empty_hint = "联采办导入中选结果后会出现在这里。"

    select = SelectColumn(name_of=lambda record: record.item.item_code)
    variety = Column(
        verbose_name="品种名称",
        accessor="item__variety",
        order_by=("item__pinyin", "item__item_code"),
    )
    item_code = Column(verbose_name="品规编号", accessor="item__item_code")
    correct = CellColumn("projects/_correct_winner.html", verbose_name="操作", accessor="pk")
    specification = Column(
        verbose_name="规格", accessor="item__specification", attrs={"td": {"class": "spec"}}
    )
    enterprise = Column(
        verbose_name="中选企业",
        order_by=("enterprise__sort_key",),
        attrs={"td": {"class": "named"}},
    )
    rank = Column(verbose_name="名次")
    price = MoneyColumn(verbose_name="包装中选价（元）", decimals=4)
    capacity = QuantityColumn(verbose_name="最大产能", empty_values=())
    cut = NumberColumn(verbose_name="降幅")
    pack = QuantityColumn(verbose_name="最小包装数量")
    daily_usage = NumberColumn(verbose_name="日均使用量")
    product_group = Column(verbose_name="产品组", accessor="item__product_group")
    supply_rank = Column(verbose_name="主供/备供")
    supplied = Column(verbose_name="供应省", orderable=False, attrs={"td": {"class": "wrap"}})
    primary = Column(verbose_name="主供省", orderable=False, attrs={"td": {"class": "wrap"}})
    uscc = Column(verbose_name="统一社会信用代码", accessor="enterprise__uscc")
    competition_unit = Column(verbose_name="竞争单元", accessor="item__competition_unit")

    def render_price(self, value: Any) -> str:
        return plain(value, least=2)

    def render_daily_usage(self, value: Any) -> str:
        return plain(value)

    def render_cut(self, value: Any) -> str:
        return f"{plain(value)}%"

    def render_capacity(self, value: Any) -> str:
        return "不限" if value is None else formats.whole(value)

    class Meta(ListTable.Meta):
        model = WinningProduct
        fields: tuple[str, ...] = ()


class SeasonWinnerTable(WinnerTable):
    """中选结果 of a demand project: who came where first; what allocations need may still come."""

    FIRST = (
        *("select", "variety", "item_code", "specification", "competition_unit"),
        *("enterprise", "uscc", "rank", "cut", "supplied", "primary", "..."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, sequence=self.FIRST, **kwargs)

"""Tables of what found no place: by item, by institution."""

from django.utils.safestring import SafeString

from apps.allocation.models import AllocationRow
from apps.allocation.pages.table_columns import (
    ItemColumn,
)
from apps.review.domain.labels import status_text, status_tone
from apps.review.models import Filing
from apps.ui.tables import (
    CellColumn,
    Column,
    ListTable,
    QuantityColumn,
)
from apps.ui.tones import pill


class UnplacedItemTable(ListTable):
    """未能分配 by item: how much of each, in how many institutions."""

    caption = "未能分配（按品规）"
    empty_title = "没有未能分配的数量"
    empty_hint = "可选产品的产能都用完时，医疗机构确认未能分配的数量会列在这里。"

    item = ItemColumn()
    product_group = Column(verbose_name="产品组", accessor="item__product_group")
    unplaced = QuantityColumn(verbose_name="未能分配")
    unit = Column(verbose_name="单位", accessor="item__unit")
    institutions = CellColumn(
        "allocation/_unplaced_units.html",
        verbose_name="医疗机构（家）",
        orderable=True,
        attrs={"th": {"class": "end"}, "td": {"class": "end num"}},
    )

    class Meta(ListTable.Meta):
        pass


class UnplacedTable(ListTable):
    """未能分配 by institution and item."""

    caption = "未能分配（按医疗机构）"
    empty_title = "没有未能分配的数量"
    empty_hint = UnplacedItemTable.empty_hint

    institution = Column(
        verbose_name="医疗机构", accessor="organization__name", order_by=("organization__sort_key",)
    )
    region = Column(
        verbose_name="地区", accessor="organization__division__name", order_by=("path",)
    )
    item = ItemColumn()
    pending = QuantityColumn(verbose_name="待分配量")
    unplaced = QuantityColumn(
        verbose_name="未能分配", accessor="all_unplaced", order_by=("unplaced", "kept_unplaced")
    )
    unit = Column(verbose_name="单位", accessor="item__unit", orderable=False)
    status = Column(verbose_name="申报状态", accessor="filing", orderable=False)

    class Meta(ListTable.Meta):
        model = AllocationRow
        fields: tuple[str, ...] = ()

    def render_status(self, value: Filing) -> SafeString:
        return pill(status_text(value), status_tone(value))

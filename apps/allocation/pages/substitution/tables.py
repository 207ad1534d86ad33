"""系统代分: who did not report with what each would get, what products give, who was allotted for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from apps.allocation.domain.substitution.missing import Missing
from apps.allocation.domain.substitution.preview import Share
from apps.allocation.domain.wording import SLOT_TITLES
from apps.allocation.models import CapacityPool, Slot
from apps.allocation.pages.table_columns import EnterpriseColumn, ItemColumn
from apps.review.domain.labels import status_text, status_tone
from apps.review.models import Filing
from apps.review.models.statuses import Status
from apps.ui import formats
from apps.ui.tables import (
    CellColumn,
    Column,
    ListTable,
    MomentColumn,
    NumberColumn,
    QuantityColumn,
    SelectColumn,
)
from apps.ui.tones import pill

REGION = "organization__division__name"
WRAP = {"td": {"class": "wrap"}}


@dataclass(frozen=True, slots=True)
class TakenRow:
    """What the preview takes of a product, and what is left of it then."""

    pool: CapacityPool
    taken: int
    left: int | None

    @property
    def pk(self) -> int:
        return int(self.pool.pk)


@dataclass(frozen=True, slots=True)
class PlannedLineRow:
    """What one institution would take in one slot, or what could not be placed there."""

    item: str
    slot: str
    pool: CapacityPool | None
    quantity: int
    pk: str


class MissingTable(ListTable):
    """未上报的医疗机构. `shares`: by filing id what each would get, empty where the page computes nothing."""

    caption = "未上报的医疗机构"
    empty_title = "没有需要系统代分的医疗机构"
    empty_hint = "都已上报、填报时间还没有结束，或项目已经办结。"

    institution = CellColumn(
        "allocation/_missing_unit.html", verbose_name="医疗机构", accessor="pk", orderable=False
    )
    region = Column(verbose_name="地区", accessor=REGION, orderable=False)
    rows = NumberColumn(verbose_name="待代分（项）", accessor="pk", orderable=False)
    lines = NumberColumn(verbose_name="将生成明细（条）", accessor="pk", orderable=False)
    unplaced = NumberColumn(verbose_name="未能分配（项）", accessor="pk", orderable=False)
    locked = Column(verbose_name="说明", accessor="pk", orderable=False)

    class Meta(ListTable.Meta):
        model = Filing
        fields: tuple[str, ...] = ()

    def __init__(
        self, *args: Any, missing: Missing, shares: Mapping[int, Share], **kwargs: Any
    ) -> None:
        self.missing, self.shares = missing, shares
        super().__init__(*args, **kwargs)

    def render_rows(self, record: Filing) -> str:
        return self._number(record, "rows")

    def render_lines(self, record: Filing) -> str:
        return self._number(record, "lines")

    def render_unplaced(self, record: Filing) -> str:
        return self._number(record, "unplaced")

    def _number(self, record: Filing, name: str) -> str:
        share = self.shares.get(record.pk)
        return formats.whole(getattr(share, name)) if share else str(self.default)

    def render_locked(self, record: Filing) -> SafeString | str:
        is_locked = self.missing.is_locked(record)
        return pill("上级已提交，将先退回", "warning") if is_locked else ""


class TakenTable(ListTable):
    """预演: what each product would give."""

    caption = "按中选产品"
    empty_title = "没有可以预演的产品"
    empty_hint = "没有需要系统代分的数量。"

    item = ItemColumn("pool__product__item", verbose_name="中选产品")
    enterprise = EnterpriseColumn("pool__product__enterprise")
    taken = QuantityColumn(verbose_name="将代分合同量", orderable=False)
    left = QuantityColumn(verbose_name="代分后剩余产能", orderable=False, empty_values=())
    unit = Column(verbose_name="单位", accessor="pool__product__item__unit", orderable=False)

    class Meta(ListTable.Meta):
        fields: tuple[str, ...] = ()

    def render_left(self, value: int | None) -> str:
        return "不限" if value is None else formats.whole(value)


class DoneTable(ListTable):
    """已代分的医疗机构."""

    caption = "已代分的医疗机构"
    empty_title = "还没有系统代分"
    empty_hint = "填报时间结束后，可以为没有上报的医疗机构系统代分。"

    select = SelectColumn(
        name_of=lambda record: record.organization.name,
        selectable=lambda record: record.state == Status.SUBMITTED,
    )
    institution = CellColumn("allocation/_done_unit.html", verbose_name="医疗机构", accessor="pk")
    region = Column(verbose_name="地区", accessor=REGION, order_by=("path",))
    status = Column(verbose_name="申报状态", accessor="pk", orderable=False)
    submitted_at = MomentColumn(verbose_name="代分时间")

    class Meta(ListTable.Meta):
        model = Filing
        fields: tuple[str, ...] = ()

    def render_status(self, record: Filing) -> SafeString:
        return pill(status_text(record), status_tone(record))


class PlannedLineTable(ListTable):
    """预演: one institution, line by line."""

    caption = "代分预演明细"
    empty_title = "没有需要代分的数量"
    empty_hint = "该机构没有待分配量，或已全部自行确认；代分时只代为上报。"

    item = Column(verbose_name="分配来源", orderable=False, attrs=WRAP)
    slot = Column(verbose_name="分配项", orderable=False)
    product = Column(
        verbose_name="中选产品", accessor="pool__product__item", orderable=False, attrs=WRAP
    )
    enterprise = Column(
        verbose_name="中选企业",
        accessor="pool__product__enterprise__name",
        orderable=False,
        attrs=WRAP,
    )
    quantity = NumberColumn(verbose_name="合同量", orderable=False)
    unit = Column(verbose_name="单位", accessor="pool__product__item__unit", orderable=False)

    class Meta(ListTable.Meta):
        fields: tuple[str, ...] = ()

    def render_slot(self, value: Any) -> str:
        return SLOT_TITLES[Slot(value)] if value else "未能分配"

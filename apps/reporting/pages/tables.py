"""The lists of demand reporting."""

from typing import Any

from django.utils.safestring import SafeString

from apps.reporting.domain.results import ResultRow
from apps.reporting.files.columns import bought_title
from apps.ui import formats
from apps.ui.tables import CellColumn, Column, ListTable, NumberColumn, QuantityColumn, SelectColumn
from apps.ui.tones import pill


class ResultTable(ListTable):
    """审查结果查看 and 历史报量查询 (S2-27 to S2-36)."""

    caption = "审查结果"
    empty_title = "没有这样的品规"
    empty_hint = "换一个查询条件，或清空后重新查询。"

    select = SelectColumn()
    item_code = Column(verbose_name="品规编号", accessor="row__item__item_code")
    variety = Column(verbose_name="品种名称", accessor="row__item__variety")
    specification = Column(verbose_name="规格", accessor="row__item__specification")
    bought = QuantityColumn(verbose_name="采购量", accessor="row__baseline__shown")
    planned = QuantityColumn(verbose_name="预采购量", accessor="row__planned")
    rate = NumberColumn(verbose_name="增幅/降幅", accessor="row__rate", orderable=False)
    status = Column(verbose_name="维护及审核状态", accessor="label")
    words = Column(
        verbose_name="增幅降幅说明",
        accessor="row__words",
        orderable=False,
        attrs={"td": {"class": "note-cell"}},
    )
    records = CellColumn(
        "reporting/_records.html", verbose_name="审核记录", accessor="records", orderable=False
    )
    filling_note = Column(
        verbose_name="填报说明",
        accessor="row__item__filling_note",
        orderable=False,
        attrs={"td": {"class": "note-cell minor"}},
    )

    actions = CellColumn("reporting/_result_actions.html", verbose_name="操作", accessor="pk")

    def __init__(self, *args: Any, years: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.columns["bought"].column.verbose_name = bought_title(years)

    class Meta(ListTable.Meta):
        fields: tuple[str, ...] = ()

    def render_rate(self, record: ResultRow) -> SafeString | str:
        text = record.row.rate or formats.NOTHING
        return pill(text, "warning") if record.row.is_due else text

    def render_status(self, record: ResultRow) -> SafeString:
        return pill(record.label, record.tone)


class VarietyTable(ListTable):
    """品种名称查询 (S2-16)."""

    caption = "品种"
    empty_title = "没有这样的品种"
    empty_hint = "换一个通用名，或清空后重新查询。"

    variety = CellColumn(
        "reporting/_variety.html",
        verbose_name="通用名",
        accessor="variety",
        orderable=True,
        order_by=("pinyin",),
    )
    dosage_forms = Column(verbose_name="剂型", orderable=False)
    lot = Column(verbose_name="标的")
    items = QuantityColumn(verbose_name="品规数")
    units = Column(verbose_name="最小制剂单位", orderable=False)
    makers = QuantityColumn(verbose_name="生产企业数")

    class Meta(ListTable.Meta):
        fields: tuple[str, ...] = ()

"""The list of institutions that make a figure."""

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.analysis.domain.figures import Figures
from apps.analysis.domain.leaves import Goods, figures_of
from apps.analysis.domain.view import Measure
from apps.reporting.domain.rollup import Measures
from apps.review.domain.labels import status_text, status_tone
from apps.review.models import Filing
from apps.review.pages.buttons import detail_url
from apps.ui.tables import Column, ListTable, NumberColumn
from apps.ui.tones import pill


class FigureColumn(NumberColumn):
    """One measure of the institution's part, as the pivot writes it."""

    empty_values = ()

    def __init__(self, measure: Measure, **kwargs: Any) -> None:
        super().__init__(verbose_name=measure.label, accessor="pk", **kwargs)
        self.measure = measure

    def render(self, record: Filing, table: "LeafTable") -> str:  # type: ignore[override]
        return table.figures.words(table.measures_of(record), self.measure)


class LeafTable(ListTable):
    """Institutions with their part; the name leads to the filing."""

    caption = "医疗机构"
    empty_title = "没有符合条件的医疗机构"
    empty_hint = "返回上一级放宽条件；只列出已上报（待审核或审核通过）的机构，需要看未上报的请按“上报状态”筛选。"

    unit = Column(
        verbose_name="医疗机构", accessor="organization__name", order_by=("organization__sort_key",)
    )
    place = Column(verbose_name="所在地", accessor="organization__parent__name", order_by=("path",))
    grade = Column(verbose_name="等级", accessor="organization__grade")
    status = Column(verbose_name="状态", accessor="status", order_by=("status", "path"))
    quantity = FigureColumn(Measure.QUANTITY, order_by=("quantity",))
    previous = FigureColumn(Measure.PREVIOUS, order_by=("bought",))
    change = FigureColumn(Measure.CHANGE, orderable=False)
    amount = FigureColumn(Measure.AMOUNT, order_by=("amount",))

    class Meta(ListTable.Meta):
        fields: tuple[str, ...] = ()

    def __init__(
        self, *args: Any, code: str, goods: Goods, figures: Figures, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.code, self.goods, self.figures = code, goods, figures

    def measures_of(self, filing: Filing) -> Measures | None:
        return figures_of(filing, self.goods, self.figures.years)

    def render_unit(self, record: Filing) -> SafeString:
        href = detail_url(record.pk, self.code)
        return format_html('<a href="{}">{}</a>', href, record.organization.name)

    def render_status(self, record: Filing) -> SafeString:
        return pill(status_text(record), status_tone(record))

"""The lists of purchase history and of doubts about it, with their query bars."""

from dataclasses import dataclass
from typing import Any

import django_filters
from django.db.models import F, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.safestring import SafeString

from apps.projects.domain.participants.regions import RegionFilterSet
from apps.projects.models import Project
from apps.reporting.models import DoubtState, HistoryDoubt, PurchaseHistory
from apps.ui.filters import NameFilter
from apps.ui.formats import NOTHING, whole
from apps.ui.lists import matching
from apps.ui.tables import Column, ListTable, MomentColumn, QuantityColumn, SelectColumn
from apps.ui.tones import pill

YEARS_BACK = 10
MINOR = {"td": {"class": "minor"}}
NOTES = {"td": {"class": "note-cell"}}
TONES = {
    DoubtState.OPEN: "waiting",
    DoubtState.CORRECTED: "success",
    DoubtState.KEPT: "neutral",
}


@dataclass(frozen=True, slots=True)
class Viewer:
    """Where the reader stands, for filters that offer regions; a job has no request."""

    path: str

    @property
    def user(self) -> "Viewer":
        return self


def recent_years() -> list[tuple[int, str]]:
    """The years that a baseline can be of, the latest first."""
    now = timezone.localdate().year
    return [(year, f"{year} 年") for year in range(now, now - YEARS_BACK, -1)]


class PurchaseFilter(RegionFilterSet):
    """地区, 机构, 品规, 年份."""

    unit = NameFilter(
        "organization__name", "organization__pinyin", "organization__code", label="机构"
    )
    item = NameFilter("item__variety", "item__pinyin", "item__item_code", label="品规")
    year = django_filters.ChoiceFilter(label="年份", choices=recent_years, empty_label="全部")

    class Meta:
        model = PurchaseHistory
        fields: tuple[str, ...] = ()


class DoubtFilter(django_filters.FilterSet):
    """状态, 机构, 品规."""

    state = django_filters.ChoiceFilter(
        label="状态", choices=DoubtState.choices, empty_label="全部"
    )
    unit = NameFilter(
        "filing__organization__name",
        "filing__organization__pinyin",
        "filing__organization__code",
        label="机构",
    )
    item = NameFilter("item__variety", "item__pinyin", "item__item_code", label="品规")

    class Meta:
        model = HistoryDoubt
        fields: tuple[str, ...] = ()


class PurchaseTable(ListTable):
    """What each institution bought of each item in a year."""

    caption = "历史采购量"
    empty_title = "还没有历史采购量"
    empty_hint = "导入之后，医疗机构填报时会看到自己的历史采购量和增幅/降幅。"

    unit = Column(
        verbose_name="医疗机构",
        accessor="organization__name",
        order_by=("organization__sort_key",),
    )
    code = Column(verbose_name="机构编码", accessor="organization__code", attrs=MINOR)
    item_code = Column(verbose_name="品规编号", accessor="item__item_code")
    variety = Column(verbose_name="品种名称", accessor="item__variety", order_by=("item__pinyin",))
    specification = Column(verbose_name="规格", accessor="item__specification", attrs=MINOR)
    year = Column(verbose_name="年份", attrs={"td": {"class": "num"}})
    quantity = QuantityColumn(verbose_name="采购量")
    measure = Column(verbose_name="单位", accessor="item__unit", orderable=False)

    class Meta(ListTable.Meta):
        fields: tuple[str, ...] = ()


class DoubtTable(ListTable):
    """历史数有误: what institutions claim, what stands, what was decided."""

    caption = "历史数有误"
    empty_title = "没有这样的疑问"
    empty_hint = "医疗机构在“采购需求维护”中提出“历史数有误”之后，会列在这里。"

    select = SelectColumn(
        selectable=lambda doubt: doubt.state == DoubtState.OPEN,
        name_of=lambda doubt: f"{doubt.filing.organization.name} {doubt.item}",
    )
    unit = Column(
        verbose_name="医疗机构",
        accessor="filing__organization__name",
        order_by=("filing__organization__sort_key",),
    )
    item = Column(
        verbose_name="品规", accessor="item__variety", order_by=("item__pinyin", "item_id")
    )
    year = Column(verbose_name="年份", attrs={"td": {"class": "num"}})
    standing = QuantityColumn(verbose_name="现有数", accessor="pk", orderable=False)
    claimed = QuantityColumn(verbose_name="机构称应为")
    state = Column(verbose_name="状态")
    note = Column(verbose_name="依据", orderable=False, attrs=NOTES)
    outcome = Column(verbose_name="核定结果", accessor="pk", orderable=False, attrs=NOTES)
    raised_at = MomentColumn(verbose_name="提出时间", attrs={"td": {"class": "num minor"}})

    class Meta(ListTable.Meta):
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.project = project
        self.now: dict[tuple[int, int, int], int] = {}

    def show_standing(self) -> None:
        """What stands for the rows of this page; one statement."""
        doubts = [row.record for row in self.paginated_rows]
        rows = PurchaseHistory.objects.filter(
            project=self.project,
            organization__in={doubt.filing.organization_id for doubt in doubts},
            item__in={doubt.item_id for doubt in doubts},
        )
        quantities = rows.values_list("organization_id", "item_id", "year", "quantity")
        self.now = {(unit, item, year): quantity for unit, item, year, quantity in quantities}

    def render_item(self, record: HistoryDoubt) -> str:
        return f"{record.item.variety} {record.item.specification}"

    def render_standing(self, record: HistoryDoubt) -> str:
        place = (record.filing.organization_id, record.item_id, record.year)
        return whole(self.now.get(place))

    def render_state(self, record: HistoryDoubt) -> SafeString:
        return pill(record.get_state_display(), TONES[DoubtState(record.state)])

    def render_outcome(self, record: HistoryDoubt) -> str:
        """What holds since the decision, and why."""
        if record.state == DoubtState.OPEN:
            return NOTHING
        verb = "更正为" if record.state == DoubtState.CORRECTED else "维持"
        return f"{verb} {whole(record.decided)}{'：' if record.answer else ''}{record.answer}"


class OwnDoubtTable(DoubtTable):
    """The same before the institution itself: what was decided comes first, its own name is left out."""

    empty_hint = "在“采购需求维护”中可以对一个品规提出“历史数有误”，核定结果会列在这里。"

    class Meta(DoubtTable.Meta):
        exclude = ("select", "unit")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        order = ("item", "year", "standing", "claimed", "state", "outcome", "...")
        super().__init__(*args, sequence=order, **kwargs)


def purchases_of(project: Project) -> QuerySet[PurchaseHistory]:
    rows = PurchaseHistory.objects.filter(project=project).select_related("organization", "item")
    return rows.order_by("path", "item__position", "year")


def filtered_purchases(project: Project, query: str, place: str) -> QuerySet[PurchaseHistory]:
    """The rows of the list as its address filtered them."""
    data = QueryDict(query)
    rows: QuerySet[PurchaseHistory] = PurchaseHistory.objects.filter(project=project)
    return matching(PurchaseFilter(data or None, queryset=rows, request=Viewer(place)))


def doubts_of(project: Project) -> QuerySet[HistoryDoubt]:
    """Open ones first, then the latest."""
    rows = HistoryDoubt.objects.filter(filing__project=project)
    return rows.select_related("filing__organization", "item").order_by(
        F("decided_at").desc(nulls_first=True), "-raised_at"
    )

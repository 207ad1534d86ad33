"""Tables of the project lists."""

from datetime import datetime
from typing import Any

from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.organizations.domain.bureaus import region_name
from apps.organizations.models import Organization, Tier
from apps.projects.domain.windows.own_timing import timings_of
from apps.projects.domain.windows.standing import OPEN, State, state_in
from apps.projects.domain.words import plain
from apps.projects.models import CatalogItem, Participation, Phase, Project
from apps.projects.models.window_spans import end_in_words, start_in_words
from apps.projects.models.windows import Timing, Window
from apps.ui import formats
from apps.ui.tables import (
    CellColumn,
    Column,
    ListTable,
    NumberColumn,
    QuantityColumn,
    SelectColumn,
    StatusColumn,
)
from apps.ui.templatetags.ui import countdown, status_pill


class PhaseColumn(StatusColumn):
    """The phase as a pill."""

    def render(self, record: Project) -> SafeString:  # type: ignore[override]
        return super().render(Phase(record.phase))


class ProjectTable(ListTable):
    """项目列表; with the window of the viewer's own unit."""

    caption = "项目"
    empty_title = "还没有项目"
    empty_hint = "项目发布后会出现在这里。"

    name = CellColumn("projects/_project_name.html", verbose_name="项目", orderable=True)
    kind = Column(verbose_name="任务类型")
    product_type = Column(verbose_name="产品类型")
    phase = PhaseColumn(verbose_name="阶段")
    window = Column(verbose_name="本级可操作时间", accessor="pk", orderable=False)
    left = Column(verbose_name="剩余时间", accessor="pk", orderable=False)

    def __init__(
        self,
        *args: Any,
        unit: Organization | None,
        now: datetime,
        manages: bool = False,
        **kwargs: Any,
    ) -> None:
        """`manages`: the viewer creates projects, so an empty list points to 新建项目."""
        self.unit = unit
        self.now = now
        if manages:
            self.empty_hint = "点击右上角的“新建项目”，建好后导入目录、选定参加机构，再进入筹备。"
        super().__init__(*args, **kwargs)
        if self.tier:
            self.columns["window"].column.verbose_name = f"{self.tier.label}可操作时间"

    @property
    def tier(self) -> Tier | None:
        """The alliance has no window as a rule: it looks at the institutions'."""
        is_alliance = self.unit is not None and self.unit.tier == Tier.ALLIANCE
        return Tier.INSTITUTION if is_alliance else None

    @cached_property
    def timings(self) -> dict[int, Timing]:
        """Of the projects on this page only."""
        return timings_of(self.unit, [row.record for row in self.paginated_rows], self.tier)

    def own_window(self, record: Project) -> Window | None:
        timing = self.timings.get(record.pk)
        return timing.own if timing else None

    def state_of(self, record: Project) -> State:
        tier = self.tier or (self.unit.tier if self.unit else "")
        return state_in(record, tier, self.own_window(record), self.now)

    def render_window(self, record: Project) -> SafeString | str:
        window = self.own_window(record)
        if window is None:
            return formats.NOTHING
        state = self.state_of(record)
        return format_html(
            '{}<small class="num">{}</small>',
            status_pill(label=state.label, tone=state.tone),
            f"{start_in_words(window.opens_at)} 至 {end_in_words(window.closes_at)}",
        )

    def render_left(self, record: Project) -> SafeString | str:
        window = self.own_window(record)
        if window is None or self.state_of(record) != OPEN:
            return formats.NOTHING
        return countdown(until=window.closes_at, now=self.now)


class InstitutionColumns(ListTable):
    """What lists of institutions show beside the name."""

    def render_region(self, value: Any) -> str:
        return region_name(value)


class ParticipationTable(InstitutionColumns):
    """参加机构."""

    caption = "参加机构"
    empty_title = "还没有选定参加机构"
    empty_hint = "按地区、等级和名单选定后会出现在这里。"

    select = SelectColumn(name_of=lambda record: record.organization.name)
    name = Column(
        verbose_name="医疗机构", accessor="organization__name", order_by=("organization__sort_key",)
    )
    code = Column(verbose_name="机构编码", accessor="organization__code")
    region = Column(verbose_name="地区", accessor="organization__division", order_by=("path",))
    grade = Column(verbose_name="等级", accessor="organization__grade")
    ownership = Column(verbose_name="所有制", accessor="organization__ownership")
    obligation = Column(verbose_name="参加方式")

    class Meta(ListTable.Meta):
        model = Participation
        fields: tuple[str, ...] = ()


class CandidateTable(InstitutionColumns):
    """Institutions that can be chosen."""

    caption = "可选的医疗机构"
    empty_title = "没有可以加入的医疗机构"
    empty_hint = "管辖范围内启用的医疗机构都已参加本项目。"

    select = SelectColumn(name_of=lambda record: record.name)
    name = Column(verbose_name="医疗机构", order_by=("sort_key",))
    code = Column(verbose_name="机构编码")
    region = Column(verbose_name="地区", accessor="division", order_by=("path",))
    grade = Column(verbose_name="等级")
    ownership = Column(verbose_name="所有制")
    kind = Column(verbose_name="机构类型")


class CatalogItemTable(ListTable):
    """目录."""

    caption = "目录"
    empty_title = "还没有目录"
    empty_hint = "联采办导入目录后会出现在这里。"

    select = SelectColumn(name_of=lambda record: record.item_code)
    variety = Column(verbose_name="品种名称", order_by=("pinyin", "item_code"))
    item_code = Column(verbose_name="品规编号")
    correct = CellColumn("projects/_correct_item.html", verbose_name="操作", accessor="pk")
    dosage_form = Column(verbose_name="剂型")
    specification = Column(verbose_name="规格", attrs={"td": {"class": "spec"}})
    pack_quantity = QuantityColumn(verbose_name="包装数量")
    unit = Column(verbose_name="单位", orderable=False)
    product_group = Column(verbose_name="产品组")
    selected = Column(
        verbose_name="是否中选", accessor="is_selected", orderable=False, empty_values=()
    )
    manufacturer_name = Column(verbose_name="生产企业", attrs={"td": {"class": "named"}})
    lot = Column(verbose_name="标的")
    competition_unit = Column(verbose_name="竞争单元")
    daily_usage = NumberColumn(verbose_name="日均使用量")
    unified_code = Column(verbose_name="药品统一编码")
    registration_no = Column(verbose_name="注册证号")

    def render_daily_usage(self, value: Any) -> str:
        return plain(value)

    def render_selected(self, value: Any) -> str:
        return "中选" if value else "未中选"

    class Meta(ListTable.Meta):
        model = CatalogItem
        fields: tuple[str, ...] = ()

"""Tables of the review pages."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import zip_longest
from typing import Any

from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.accounts.domain.handovers.names import Holders
from apps.accounts.pages.phones import PhoneColumn
from apps.review.domain.figures import figures_of
from apps.review.domain.filings.marks import (
    CHANGED,
    GRAVE,
    ODD,
    RISE,
    WORST_FIRST,
    days_waited,
    in_order_of,
    marked,
    marks_of,
)
from apps.review.domain.kinds import Figures, Mark, figure_labels, marking_of
from apps.review.domain.labels import status_text, status_tone
from apps.review.models import Filing, WithdrawalRequest
from apps.review.pages.buttons import detail_url
from apps.ui.formats import NOTHING, percent, short_moment
from apps.ui.tables import (
    CellColumn,
    Column,
    ListTable,
    MomentColumn,
    NumberColumn,
    SelectColumn,
    StatusColumn,
)
from apps.ui.tones import pill

MINOR = {"td": {"class": "minor"}}
MARKS = ("odd", "worst", "rise", "changed", "document", "waited")
WORST = {"td": {"class": "minor"}}
FIGURES = ("figure_1", "figure_2", "figure_3", "figure_4")


class FigureColumn(NumberColumn):
    """One of the kind's figures by its label; the kind has formatted it."""

    empty_values = ()

    def __init__(self) -> None:
        super().__init__(verbose_name="", accessor="pk", orderable=False)

    def render(self, record: Filing, table: "FilingTable") -> str:  # type: ignore[override]
        return dict(table.figures.get(record.pk, ())).get(str(self.verbose_name), "—")


class MarkColumn(NumberColumn):
    """What stands out, worst or most first at the first click; hidden where the kind knows nothing of it."""

    empty_values = ()

    def __init__(self, title: str) -> None:
        super().__init__(verbose_name=title, accessor="pk", initial_sort_descending=True)


class DetailColumn(Column):
    """操作: to the filing's page, from which the table's filters lead back; 审核 where the reader's review is due."""

    def __init__(self) -> None:
        super().__init__(verbose_name="操作", accessor="pk", orderable=False)

    def render(self, record: Filing, table: Any) -> SafeString:
        way = "审核" if record.pk in table.reviewable else "查看详情"
        before, after = table.around_pk
        return format_html('<a href="{}{}{}">{}</a>', before, str(record.pk), after, way)


def around_pk(code: str, queue: str) -> tuple[str, str]:
    """The address of a filing's page without its key: asked for once, not for each row."""
    before, after = detail_url(0, code, queue).rsplit("/0/", 1)
    return f"{before}/", f"/{after}"


class FilingTable(ListTable):
    """The direct children of a bureau's filing; `tickable` and figures come once the page is known.

    `reviewable` wait for the reader's review: of demand the manual calls the way there 审核 (S3-12).
    """

    caption = "下级单位"
    empty_title = "还没有单位上报"
    empty_hint = "下级单位上报后会出现在这里；审核状态选“全部参加单位”可以看到谁还没有上报。"

    select = SelectColumn(name_of=lambda filing: filing.organization.name)
    unit = Column(
        verbose_name="机构", accessor="organization__name", order_by=("organization__sort_key",)
    )
    status = Column(verbose_name="审核状态", order_by=("status", "path"))
    odd = MarkColumn("异常")
    worst = Column(
        verbose_name="最大异常", accessor="pk", empty_values=(), orderable=False, attrs=WORST
    )
    rise = MarkColumn("较上年")
    changed = MarkColumn("再次上报")
    document = Column(verbose_name="签章件", accessor="pk", empty_values=(), orderable=False)
    waited = NumberColumn(
        verbose_name="已等待", accessor="submitted_at", order_by=("-submitted_at",), empty_values=()
    )
    grade = Column(verbose_name="等级", accessor="organization__grade", attrs=MINOR)
    region = Column(
        verbose_name="区划", accessor="organization__division__name", orderable=False, attrs=MINOR
    )
    figure_1 = FigureColumn()
    figure_2 = FigureColumn()
    figure_3 = FigureColumn()
    figure_4 = FigureColumn()
    submitted_at = MomentColumn(verbose_name="上报时间")
    code = Column(verbose_name="编码", accessor="organization__code", attrs=MINOR)
    reviewed_by = Column(verbose_name="审核人", orderable=False, attrs=MINOR)
    reviewed_at = MomentColumn(verbose_name="审核时间", attrs={"td": {"class": "num minor"}})
    actions = DetailColumn()

    def __init__(
        self, rows: QuerySet[Any], *, code: str, kind: str, queue: str = "", **kwargs: Any
    ) -> None:
        """`code` and `kind` are the project's; `queue` are the filters that a row's page leads back to.

        The worst come first unless the address says otherwise.
        """
        worst_first = WORST_FIRST if marking_of(kind) else None
        super().__init__(marked(rows, kind), order_by=worst_first, **kwargs)
        self.holders = Holders()
        self.marks: Mapping[int, Mark] = {}
        if marking_of(kind) is None:
            for name in MARKS:
                self.columns.hide(name)
        self.around_pk = around_pk(code, queue)
        self.figures: Figures = {}
        if "select" in self.columns:
            self.columns["select"].column.selectable = self.is_tickable
        self.tickable: frozenset[int] = frozenset()
        self.reviewable: frozenset[int] = frozenset()

    def is_tickable(self, filing: Filing) -> bool:
        return filing.pk in self.tickable

    def page_rows(self) -> list[Filing]:
        """The filings of this page; reading them again costs nothing."""
        return [row.record for row in self.paginated_rows]

    def show_figures(self, rows: Sequence[Filing]) -> None:
        """Ask the kind for the figures of what was reported; a column without any disappears."""
        self.figures, self.marks = figures_of(rows), marks_of(rows)
        if "document" in self.columns and not any(mark.document for mark in self.marks.values()):
            self.columns.hide("document")
        labels = figure_labels(rows, self.figures)
        for name, label in zip_longest(FIGURES, labels[: len(FIGURES)]):
            if label:
                self.columns[name].column.verbose_name = label
            else:
                self.columns.hide(name)

    def order_odd(self, rows: QuerySet[Any], is_descending: bool) -> tuple[QuerySet[Any], bool]:  # noqa: FBT001
        """Grave ones count before the others."""
        return in_order_of(rows, GRAVE, ODD, is_descending=is_descending), True

    def order_rise(self, rows: QuerySet[Any], is_descending: bool) -> tuple[QuerySet[Any], bool]:  # noqa: FBT001
        return in_order_of(rows, RISE, is_descending=is_descending), True

    def order_changed(self, rows: QuerySet[Any], is_descending: bool) -> tuple[QuerySet[Any], bool]:  # noqa: FBT001
        return in_order_of(rows, CHANGED, is_descending=is_descending), True

    def render_odd(self, record: Filing) -> SafeString | str:
        return odd_cell(record.odd, record.grave)  # type: ignore[attr-defined]

    def render_worst(self, record: Filing) -> SafeString | str:
        mark = self.marks.get(record.pk)
        return worst_cell(mark.worst) if mark and mark.worst else NOTHING

    def render_rise(self, record: Filing) -> str:
        return percent(record.rise, signed=True)  # type: ignore[attr-defined]

    def render_changed(self, record: Filing) -> str:
        changed = record.changed  # type: ignore[attr-defined]
        return NOTHING if changed is None else f"改 {changed:,} 条"

    def render_document(self, record: Filing) -> SafeString | str:
        mark = self.marks.get(record.pk)
        return pill(*mark.document) if mark and mark.document else NOTHING

    def render_waited(self, record: Filing) -> str:
        days = days_waited(record)
        return NOTHING if days is None else f"{days:,} 天"

    def render_status(self, record: Filing) -> Any:
        return pill(status_text(record), status_tone(record))

    def render_submitted_at(self, value: datetime) -> str:
        """Without this year: at 1024 px it would be cut off."""
        return short_moment(value)

    def render_reviewed_by(self, record: Filing) -> str:
        return self.holders.name(record.reviewed_by, record.reviewed_at)

    render_reviewed_at = render_submitted_at


def odd_cell(odd: int | None, grave: int | None) -> SafeString | str:
    """`3 条`, red where one is grave."""
    if odd is None:
        return NOTHING
    if not odd:
        return "0 条"
    return pill(f"{odd:,} 条", "danger" if grave else "warning")


def worst_cell(worst: str) -> SafeString:
    """One line, cut where it is too long; whole under the pointer."""
    return format_html('<span class="worst" title="{0}">{0}</span>', worst)


class ParticipantTable(ListTable):
    """参加机构 of a published round; `removable` comes once the page is known."""

    caption = "参加机构"
    empty_title = "本地还没有参加机构"
    empty_hint = "可以在“增加机构”中选择要加入的医疗机构。"

    unit = Column(
        verbose_name="机构", accessor="organization__name", order_by=("organization__sort_key",)
    )
    status = Column(verbose_name="状态", order_by=("status", "path"))
    region = Column(
        verbose_name="区划", accessor="organization__division__name", orderable=False, attrs=MINOR
    )
    code = Column(verbose_name="编码", accessor="organization__code", attrs=MINOR)
    grade = Column(verbose_name="等级", accessor="organization__grade", attrs=MINOR)
    submitted_at = MomentColumn(verbose_name="上报时间")
    actions = CellColumn("review/_participant_actions.html", verbose_name="操作", accessor="pk")

    class Meta(ListTable.Meta):
        model = Filing
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, code: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.code = code
        self.removable: frozenset[int] = frozenset()

    def page_rows(self) -> list[Filing]:
        """The filings of this page; reading them again costs nothing."""
        return [row.record for row in self.paginated_rows]

    def render_status(self, record: Filing) -> Any:
        return pill(status_text(record), status_tone(record))


class WithdrawalTable(ListTable):
    """医疗机构撤回处理: what the units directly below have asked."""

    caption = "撤回申请"
    empty_title = "没有撤回申请"
    empty_hint = "下级单位申请撤回后会出现在这里，由本单位同意或驳回。"

    unit = Column(
        verbose_name="机构",
        accessor="filing__organization__name",
        order_by=("filing__organization__sort_key",),
    )
    state = StatusColumn(verbose_name="处理结果", accessor="outcome", order_by=("state",))
    reason = Column(verbose_name="申请原因", orderable=False, attrs={"td": {"class": "wrap"}})
    asked_at = MomentColumn(verbose_name="申请时间")
    asked_by_name = Column(verbose_name="申请人", orderable=False, attrs=MINOR)
    answer = Column(verbose_name="答复", orderable=False, attrs={"td": {"class": "wrap minor"}})
    closed_by_name = Column(verbose_name="处理人", orderable=False, attrs=MINOR)
    closed_at = MomentColumn(verbose_name="处理时间", attrs={"td": {"class": "num minor"}})
    actions = CellColumn("review/_withdrawal_actions.html", verbose_name="操作", accessor="pk")

    def __init__(self, *args: Any, code: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.code = code

    def is_open(self, record: WithdrawalRequest) -> bool:
        return record.closed_at is None


class OverdueTable(ListTable):
    """逾期处理: institutions whose time is over, or that were counted as not reported."""

    caption = "逾期未上报的医疗机构"
    empty_title = "没有需要处理的机构"
    empty_hint = "填报时间结束后仍未上报的医疗机构会出现在这里。"

    select = SelectColumn(name_of=lambda filing: filing.organization.name)
    unit = Column(
        verbose_name="机构", accessor="organization__name", order_by=("organization__sort_key",)
    )
    status = Column(verbose_name="状态", orderable=False)
    above = Column(verbose_name="上级", accessor="parent__organization__name", orderable=False)
    submitted_at = MomentColumn(verbose_name="上次上报", attrs={"td": {"class": "num minor"}})
    correction_deadline = MomentColumn(
        verbose_name="更正截止", attrs={"td": {"class": "num minor"}}
    )
    contact = Column(
        verbose_name="联系人", accessor="organization__contact_name", orderable=False, attrs=MINOR
    )
    phone = PhoneColumn(accessor="organization", attrs=MINOR)
    actions = DetailColumn()

    def __init__(self, *args: Any, code: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.around_pk = around_pk(code, "")
        self.reviewable: frozenset[int] = frozenset()
        self.tickable: frozenset[int] = frozenset()
        self.columns["select"].column.selectable = self.is_tickable

    def is_tickable(self, filing: Filing) -> bool:
        return filing.pk in self.tickable

    def render_status(self, record: Filing) -> Any:
        return pill(status_text(record), status_tone(record))

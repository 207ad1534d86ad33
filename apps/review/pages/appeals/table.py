"""The table of appeals."""

from apps.review.models import Appeal
from apps.ui.tables import CellColumn, Column, ListTable, MomentColumn, StatusColumn

WRAP = {"td": {"class": "wrap"}}
MINOR = {"td": {"class": "minor"}}


class AppealTable(ListTable):
    """申诉 of a round, as far as the reader sees them."""

    caption = "申诉"
    empty_title = "没有申诉"
    empty_hint = "医疗机构和生产企业对审核、数量、退回、指定提出的申诉会列在这里。"

    appellant = Column(
        verbose_name="申诉方", order_by=("filing__organization__sort_key", "enterprise__sort_key")
    )
    title = Column(verbose_name="申诉对象", attrs=WRAP)
    about = Column(verbose_name="申诉事项")
    state = StatusColumn(verbose_name="处理结果", accessor="outcome", order_by=("state",))
    asked_at = MomentColumn(verbose_name="申诉时间")
    due_at = MomentColumn(verbose_name="答复期限")
    answerer_name = Column(verbose_name="答复单位", orderable=False)
    text = Column(verbose_name="申诉内容", orderable=False, attrs={"td": {"class": "wrap minor"}})
    answer = Column(verbose_name="答复", orderable=False, attrs={"td": {"class": "wrap minor"}})
    correction = Column(verbose_name="更正", orderable=False, attrs=MINOR)
    closed_by_name = Column(verbose_name="处理人", orderable=False, attrs=MINOR)
    closed_at = MomentColumn(verbose_name="处理时间", attrs={"td": {"class": "num minor"}})
    actions = CellColumn("review/_appeal_actions.html", verbose_name="操作", accessor="pk")

    class Meta(ListTable.Meta):
        model = Appeal
        fields: tuple[str, ...] = ()

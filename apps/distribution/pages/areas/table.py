"""What distributors say about where they deliver, as their province sees it (S4-43)."""

from apps.ui.tables import CellColumn, Column, ListTable


class AreaTable(ListTable):
    """One row per issued distributor of the province."""

    rows_per_page = 10
    caption = "配送企业的配送区域"
    empty_title = "还没有已发放的配送企业"
    empty_hint = "在“配送企业管理”中添加并发放账号后，企业自行维护配送区域。"

    name = Column(
        verbose_name="配送企业名称",
        accessor="enterprise__name",
        order_by=("enterprise__sort_key",),
    )
    username = Column(verbose_name="配送企业用户名", accessor="user__username")
    areas = CellColumn(
        "distribution/_areas.html", verbose_name="配送区域", accessor="pk",
        attrs={"td": {"class": "wrap"}},
    )  # fmt: skip
    count = Column(verbose_name="区域数", accessor="area_count", attrs={"td": {"class": "num end"}})
    actions = CellColumn("distribution/_area_actions.html", verbose_name="操作", accessor="pk")

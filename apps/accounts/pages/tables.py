"""Tables of the account lists."""

from collections.abc import Mapping, Sequence
from typing import Any

from apps.accounts.domain.reads import reaches
from apps.accounts.domain.statuses import AccountStatus, status_of
from apps.accounts.domain.usernames import username_of
from apps.accounts.models import User
from apps.accounts.models.roles import Permission
from apps.accounts.pages.phones import PhoneColumn
from apps.organizations.models import Organization
from apps.ui.tables import (
    CellColumn,
    Column,
    ListTable,
    MomentColumn,
    SelectColumn,
    StatusColumn,
)


class AccountTable(ListTable):
    """What every list of accounts shows; `locked` are the folded usernames shut now."""

    def __init__(self, *args: Any, locked: frozenset[str], **kwargs: Any) -> None:
        self.locked = locked
        super().__init__(*args, **kwargs)

    def value_status(self, record: User) -> AccountStatus:
        return status_of(record, self.locked)


class AccountStatusColumn(StatusColumn):
    """The status, which the table derives."""

    def render(self, record: User, table: AccountTable) -> Any:  # type: ignore[override]
        return super().render(table.value_status(record))


class ReachColumn(CellColumn):
    """A cell that gets as `value` whether the account is in the viewer's reach."""

    def render(self, record: User, table: "SubordinateTable", **kwargs: Any) -> str:  # type: ignore[override]
        kwargs["value"] = reaches(table.viewer, record)
        return super().render(record=record, table=table, **kwargs)


class SubordinateTable(AccountTable):
    """密码重置: the accounts of the subtree; `viewer` is who looks."""

    caption = "下级账号"
    empty_title = "还没有下级账号"
    empty_hint = "下级单位的账号由省医保或联采办在“账号发放”中发放。"

    select = SelectColumn(name_of=lambda account: account.username)
    unit = CellColumn(
        "accounts/_unit.html",
        verbose_name="单位",
        accessor="pk",
        orderable=True,
        order_by=("organization__sort_key", "enterprise__sort_key"),
    )
    username = Column(verbose_name="用户名")
    role = Column(verbose_name="角色")
    name = Column(verbose_name="姓名")
    status = AccountStatusColumn(verbose_name="状态", accessor="is_active", orderable=False)
    last_login = MomentColumn(verbose_name="最后登录时间")
    actions = ReachColumn(
        "accounts/_subordinate_actions.html",
        verbose_name="操作",
        accessor="pk",
        extra_context={"family": "accounts:subordinate", "may_edit": False},
    )

    def __init__(self, *args: Any, viewer: User, **kwargs: Any) -> None:
        self.viewer = viewer
        super().__init__(*args, **kwargs)

    def render_name(self, record: User) -> str:
        return f"{record.name or '—'}（子账号）" if record.parent_account_id else record.name


class SubAccountTable(AccountTable):
    """子用户管理: a main account's own sub-accounts."""

    caption = "子账号"
    empty_title = "还没有子账号"
    empty_hint = "经办人较多时，可以为每个人新增一个子账号，只给需要的权限。"

    username = Column(verbose_name="用户名")
    name = Column(verbose_name="姓名")
    phone = Column(verbose_name="手机", orderable=False)
    permission_subset = Column(verbose_name="权限", orderable=False)
    limited_to_projects = Column(
        verbose_name="项目范围", orderable=False, attrs={"td": {"class": "wrap"}}
    )
    status = AccountStatusColumn(verbose_name="状态", accessor="is_active", orderable=False)
    last_login = MomentColumn(verbose_name="最后登录时间")
    actions = CellColumn(
        "accounts/_account_actions.html",
        verbose_name="操作",
        accessor="pk",
        extra_context={"family": "accounts:sub_account", "may_edit": True, "may_switch": True},
    )

    def render_permission_subset(self, value: list[str]) -> str:
        return "、".join(label for code, label in Permission.choices if code in value)

    def __init__(self, *args: Any, projects: Mapping[int, Sequence[str]], **kwargs: Any) -> None:
        """`projects`: by account, what it is limited to."""
        self.projects = projects
        super().__init__(*args, **kwargs)

    def render_limited_to_projects(self, value: bool, record: User) -> str:  # noqa: FBT001
        if not value:
            return "全部"
        return f"仅限：{'、'.join(self.projects.get(record.pk, ())) or '没有项目'}"


class TokenTable(ListTable):
    """下级接口令牌: that they are and when they were used, and ending them."""

    caption = "下级接口令牌"
    empty_title = "没有正在使用的令牌"
    empty_hint = "下级单位的账号和本单位的子账号生成了接口令牌时，在这里列出。"

    unit = CellColumn("accounts/_token_unit.html", verbose_name="单位", accessor="pk")
    username = Column(verbose_name="用户名", accessor="account__username", orderable=False)
    name = Column(verbose_name="令牌", orderable=False)
    created_at = MomentColumn(verbose_name="生成时间")
    expires_at = MomentColumn(verbose_name="到期时间")
    last_used_at = MomentColumn(verbose_name="最近使用时间")
    actions = CellColumn("accounts/_token_end.html", verbose_name="操作", accessor="pk")


class IssuableUnitTable(ListTable):
    """账号发放: units without an account, with the username that the rule will give."""

    caption = "尚未发放账号的单位"
    empty_title = "所有单位都已发放账号"
    empty_hint = "新增单位请到“机构管理”添加或导入。"

    select = SelectColumn()
    name = CellColumn(
        "accounts/_issuable_unit.html", verbose_name="单位", orderable=True, order_by=("sort_key",)
    )
    tier = Column(verbose_name="级别")
    parent = Column(verbose_name="上级单位", order_by=("parent__sort_key",))
    username = Column(verbose_name="将发放的用户名", accessor="code", orderable=False)
    contact_name = Column(verbose_name="联系人", orderable=False)
    phone = PhoneColumn()
    actions = CellColumn("accounts/_issue_action.html", verbose_name="操作", accessor="pk")

    def render_username(self, record: Organization) -> str:
        return username_of(record)


class IssuableEnterpriseTable(ListTable):
    """账号发放: winners without a manufacturer's account."""

    caption = "尚未发放账号的中选企业"
    empty_title = "所有中选企业都已发放账号"
    empty_hint = "这里只列出中选企业；其他生产企业请用“导入生产企业并发放账号”。"

    select = SelectColumn()
    name = Column(verbose_name="企业名称", order_by=("sort_key",))
    uscc = Column(verbose_name="统一社会信用代码（用户名）")
    actions = CellColumn("accounts/_issue_action.html", verbose_name="操作", accessor="pk")

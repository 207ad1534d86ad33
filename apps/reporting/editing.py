"""Holding an institution's filing for a write: branch locked, editable at the request's arrival, actor its filer."""

from datetime import datetime

from apps.accounts.actors import Actor
from apps.accounts.roles import Permission
from apps.projects.models import Project
from apps.review.labels import status_text
from apps.review.locks import Branch, lock_branch
from apps.review.models import Filing
from apps.review.queries import is_editable
from apps.review.statuses import EDITABLE

from .refusals import NotEditable


def hold_filing(
    filing: Filing, *, project: Project, by: Actor, at: datetime | None = None
) -> Filing:
    """Lock the filing and its branch. `at` is when the request arrived: it decides, not how long it waited.

    Raises `NotEditable`.
    """
    branch = lock_branch([filing])
    if not branch.filings or not _is_filer(branch.filings[0], by):
        raise NotEditable("只有本机构可以填写自己的采购需求。")
    if branch.filings[0].maintained and by.on_behalf_of is None:
        raise NotEditable("本省由省医保代为填报，本单位只能查看。")
    if not by.may(Permission.MAINTAIN):
        raise NotEditable("您的账号没有“维护”权限，不能填写采购需求。")
    (held,) = branch.filings
    if not is_editable(project, held, branch=branch, at=at):
        raise NotEditable(why_not_editable(held, branch))
    return held


def why_not_editable(filing: Filing, branch: Branch) -> str:
    """The sentence for a filing that can't be changed now."""
    if filing.state not in EDITABLE:
        return f"本单位的报量当前为“{status_text(filing)}”，不能修改。"
    if branch.is_frozen(filing):
        return "上级已提交，数据已锁定；需要修改时请由上级退回。"
    return "现在不在填报时间内，不能修改。"


def _is_filer(filing: Filing, by: Actor) -> bool:
    """The unit itself, or one above it that acts for it (上级代办)."""
    if by.organization is None or not filing.path.startswith(by.organization.path):
        return False
    place = by.on_behalf_of or by.organization
    return place.pk == filing.organization_id

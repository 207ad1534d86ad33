"""Holding an institution's filing for a write: branch locked, editable at the request's arrival, actor its filer."""

from datetime import datetime
from typing import Any

from apps.accounts.actors import Actor
from apps.accounts.roles import Permission
from apps.projects.models import Project
from apps.projects.timings import TimingAsk
from apps.review.editing import is_filer, why_not_editable
from apps.review.locks import lock_branch
from apps.review.models import Filing
from apps.review.queries import is_editable
from apps.scope.together import Ask

from .refusals import NotEditable


def hold_filing(
    filing: Filing,
    *along: Ask[Any],
    project: Project,
    by: Actor,
    at: datetime | None = None,
) -> Filing:
    """Lock the filing and its branch; `along` is read under the lock.

    `at` is when the request arrived: it decides, not how long it waited.

    Raises `NotEditable`.
    """
    windows = TimingAsk(project.pk, filing)
    branch = lock_branch([filing], windows.ask, *along)
    if not branch.filings or not is_filer(branch.filings[0], by):
        raise NotEditable("只有本机构可以填写自己的采购需求。")
    if branch.filings[0].maintained and by.on_behalf_of is None:
        raise NotEditable("本省由省医保代为填报，本单位只能查看。")
    if not by.may(Permission.MAINTAIN):
        raise NotEditable("您的账号没有“维护”权限，不能填写采购需求。")
    (held,) = branch.filings
    if not is_editable(project, held, branch=branch, at=at, windows=windows):
        raise NotEditable(why_not_editable(held, branch, "报量"))
    return held

"""Holding an institution's filing for a write, and the one answer to "may this be edited" for pages and services.

Invariants: whoever writes below a filing holds its branch; what a person sent is judged by when it arrived, however
long it waited for the lock; a page that offers a change and the service that carries it out ask the same question.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from apps.accounts.domain.actors import Actor
from apps.accounts.models.roles import Permission
from apps.projects.domain.windows.timings import TimingAsk, timings_for
from apps.projects.models import Project
from apps.projects.models.windows import Timing
from apps.review.domain.labels import status_text
from apps.review.domain.locks import Branch, lock_branch, lock_own, read_branch
from apps.review.domain.mandates.using import fill_under_mandate
from apps.review.domain.refusals import NotEditable
from apps.review.models import Filing
from apps.review.models.statuses import EDITABLE
from apps.scope.database import Ask


@dataclass(frozen=True, slots=True)
class Filling:
    """What an institution fills in, in the words of its refusals, and the right that it takes.

    `acting`: the right of a tier above that does it for the unit (上级代办).
    """

    name: str
    doing: str
    strangers: str
    right: Permission = Permission.MAINTAIN
    acting: Permission = Permission.MAINTAIN


@dataclass(frozen=True, slots=True)
class Editability:
    """Whether lines below a filing may be saved; `sentence` says why not and what would help."""

    ok: bool
    sentence: str = ""

    def __bool__(self) -> bool:
        return self.ok


EDITABLE_NOW = Editability(ok=True)


def hold(
    filing: Filing,
    *along: Ask[Any],
    project: Project,
    by: Actor,
    work: Filling,
) -> Filing:
    """Lock the filing and its branch; `along` is read under the lock, in the same trip. Raises `NotEditable`."""
    windows = TimingAsk.of(project.pk, filing)
    branch = lock_branch([filing], windows.ask, *along)
    return require_editable(branch, windows, project, by=by, work=work)


def hold_own(
    code: str,
    *along: Ask[Any],
    kinds: Collection[str],
    by: Actor,
    work: Filling,
) -> Filing:
    """The same of the own filing in the project of this code, which is looked for in the trip that locks it.

    Raises `Filing.DoesNotExist` where the unit is no institution with such a filing, `NotEditable`.
    """
    branch, windows = lock_own_filing(code, *along, kinds=kinds, by=by)
    return require_editable(branch, windows, branch.filings[0].project, by=by, work=work)


def lock_own_filing(
    code: str, *along: Ask[Any], kinds: Collection[str], by: Actor
) -> tuple[Branch, TimingAsk]:
    """The locked branch of the own filing, with its windows."""
    if by.organization is None:
        raise Filing.DoesNotExist
    windows = TimingAsk.within(code, by.organization)
    branch = lock_own(code, by.organization, windows.ask, *along)
    own = next(iter(branch.filings), None)
    if own is None or not own.is_institution or own.kind not in kinds:
        raise Filing.DoesNotExist
    return branch, windows


def require_editable(
    branch: Branch, windows: TimingAsk, project: Project, *, by: Actor, work: Filling
) -> Filing:
    """The one filing of a locked branch, if this person may fill it in now. Raises `NotEditable`."""
    if not branch.filings or not is_filer(branch.filings[0], by):
        raise NotEditable(work.strangers)
    (held,) = branch.filings
    if held.maintained and by.on_behalf_of is None:
        raise NotEditable("本省由省医保代为填报，本单位只能查看。")
    right = work.acting if by.on_behalf_of else work.right
    if not by.may(right):
        raise NotEditable(f"您的账号没有“{right.label}”权限，不能{work.doing}。")
    timing = None if held.maintained else windows.timing(held.project_id, held)
    allowed = editability(project, held, work.name, branch=branch, timing=timing, at=by.moment)
    if not allowed:
        raise NotEditable(allowed.sentence)
    if by.mandate is not None:
        fill_under_mandate(by)
    return held


def editability(
    project: Project,
    filing: Filing,
    work: str,
    *,
    at: datetime,
    branch: Branch | None = None,
    timing: Timing | None = None,
) -> Editability:
    """By the filing's own status, its branch and its time; `work` is what the unit fills in (报量, 分量).

    Where the province fills in, the time is the province's. Whoever holds the branch or has read the timing hands
    them in; pages leave both to be read.
    """
    branch = branch or read_branch([filing])
    if sentence := why_locked(filing, branch, work):
        return Editability(ok=False, sentence=sentence)
    if _is_open(project, filing, branch, timing, at):
        return EDITABLE_NOW
    return Editability(ok=False, sentence="现在不在填报时间内，不能修改。")


def why_locked(filing: Filing, branch: Branch, work: str) -> str:
    """What holds a filing whatever the time: its own status, or a tier above that has submitted; else empty."""
    if filing.state not in EDITABLE:
        return f"本单位的{work}当前为“{status_text(filing)}”，不能修改。"
    if branch.is_frozen(filing):
        return "上级已提交，数据已锁定；需要修改时请由上级退回。"
    return ""


def locked_among(filings: Sequence[Filing], branch: Branch) -> list[Filing]:
    """The filings that their status or a tier above holds."""
    return [filing for filing in filings if why_locked(filing, branch, "")]


def _is_open(
    project: Project, filing: Filing, branch: Branch, timing: Timing | None, at: datetime
) -> bool:
    if not filing.maintained:
        timing = timing or timing_of(project, filing)
        return timing.is_open_or_before_deadline(at)
    (above,) = timings_for(project, branch.above(filing)[-1:])
    return above.national is None or above.is_open_or_before_deadline(at)


def timing_of(project: Project, filing: Filing) -> Timing:
    (timing,) = timings_for(project, [filing])
    return timing


def is_filer(filing: Filing, by: Actor) -> bool:
    """The unit itself, or one above it that acts for it (上级代办)."""
    if by.organization is None or not filing.path.startswith(by.organization.path):
        return False
    place = by.on_behalf_of or by.organization
    return place.pk == filing.organization_id

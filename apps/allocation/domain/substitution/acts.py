"""系统代分: the alliance allots for institutions that did not report in time, and takes it back (rules §3a.11).

Invariants: a batch of institutions is planned, written, reserved and submitted in one transaction, or nothing of it is;
how everything stood before is kept with the plan that replaced it, and put back whole; the number of statements is the
same for any number of institutions.
Locks as everywhere: the branches first, then the pools by id; what is left is read under them.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.allocation.domain.refusals import NothingToSubstitute
from apps.allocation.domain.slots.capacity import lock_pools, reserve
from apps.allocation.domain.substitution import sql
from apps.allocation.domain.substitution.missing import missing_of, undoable
from apps.allocation.domain.substitution.planning import RowPlan, plan_rows
from apps.allocation.domain.substitution.reading import load_offers, load_rows
from apps.allocation.models import Slot
from apps.notices.messages import Letter, send_letters
from apps.notices.models import MessageKind
from apps.projects.models import Project
from apps.review.domain.checks import check_alliance
from apps.review.domain.locks import lock_branch
from apps.review.domain.performing import perform
from apps.review.domain.returning import return_packages
from apps.review.domain.standing import situations
from apps.review.domain.why.obstacles import refusal
from apps.review.models import Filing
from apps.review.models.statuses import Action


def write_plan(filings: Sequence[Filing], plans: Sequence[RowPlan], *, by: Actor) -> None:
    """Lines, states and confirmations of locked drafts; what they take is reserved last. Seven statements."""
    user = by.user.pk if by.user else None
    ids = [filing.pk for filing in filings]
    sql.remember(ids)
    lines = [(plan.row.pk, line) for plan in plans for line in plan.lines]
    sql.write_lines(
        [
            sql.SavedLine(row, line.slot.value, line.product_id, line.contract, line.reserved)
            for row, line in lines
        ]
    )
    sql.write_rows([_placed(plan) for plan in plans], user=user)
    sql.confirm_selected(ids, user=user)
    changes: Counter[int] = Counter()
    for _, line in lines:
        changes[line.product_id] += line.reserved - line.before
    reserve(changes)


def _placed(plan: RowPlan) -> sql.Placed:
    return sql.Placed(
        row=plan.row.pk,
        lowest=plan.states[Slot.LOWEST].value,
        highest=plan.states[Slot.HIGHEST].value,
        other=plan.states[Slot.OTHER].value,
        moved_lowest=plan.moved[Slot.LOWEST],
        moved_highest=plan.moved[Slot.HIGHEST],
        unplaced=plan.unplaced,
    )


def put_back(filings: Sequence[Filing]) -> None:
    """Rows, lines and reservations exactly as they stood before. Raises `CapacityExceeded` if others took it."""
    which = [filing.pk for filing in filings]
    differences = sql.differences(which)
    sql.put_back(which)
    reserve(differences)


BATCH = 200
"""Institutions of one transaction: their pools are locked until it ends."""
RETURNED = "联采办系统代分：未上报的医疗机构由系统代为分量，请重新审核并提交。"
Progress = Callable[[int, int], None]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Substituted:
    """What was done: institutions, their rows, and rows of which something could not be placed."""

    institutions: int = 0
    rows: int = 0
    unplaced: int = 0
    returned: int = 0

    def __add__(self, other: "Substituted") -> "Substituted":
        return Substituted(
            self.institutions + other.institutions,
            self.rows + other.rows,
            self.unplaced + other.unplaced,
            self.returned + other.returned,
        )

    @property
    def sentence(self) -> str:
        """What the person is told."""
        returned = f"，先退回了 {self.returned} 个上级单位的提交" if self.returned else ""
        short = f"；其中 {self.unplaced:,} 项因产能不足有未能分配的数量" if self.unplaced else ""
        return f"已为 {self.institutions:,} 家医疗机构系统代分 {self.rows:,} 项{returned}{short}。"


def substitute_missing(
    *,
    project: Project,
    by: Actor,
    deadline: datetime | None = None,
    among: Collection[int] | None = None,
    progress: Progress = lambda _done, _total: None,
) -> Substituted:
    """系统代分 for everybody who never reported and whose time is over, batch by batch.

    Packages of bureaus that lock them are returned first, with this correction deadline. `among` are the filings,
    packages too, that a page showed: no other is touched. May be run again: who has reported meanwhile, or is done
    already, is left alone. Raises `NothingToSubstitute`, or a `ReviewRefused`.
    """
    check_alliance(by)
    missing = missing_of(project, at=timezone.now())
    if among is not None:
        missing = missing.among(frozenset(among))
    if not missing.count:
        raise NothingToSubstitute("没有需要系统代分的医疗机构：都已上报，或填报时间还没有结束。")
    return_packages(missing.packages, by=by, reason=RETURNED, deadline=deadline)
    done = Substituted(returned=len(missing.packages))
    ids = list(missing.over.values_list("pk", flat=True))
    for batch in _batches(ids):
        filings = Filing.objects.filter(pk__in=batch).order_by("path")
        done += substitute(project=project, filings=list(filings), by=by)
        progress(done.institutions, len(ids))
    return done


@transaction.atomic
def substitute(*, project: Project, filings: Sequence[Filing], by: Actor) -> Substituted:
    """系统代分 for these, as far as they still need it. Constant statements. Raises a `ReviewRefused`."""
    check_alliance(by)
    branch = lock_branch(filings)
    facing = zip(
        branch.filings, situations(project, branch.filings, branch, timezone.now()), strict=True
    )
    fitting = [row for row, stand in facing if not refusal(Action.SUBSTITUTE, stand, project)]
    if not fitting:
        return Substituted()
    plans = _planned(project, fitting)
    write_plan(fitting, plans, by=by)
    perform(fitting, Action.SUBSTITUTE, by=by)
    tell_substituted(project, fitting, by=by)
    return Substituted(len(fitting), len(plans), sum(plan.unplaced > 0 for plan in plans))


def _planned(project: Project, filings: Sequence[Filing]) -> list[RowPlan]:
    """The plan under the locks of every pool that it may take from."""
    rows = load_rows(filings)
    places, _ = load_offers(project)
    wanted = {row.place for row in rows if not row.is_confirmed}
    products = {offer.product_id for place in wanted for offer in places[place].offers}
    return list(plan_rows(rows, places, lock_pools(sorted(products))))


@transaction.atomic
def undo_substitution(*, project: Project, filings: Sequence[Filing], by: Actor) -> int:
    """撤销代分: everything as it stood before, reservations included; returns the number of institutions.

    Raises a `ReviewRefused`: `CapacityExceeded` where others took what an institution had reserved before.
    """
    check_alliance(by)
    undone = perform(filings, Action.UNDO_SUBSTITUTE, by=by)
    put_back(undone)
    tell_undone(project, undone, by=by)
    return len(undone)


def undo_all(
    *,
    project: Project,
    by: Actor,
    among: Collection[int] | None = None,
    progress: Progress = lambda _done, _total: None,
) -> int:
    """撤销代分 for everybody (`among` these filings) whose 代分 was not yet approved or returned, batch by batch."""
    check_alliance(by)
    rows = undoable(project)
    if among is not None:
        rows = rows.filter(pk__in=among)
    ids = list(rows.order_by("path").values_list("pk", flat=True))
    done = 0
    for batch in _batches(ids):
        filings = Filing.objects.filter(pk__in=batch).order_by("path")
        done += undo_substitution(project=project, filings=list(filings), by=by)
        progress(done, len(ids))
    return done


def _batches(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(rows), BATCH):
        yield rows[start : start + BATCH]


def tell_substituted(project: Project, filings: Sequence[Filing], *, by: Actor) -> None:
    title = f"“{project.name}”已系统代分"
    body = (
        f"您单位没有在规定时间内上报“{project.name}”，联采办已按规则由系统代为分量并上报，请查看各品规的分量结果；"
        "有疑问请联系上级审核单位。"
    )
    _tell(project, filings, title, body, by=by)


def tell_undone(project: Project, filings: Sequence[Filing], *, by: Actor) -> None:
    title = f"“{project.name}”的系统代分已撤销"
    body = f"联采办撤销了您单位在“{project.name}”的系统代分，各品规已恢复到代分之前的内容。"
    _tell(project, filings, title, body, by=by)


def _tell(project: Project, filings: Sequence[Filing], title: str, body: str, *, by: Actor) -> None:
    url = reverse("allocation:pending_list", args=[project.code])
    letters = [Letter(filing.path, title, body, url, project.pk) for filing in filings]
    send_letters(letters, kind=MessageKind.SUBSTITUTION, by=by)

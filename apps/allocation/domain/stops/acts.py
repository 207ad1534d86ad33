"""取消中选, 暂停, and the way back from each: the alliance's acts, each all of it or nothing.

Invariants: what is written is what the preview showed, or nothing; a 取消中选 is taken back only while every
institution stands exactly as it left it. Locks: the project, filings by path, capacity pools last of all.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.allocation.domain.refusals import AllocationRefused
from apps.allocation.domain.slots.capacity import lock_pools
from apps.allocation.domain.stops import messages, sql, writing
from apps.allocation.domain.stops.followers import Moved, tell_followers
from apps.allocation.domain.stops.market import group_of, planned
from apps.allocation.domain.stops.planning import Choice, StopPlan
from apps.allocation.domain.stops.wording import event_words, name_of, sentence_of
from apps.allocation.domain.totals import renew_totals
from apps.allocation.models import (
    CapacityPool,
    ProductStop,
    StopAct,
    Stopped,
    StopShare,
    SupplyTotal,
)
from apps.audit.services import record
from apps.projects.domain.corrections.acts import Paper
from apps.projects.domain.refusals import locked
from apps.projects.models import Project, ProjectKind
from apps.review.domain.checks import check_alliance
from apps.review.domain.events import note_events
from apps.review.domain.locks import lock_branch
from apps.review.domain.refusals import ReasonMissing
from apps.review.models import STOP_UNDONE, STOPPED, Filing
from apps.scope.paths import ROOT

Progress = Callable[[int, int, str], None]
STEPS = 5
NOTHING_ELSE = "“{name}”已取消中选，不能再{act}。"
SUSPENDED = "“{name}”已暂停，请先解除暂停，或直接取消中选。"
NOT_THERE = "这个中选产品不在本项目中，或项目尚未发布，请刷新页面后重试。"
ANOTHER = "替补产品须是同一产品组中没有停止供应的其他中选产品，请重新选择。"
MOVED = "预览之后数据有变化（有机构保存、上报，或产能有变动），没有改动任何数据。请重新预览，核对后再办理。"
ENDED = "这一项已经结束，没有重复办理。"
CONFIRMED = "{name}等 {count:,} 家机构已重新确认或改动了数量，不能再撤销。"
NO_REASON, NO_PAPER = "请填写原因。", "请上传所依据的文件。"


@dataclass(frozen=True, slots=True)
class StopWanted:
    """What is stopped, from which day, why and on what ground. `digest` is that of the plan that the page showed."""

    act: StopAct
    product_id: int
    from_date: date
    reason: str
    paper: Paper | None
    replacement_id: int | None = None
    digest: str = ""

    @property
    def choice(self) -> Choice:
        return Choice(self.product_id, self.replacement_id)

    @property
    def packed(self) -> dict[str, Any]:
        """For a job."""
        return {
            "act": self.act.value,
            "product_id": self.product_id,
            "from_date": self.from_date.isoformat(),
            "reason": self.reason,
            "paper": [self.paper.stored, self.paper.name] if self.paper else None,
            "replacement_id": self.replacement_id,
            "digest": self.digest,
        }

    @classmethod
    def unpacked(cls, told: Mapping[str, Any]) -> "StopWanted":
        return cls(
            act=StopAct(told["act"]),
            product_id=told["product_id"],
            from_date=date.fromisoformat(told["from_date"]),
            reason=told["reason"],
            paper=Paper(*told["paper"]) if told["paper"] else None,
            replacement_id=told["replacement_id"],
            digest=told["digest"],
        )


@transaction.atomic
def stop_product(
    *,
    project: Project,
    wanted: StopWanted,
    by: Actor,
    progress: Progress = lambda _done, _total, _words: None,
) -> ProductStop:
    """取消中选 or 暂停; one line in the log, a message to everybody touched.

    Raises an `AllocationRefused` or a `ReviewRefused`; then nothing was written.
    """
    check_alliance(by)
    _check_ground(wanted)
    project = locked(project)
    pool = pool_of(project, wanted.product_id)
    check_stoppable(pool, wanted)
    plan = StopPlan(wanted.product_id, ())
    if wanted.act == StopAct.CANCEL:
        progress(0, STEPS, "正在锁定涉及的申报单")
        plan = _planned_under_locks(project, pool, wanted)
    made = _kept(project, wanted, plan, by=by)
    if plan.lines:
        progress(1, STEPS, "正在重新分配")
        writing.write_plan(made, plan, counts_kept=project.capacity_counts_confirmed)
    _note(made, plan.filings, by=by)
    writing.set_state(project, wanted.product_id)
    progress(2, STEPS, "正在更新汇总")
    _follow(project, made, by=by)
    progress(3, STEPS, "正在通知")
    messages.tell_stopped(made, plan.filings, by=by)
    _record(made, pool, by=by)
    progress(STEPS, STEPS, "已完成")
    return made


def pool_of(project: Project, product: int) -> CapacityPool:
    """Raises `AllocationRefused`."""
    pools = CapacityPool.objects.of_project(project).with_offer()
    pool: CapacityPool | None = pools.filter(product=product).first()
    if pool is None or project.kind != ProjectKind.ALLOCATION:
        raise AllocationRefused(NOT_THERE)
    return pool


def check_stoppable(pool: CapacityPool, wanted: StopWanted) -> None:
    """Whether it may be stopped, and by whom it may be replaced. Raises `AllocationRefused`."""
    if pool.stopped == Stopped.CANCELLED:
        raise AllocationRefused(NOTHING_ELSE.format(name=name_of(pool), act=wanted.act.label))
    if pool.stopped == Stopped.SUSPENDED and wanted.act == StopAct.SUSPEND:
        raise AllocationRefused(SUSPENDED.format(name=name_of(pool)))
    if wanted.replacement_id is None:
        return
    if not replacements(pool).filter(product=wanted.replacement_id).exists():
        raise AllocationRefused(ANOTHER)


def replacements(pool: CapacityPool) -> Any:
    """The other products of its group that are supplied."""
    group = pool.product.item.product_group
    rows = CapacityPool.objects.of_project(pool.project).with_offer()
    return rows.filter(product__item__product_group=group, stopped=Stopped.NOT).exclude(pk=pool.pk)


def _check_ground(wanted: StopWanted) -> None:
    if not wanted.reason.strip():
        raise ReasonMissing(NO_REASON)
    if wanted.paper is None:
        raise ReasonMissing(NO_PAPER)


def _planned_under_locks(project: Project, pool: CapacityPool, wanted: StopWanted) -> StopPlan:
    """The plan under all its locks, the pools' before anything is read: who was quicker is in it.

    Raises `AllocationRefused` if it is another than was shown.
    """
    filings = _of_lines(wanted.product_id)
    held = {filing.pk for filing in lock_branch(filings).filings}
    plan = planned(project, wanted.choice, lock_pools(group_of(pool)))
    if (wanted.digest and plan.digest != wanted.digest) or not held.issuperset(plan.filings):
        raise AllocationRefused(MOVED)
    return plan


def _of_lines(product: int) -> list[Filing]:
    ids = {line.filing for line in sql.lines_of(product)}
    return list(Filing.objects.filter(pk__in=ids).order_by("path"))


def _kept(project: Project, wanted: StopWanted, plan: StopPlan, *, by: Actor) -> ProductStop:
    """The act itself, from which on its rows may move in this transaction."""
    paper = wanted.paper or Paper("", "")
    made: ProductStop = ProductStop.objects.create(
        project=project,
        number=_next(project),
        product_id=wanted.product_id,
        act=wanted.act,
        from_date=wanted.from_date,
        replacement_id=wanted.replacement_id,
        reason=wanted.reason.strip(),
        filings=len(plan.filings),
        lines=len(plan.lines),
        kept=sum(line.contract for line in plan.lines if line.is_kept),
        contract=sum(line.contract for line in plan.lines if not line.is_kept),
        unplaced=plan.unplaced,
        file=paper.stored,
        file_name=paper.name[:150],
        by=by.user,
        by_name=by.name,
    )
    return made


def _note(made: ProductStop, filings: Iterable[int], *, by: Actor) -> None:
    """One event for each institution that is touched, in the chain of its filing; the filings are locked."""
    touched = list(Filing.objects.among(filings).order_by("path"))
    kind = STOP_UNDONE if made.act == StopAct.UNDO else STOPPED
    if touched:
        note_events(touched, kind=kind, by=by, reason=event_words(made), at=timezone.now())


def _next(project: Project) -> int:
    last = ProductStop.objects.of_project(project).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def _follow(project: Project, made: ProductStop, *, by: Actor) -> None:
    """Totals of what is reported, then whatever rests on them: pairs whose quantity is another than before."""
    shares = StopShare.objects.filter(stop__in=[made.pk, made.ends_id or made.pk])
    filings = list(Filing.objects.filter(pk__in=shares.values("filing")))
    before = _quantities(filings)
    renew_totals(project, filings)
    after = _quantities(filings)
    changed = [
        place for place in before.keys() | after.keys() if before.get(place) != after.get(place)
    ]
    tell_followers(Moved(made, changed), by=by)


def _quantities(filings: list[Filing]) -> dict[tuple[int, int], int]:
    rows = SupplyTotal.objects.filter(filing__in=[filing.pk for filing in filings])
    return {
        (filing, product): n
        for filing, product, n in rows.values_list("filing_id", "product_id", "quantity")
    }


@transaction.atomic
def end_stop(
    *,
    project: Project,
    stop: ProductStop,
    reason: str,
    by: Actor,
    progress: Progress = lambda _done, _total, _words: None,
) -> ProductStop:
    """撤销取消中选, everything as it stood before, or 解除暂停; one line in the log.

    Raises `AllocationRefused` once an institution confirmed or changed anything, `CapacityExceeded` where others took
    what was reserved.
    """
    check_alliance(by)
    if not reason.strip():
        raise ReasonMissing(NO_REASON)
    project = locked(project)
    held = ProductStop.objects.of_project(project).in_force().filter(pk=stop.pk).first()
    if held is None:
        raise AllocationRefused(ENDED)
    pool, is_cancel = pool_of(project, held.product_id), held.act == StopAct.CANCEL
    progress(0, STEPS, "正在锁定涉及的申报单")
    if is_cancel:
        _check_untouched(held)
    made = _ending(project, held, reason, by=by)
    if is_cancel:
        progress(1, STEPS, "正在恢复")
        writing.put_back(held, counts_kept=project.capacity_counts_confirmed)
        shares = StopShare.objects.filter(stop=held)
        _note(made, shares.values_list("filing", flat=True), by=by)
        progress(2, STEPS, "正在更新汇总")
        _follow(project, made, by=by)
    writing.set_state(project, held.product_id)
    messages.tell_ended(made, by=by)
    _record(made, pool, by=by)
    progress(STEPS, STEPS, "已完成")
    return made


def _ending(project: Project, held: ProductStop, reason: str, *, by: Actor) -> ProductStop:
    made: ProductStop = ProductStop.objects.create(
        project=project,
        number=_next(project),
        product_id=held.product_id,
        act=StopAct.UNDO if held.act == StopAct.CANCEL else StopAct.LIFT,
        ends=held,
        from_date=timezone.localdate(),
        reason=reason.strip()[:300],
        filings=held.filings,
        lines=held.lines,
        kept=held.kept,
        contract=held.contract,
        by=by.user,
        by_name=by.name,
    )
    return made


def _check_untouched(stop: ProductStop) -> None:
    """Its filings locked: who confirms waits, or has confirmed."""
    shares = StopShare.objects.filter(stop=stop)
    lock_branch(list(Filing.objects.filter(pk__in=shares.values("filing")).order_by("path")))
    if found := sql.moved_on(stop.pk):
        name, count = found
        raise AllocationRefused(CONFIRMED.format(name=name, count=count))


def _record(made: ProductStop, pool: CapacityPool, *, by: Actor) -> None:
    record(
        by=by,
        verb=made.get_act_display(),
        object=name_of(pool)[:200],
        sentence=sentence_of(made, pool),
        path=ROOT,
        project_code=made.project.code,
    )

"""A rehearsal is made, its calendar runs forward, it is thrown away.

Invariants: each is one act of the alliance with one line of the real log, all or nothing; the calendar never runs
backward; a rehearsal stands in a schema of its own (`sql`), so nothing real changes with any of them.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.db import transaction

from apps.accounts.domain.actors import Actor
from apps.accounts.models.roles import Permission, Role
from apps.audit.services import record
from apps.organizations.models import Tier
from apps.projects.models import Phase, Project, ProjectKind, ProjectWindow
from apps.rehearsals.models import Rehearsal
from apps.review.domain.refusals import PublicationRefused
from apps.review.domain.rounds.publishing import publish_project
from apps.scope.context import whole_country
from apps.scope.paths import ROOT
from apps.scope.sandbox import real_now, within
from apps.ui import formats

from . import sql
from .copying.sql import taken_tables
from .inventing import invent
from .refusals import RehearsalRefused
from .reminding import remind, stops

MOST = 3
"""Rehearsals at a time: each has its own copy of every table."""
FOLDER = "rehearsals"
BEYOND = "演练要从医疗机构的填报时间之内开始。"
Tell = Callable[[str], None]


def may_rehearse(by: Actor) -> bool:
    return by.user is not None and by.user.role == Role.ALLIANCE and by.may(Permission.MANAGE)


def _check(by: Actor) -> None:
    if not may_rehearse(by):
        raise PermissionDenied("演练由联采办制作和作废。")


def why_not(project: Project) -> str:
    """Why there is no rehearsal of it to be made; nothing if there is one to make."""
    if project.phase not in (Phase.PUBLISHED, Phase.CLOSED, Phase.CONCLUDED):
        return "项目发布之后才能制作演练。"
    if project.kind == ProjectKind.ALLOCATION:
        return "采购量分配项目暂不能演练，请用需求填报项目。"
    if Rehearsal.objects.filter(project_id=project.pk).exists():
        return "这个项目已有一个演练，请先作废。"
    if Rehearsal.objects.count() >= MOST:
        return f"最多同时保留 {MOST} 个演练，请先作废一个。"
    return ""


def span_of(project: Project) -> tuple[datetime, datetime]:
    """When institutions could report, by the real calendar."""
    window = ProjectWindow.objects.get(project=project, tier=Tier.INSTITUTION)
    return window.opens_at, window.closes_at


def is_within(project: Project, moment: datetime) -> bool:
    """Whether a rehearsal may start there."""
    opens_at, closes_at = span_of(project)
    return opens_at < moment < closes_at


def usual_start(project: Project) -> datetime:
    """Two thirds into the institutions' time: most have reported, the tiers above are at work."""
    opens_at, closes_at = span_of(project)
    return opens_at + (closes_at - opens_at) * 2 / 3


@transaction.atomic
def make_rehearsal(
    *, project: Project, starts_at: datetime, seed: int, by: Actor, tell: Tell
) -> Rehearsal:
    """Copy the project as it was published, invent reports. `tell` hears how far it is.

    Raises `RehearsalRefused`, `PermissionDenied`.
    """
    _check(by)
    if refusal := why_not(project):
        raise RehearsalRefused(refusal)
    if not is_within(project, starts_at):
        raise RehearsalRefused(BEYOND)
    opens_at, _closes_at = span_of(project)
    held = Rehearsal.objects.create(
        project_id=project.pk,
        project_code=project.code,
        project_name=project.name,
        made_by_name=by.name,
        ahead=opens_at - real_now(),
        structure=sql.structure(),
    )
    tell("复制机构、账号和项目设置")
    _copy(held)
    tell("发布演练项目")
    _publish(held)
    _set_clock(held, starts_at)
    tell("生成虚拟上报")
    with within(held.sandbox), whole_country(reason="reports of a rehearsal are invented"):
        copied = Project.objects.get(pk=project.pk)
        held.institutions = copied.participations.count()
        held.reports = invent(copied, seed=seed, since=opens_at, now=starts_at)
    held.save(update_fields=["ahead", "institutions", "reports"])
    record(
        by=by,
        verb="制作演练",
        object=project.name,
        sentence=f"制作“{project.name}”的演练，{held.institutions:,} 家机构参加，其中 {held.reports:,} 家有虚拟上报",
        path=ROOT,
        project_code=project.code,
    )
    return held


def _copy(held: Rehearsal) -> None:
    sql.make(held.pk)
    with whole_country(reason="a rehearsal is made"):
        for table, columns, where in taken_tables():
            sql.take(held.sandbox.room, table, columns, where, held.project_id)
    sql.close(held.pk)
    sql.set_clock(held.pk)


def _publish(held: Rehearsal) -> None:
    """By the product's own act, at the moment when institutions could begin."""
    with within(held.sandbox), whole_country(reason="a rehearsal is made"):
        try:
            publish_project(Project.objects.get(pk=held.project_id), by=Actor.system())
        except PublicationRefused as error:
            raise RehearsalRefused(f"演练项目不能发布：{error}") from error


def _set_clock(held: Rehearsal, at: datetime) -> None:
    held.ahead = at - real_now()
    held.save(update_fields=["ahead"])
    sql.set_clock(held.pk)


@transaction.atomic
def run_forward(*, rehearsal: Rehearsal, to: datetime, by: Actor) -> int:
    """Its calendar stands there from now on; how many reminders came round on the way.

    Raises `RehearsalRefused` for what was already, `PermissionDenied`.
    """
    _check(by)
    held = Rehearsal.objects.select_for_update().get(pk=rehearsal.pk)
    now = real_now() + held.ahead
    if to <= now:
        raise RehearsalRefused(f"演练日历只能向前，现在是 {formats.moment(now)}。")
    told = 0
    for moment in (*stops(held, now, to), to):
        _set_clock(held, moment)
        told += remind(held)
    record(
        by=by,
        verb="推进演练日历",
        object=held.project_name,
        sentence=f"把“{held.project_name}”的演练日历从 {formats.moment(now)} 推进到 {formats.moment(to)}，"
        f"演练中提醒了 {told:,} 家",
        path=ROOT,
        project_code=held.project_code,
    )
    return told


@transaction.atomic
def discard_rehearsal(*, rehearsal: Rehearsal, by: Actor) -> None:
    """Everything of it goes, and nothing else. Raises `PermissionDenied`."""
    _check(by)
    held = Rehearsal.objects.select_for_update().get(pk=rehearsal.pk)
    sql.drop(held.pk)
    transaction.on_commit(partial(_remove_files, f"{FOLDER}/{held.pk}"))
    record(
        by=by,
        verb="作废演练",
        object=held.project_name,
        sentence=f"作废“{held.project_name}”的演练，其中的数据和文件全部删除",
        path=ROOT,
        project_code=held.project_code,
    )


def end_outdated() -> None:
    """After a migration: tables of a rehearsal are those of before. By the owner, who migrates."""
    if not sql.is_there():
        return
    for held in Rehearsal.objects.exclude(structure=sql.structure()):
        sql.drop(held.pk)
        _remove_files(f"{FOLDER}/{held.pk}")


def _remove_files(folder: str) -> None:
    try:
        folders, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in names:
        default_storage.delete(f"{folder}/{name}")
    for name in folders:
        _remove_files(f"{folder}/{name}")
    default_storage.delete(folder)

"""How the platform stands: the same figures for the administrators' page and for `/metrics`.

Invariant: a figure that somebody has to act on says so itself (`is_wrong`); what it means and what to do stands under
its name in docs/operations/alerts.md.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import Error
from django.db.models import Count, Min
from django.utils import timezone

from apps.allocation.models import AllocationRow, SlotLine
from apps.audit.domain.security import Verb
from apps.audit.domain.verifying import unsealed
from apps.audit.models import LogEntry, Seal, Verification
from apps.jobs.domain.workers import LATE, last_heartbeat
from apps.jobs.models import Job, Status
from apps.operations.domain.backups import backups
from apps.operations.domain.maintenance import current
from apps.operations.domain.sql import written
from apps.projects.models import Phase
from apps.reporting.models import DemandLine
from apps.review.domain.effects import word
from apps.review.models import Filing
from apps.review.models.statuses import EDITABLE, Action
from apps.scope.context import whole_country
from apps.scope.reading import from_standby, give_up_standby
from apps.scope.server import sql

WAITS_LONG, LOCKED_LONG, WORKS_LONG = (
    timedelta(minutes=10),
    timedelta(seconds=10),
    timedelta(minutes=15),
)
BACKED_UP, PROVEN = timedelta(hours=26), timedelta(hours=50)
SEALED, CHECKED = timedelta(minutes=10), timedelta(hours=26)
CONNECTED, FREE = 0.8, 0.1
"""Shares: of the connections in use, of a disk free."""
RECENT = timedelta(days=1)
BEHIND = 64 * 1024**2
"""Bytes of the log: some seconds of the busiest minutes of a round."""
LATELY = timedelta(minutes=10)
SHEETS = (DemandLine, AllocationRow, SlotLine)
"""What a save of a sheet writes."""
REPORTS = {
    "report": Action.SUBMIT.label,
    "report_for": Action.REPORT_FOR.label,
    "submit": word(Action.SUBMIT),
}
REFUSALS = {
    "right": Verb.REFUSED,
    "login": Verb.LOGIN_FAILED,
    "locked": Verb.LOCKED_OUT,
    "factor": Verb.FACTOR_FAILED,
}
"""By label of the figure, what the log calls it. Of a flood of refusals only the first are written down."""
REFUSED = 30.0
"""A minute: more than people mistype."""


@dataclass(frozen=True, slots=True)
class Measure:
    """`name` is the metric's without `fenliang_`; the unit is its end: `_seconds`, `_bytes`, `_share`, else a count.

    `is_wrong` is nothing where the figure only tells. `_total` only grows: what tells is how fast.
    """

    section: str
    name: str
    title: str
    value: float | None
    is_wrong: bool | None = None
    labels: tuple[tuple[str, str], ...] = ()


def measures() -> list[Measure]:
    """Every figure, by section. A constant number of statements."""
    with whole_country(reason="the standing of the platform, to administrators"):
        return [
            *_database(),
            *_standby(),
            *_traffic(),
            *_jobs(),
            *_filings(),
            *_records(),
            *_disks(),
        ]


def _database() -> Iterator[Measure]:
    found = sql.standing()
    used, most = found["connections"], found["connections_most"]
    section = "数据库"
    now = current()
    yield Measure(section, "maintenance", "维护中", float(now is not None))
    yield Measure(
        section,
        "database_recovery",
        "连接的是只读备机",
        found["recovery"],
        found["recovery"] > 0,
    )
    yield Measure(
        section,
        "database_connections",
        f"连接数（上限 {most:,.0f}）",
        used,
        used > most * CONNECTED,
    )
    yield Measure(
        section, "database_connections_share", "连接占用", used / most, used > most * CONNECTED
    )
    yield Measure(section, "database_lock_waits", "等待锁的语句", found["lock_waits"])
    yield _within(
        section,
        "database_lock_wait_seconds",
        "最长的锁等待",
        found["lock_wait_seconds"],
        LOCKED_LONG,
    )
    yield _within(
        section,
        "database_transaction_seconds",
        "最长的事务",
        found["transaction_seconds"],
        WORKS_LONG,
    )
    yield Measure(section, "database_bytes", "数据库大小", found["bytes"])


def _standby() -> Iterator[Measure]:
    """Of the one that this process reads from; figures without a value where it reads from none."""
    behind = _bytes_behind() if settings.REPLICA else None
    answers = float(behind is not None) if settings.REPLICA else None
    section = "数据库"
    yield Measure(
        section, "replica_up", "备机可读", answers, None if answers is None else not answers
    )
    late = None if behind is None else behind > BEHIND
    yield Measure(section, "replica_behind_bytes", "备机落后", behind, late)


def _bytes_behind() -> float | None:
    """How much of the primary's log the standby does not show yet; nothing if it does not answer, or follows nobody."""
    written = sql.position()
    try:
        with from_standby():
            shown = sql.replayed()
    except Error:
        give_up_standby()
        return None
    return None if shown is None else float(max(0, written - shown))


def _traffic() -> Iterator[Measure]:
    """What people do, and what is refused to them, by the log of the last minutes."""
    section = "使用"
    yield Measure(section, "sheet_rows_total", "保存的填报明细", written(SHEETS))
    said = LogEntry.objects.filter(
        at__gt=timezone.now() - LATELY, verb__in=[*REPORTS.values(), *REFUSALS.values()]
    )
    found = dict(said.order_by().values_list("verb").annotate(Count("pk")))
    minutes = LATELY.total_seconds() / 60
    for name, kinds in (("reports", REPORTS), ("refusals", REFUSALS)):
        paces = {label: found.get(verb, 0) / minutes for label, verb in kinds.items()}
        wrong = sum(paces.values()) > REFUSED if kinds is REFUSALS else None
        for label, pace in paces.items():
            title, labels = f"{kinds[label]}，每分钟（近 10 分钟）", (("kind", label),)
            yield Measure(section, f"{name}_per_minute", title, pace, wrong, labels)


def _jobs() -> Iterator[Measure]:
    section = "后台任务"
    yield _since(
        section, "worker_heartbeat_seconds", "后台处理程序最近应答", last_heartbeat(), LATE
    )
    oldest = Job.objects.filter(status=Status.WAITING).aggregate(at=Min("created_at"))["at"]
    waits = _age(oldest) if oldest else 0.0
    yield _within(section, "jobs_waiting_seconds", "等待最久的任务", waits, WAITS_LONG)
    since = timezone.now() - RECENT
    found = dict(
        Job.objects.filter(created_at__gt=since)
        .order_by()
        .values_list("status")
        .annotate(Count("pk"))
    )
    for status in Status:
        labels = (("status", str(status.value)),)
        title = f"{status.label}（一天内）"
        yield Measure(section, "jobs", title, float(found.get(status.value, 0)), labels=labels)


def _filings() -> Iterator[Measure]:
    """What units still have to report, of the projects that run."""
    rows = (
        Filing.objects.filter(project__phase=Phase.PUBLISHED, status__in=EDITABLE)
        .order_by("project__code", "tier")
        .values_list("project__code", "project__name", "tier")
        .annotate(Count("pk"))
    )
    tiers = dict(Filing._meta.get_field("tier").choices or ())
    for code, name, tier, count in rows:
        labels = (("project", code), ("tier", tier))
        yield Measure(
            "填报", "filings_open", f"{name}：{tiers[tier]}待上报", float(count), labels=labels
        )


def _records() -> Iterator[Measure]:
    section = "备份和封印"
    kept = backups()
    proven = next((backup.proven_at for backup in kept if backup.proven_at), None)
    yield _since(
        section, "backup_age_seconds", "最近一次备份", kept[0].at if kept else None, BACKED_UP
    )
    yield _since(section, "restore_proven_age_seconds", "最近一次恢复演练通过", proven, PROVEN)
    drills = [backup.proof for backup in kept if backup.proof]
    last = max(drills, key=lambda proof: datetime.fromisoformat(proof.at), default=None)
    differs = float(len(last.differences)) if last else None
    yield Measure(
        section, "restore_drill_differences", "最近一次恢复演练的不一致", differs, bool(differs)
    )
    waiting = sum(unsealed().values())
    sealed = Seal.objects.order_by("-number").values_list("at", flat=True).first()
    is_late = bool(waiting) and (sealed is None or _age(sealed) > SEALED.total_seconds())
    yield Measure(section, "seals_waiting", "等待封存的记录", float(waiting), is_late)
    checked = Verification.objects.order_by("-pk").first()
    yield _since(
        section,
        "seals_checked_age_seconds",
        "最近一次封印核验",
        checked.at if checked else None,
        CHECKED,
    )
    wrong = float(checked.differences) if checked else 0.0
    yield Measure(section, "seals_differences", "核验发现的不一致", wrong, wrong > 0)


def _disks() -> Iterator[Measure]:
    """Of files and backups on this machine; a store elsewhere tells of itself."""
    for key, title, folder in (
        ("media", "上传文件", settings.MEDIA_ROOT),
        ("backup", "备份", settings.BACKUP_DIR),
        ("audit", "审计锚定", settings.AUDIT_DIR),
    ):
        place = next(path for path in (Path(folder), *Path(folder).parents) if path.exists())
        disk = shutil.disk_usage(place)
        free = disk.free / disk.total
        labels = (("disk", key),)
        yield Measure("磁盘", "disk_free_share", f"{title}所在磁盘剩余", free, free < FREE, labels)


def _within(section: str, name: str, title: str, seconds: float, most: timedelta) -> Measure:
    return Measure(section, name, title, seconds, seconds > most.total_seconds())


def _since(section: str, name: str, title: str, at: datetime | None, most: timedelta) -> Measure:
    """What has to happen again and again; never is wrong."""
    if at is None:
        return Measure(section, name, title, None, is_wrong=True)
    return _within(section, name, title, _age(at), most)


def _age(at: datetime) -> float:
    return max(0.0, (timezone.now() - at).total_seconds())

"""延期 and 故障顺延: one act moves the end of every tier that has not ended, logs it once and tells everybody.

Invariants: all ends move by the same span, so that the tiers keep their order; a province's own narrower end moves
only where it was ticked, and never beyond the national one; beginnings stay.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import models, transaction
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.audit.domain.seen import Seen, require_seen
from apps.audit.services import record
from apps.notices.messages import Letter, send_to_all
from apps.notices.models import MessageKind
from apps.organizations.models import Organization, Tier
from apps.projects.domain.refusals import (
    ProjectRefused,
    locked,
    place_of,
    require_alliance,
    require_running,
)
from apps.projects.domain.windows.acts import ReasonMissing
from apps.projects.domain.windows.fitting import WindowInvalid, misfits, require_order_of
from apps.projects.domain.windows.standing import national_windows
from apps.projects.models import Participation, Project, ProjectWindow, ProvinceWindow
from apps.projects.models.window_spans import end_in_words
from apps.projects.models.windows import Window
from apps.scope.paths import ROOT, lineage, parent_path

MOST = timedelta(days=90)
REOPENED = timedelta(days=7)
"""How long ago a tier may have ended that is opened once more."""


class Cause(models.TextChoices):
    """Why the time is moved."""

    WISH = "extension", "延期"
    FAULT = "fault", "故障顺延"


@dataclass(frozen=True, slots=True)
class Moved:
    """A tier whose end moves."""

    tier: Tier
    before: Window
    after: Window

    @property
    def words(self) -> str:
        return f"{self.tier.label} {end_in_words(self.before.closes_at)} → {self.new_end}"

    @property
    def old_end(self) -> str:
        return end_in_words(self.before.closes_at)

    @property
    def new_end(self) -> str:
        return end_in_words(self.after.closes_at)


@dataclass(frozen=True, slots=True)
class Narrowed:
    """A province with ends of its own for tiers that move, and what they come to if it moves along."""

    province: Organization
    rows: tuple[tuple[ProvinceWindow, Window], ...]

    @property
    def words(self) -> str:
        return "、".join(
            f"{Tier(row.tier).label} {end_in_words(row.closes_at)} → {end_in_words(after.closes_at)}"
            for row, after in self.rows
        )


@dataclass(frozen=True, slots=True)
class Extension:
    """What an extension would do: shown before, done under the lock."""

    span: timedelta
    moved: tuple[Moved, ...]
    narrowed: tuple[Narrowed, ...]

    @property
    def words(self) -> str:
        return "、".join(span.words for span in self.moved)


def movable(project: Project, *, at: datetime, reopens: bool) -> dict[Tier, Window]:
    """Tiers whose end can move, from the bottom up: not over yet, or not for long where they are opened once more."""
    since = at - REOPENED if reopens else at
    windows = national_windows(project)
    order = [tier for tier in reversed(Tier) if tier in windows]
    return {tier: windows[tier] for tier in order if windows[tier].closes_at > since}


def extension_of(
    project: Project, *, span: timedelta | None, until: datetime | None, reopens: bool, at: datetime
) -> Extension:
    """By a span, or until a moment for the tier that ends first; two statements. Raises `WindowInvalid`."""
    windows = movable(project, at=at, reopens=reopens)
    if not windows:
        raise WindowInvalid("各层级的时间都已结束；确要重新开放，请勾选“包括刚结束的层级”。")
    first = min(window.closes_at for window in windows.values())
    by = span if span is not None else (until - first if until is not None else timedelta(0))
    if by <= timedelta(0):
        raise WindowInvalid(
            f"新的结束时间必须晚于 {end_in_words(first)}；要提前结束请用“修改时间”。"
        )
    if by > MOST:
        raise WindowInvalid(f"一次最多延期 {MOST.days} 天。")
    moved = tuple(
        Moved(tier, window, Window(window.opens_at, window.closes_at + by, is_on=window.is_on))
        for tier, window in windows.items()
    )
    if all(span.after.closes_at <= at for span in moved):
        raise WindowInvalid("按这个时长顺延之后，各层级的时间仍已结束，请加长。")
    return Extension(by, moved, _narrowed(project, moved))


def _narrowed(project: Project, moved: Sequence[Moved]) -> tuple[Narrowed, ...]:
    whole = {span.tier: span for span in moved}
    rows = ProvinceWindow.objects.filter(project=project, tier__in=list(whole))
    narrowed: dict[int, Narrowed] = {}
    for row in rows.select_related("province").order_by("province__path", "tier"):
        national = whole[Tier(row.tier)]
        ends = min(
            row.closes_at + (national.after.closes_at - national.before.closes_at),
            national.after.closes_at,
        )
        after = Window(row.opens_at, ends, is_on=row.is_on)
        known = narrowed.get(row.province_id)
        held = known.rows if known else ()
        narrowed[row.province_id] = Narrowed(row.province, (*held, (row, after)))
    return tuple(narrowed.values())


@transaction.atomic
def extend(
    *,
    project: Project,
    span: timedelta | None = None,
    until: datetime | None = None,
    cause: Cause,
    reason: str,
    provinces: Collection[int] = (),
    reopens: bool = False,
    by: Actor,
    seen: Seen | None = None,
) -> Extension:
    """Move all ends, log it in one line, say so at the head of the round's pages and to every unit in it.

    `provinces`: ids of those with narrower ends that move along. Raises `WindowInvalid`, `ReasonMissing`,
    `ProjectFrozen`, `NotAllowed`, `ChangedMeanwhile`.
    """
    require_alliance(by)
    project = locked(project)
    require_running(project)
    if not project.is_in_progress:
        raise ProjectRefused("项目还没有发布，请直接修改时间。")
    require_seen(seen, project)
    if not (reason := reason.strip()):
        raise ReasonMissing("请填写延期的原因。")
    now = timezone.now()
    made = extension_of(project, span=span, until=until, reopens=reopens, at=now)
    ends = {span.tier: span.after for span in made.moved}
    require_order_of(project, ends)
    rows = {row.tier: row for row in ProjectWindow.objects.filter(project=project)}
    for window in made.moved:
        rows[window.tier].closes_at = window.after.closes_at
    ProjectWindow.objects.bulk_update([rows[span.tier] for span in made.moved], ["closes_at"])
    along = [span for span in made.narrowed if span.province.pk in provinces]
    _move(along)
    if apart := misfits(project, ends):
        names = "、".join(misfit.words for misfit in apart)
        raise WindowInvalid(f"{names}早于下级的新结束时间，请勾选一并顺延。")
    _tell(project, made, along, (cause, reason), by)
    return made


def _move(along: Sequence[Narrowed]) -> None:
    rows = []
    for row, after in (pair for span in along for pair in span.rows):
        row.closes_at = after.closes_at
        rows.append(row)
    ProvinceWindow.objects.bulk_update(rows, ["closes_at"])


def _tell(
    project: Project,
    made: Extension,
    along: Sequence[Narrowed],
    why: tuple[Cause, str],
    by: Actor,
) -> None:
    cause, reason = why
    names = "、".join(span.province.name for span in along)
    stay = "、".join(span.province.name for span in made.narrowed if span not in along)
    with_them = f"；一并顺延本省时间的省份：{names}" if names else ""
    without = f"；仍按本省时间的省份：{stay}" if stay else ""
    sentence = f"{cause.label}：{made.words}{with_them}{without}；原因：{reason}"
    record(
        by=by,
        verb=cause.label,
        object=project.name,
        sentence=sentence,
        path=place_of(by),
        project_code=project.code,
    )
    ends = "、".join(f"{span.tier.label}截止 {span.new_end}" for span in made.moved)
    project.extended_words = f"{cause.label}（{reason}）：{ends}"[:500]
    project.extended_until = max(span.after.closes_at for span in made.moved)
    project.save(update_fields=["extended_words", "extended_until"])
    title = f"“{project.name}”{cause.label}"
    url = f"/projects/{project.code}/windows/"
    letter = Letter(ROOT, title, f"{sentence}。", url, project.pk)
    send_to_all(everybody_in(project), letter, kind=MessageKind.TIMES, by=by)


def everybody_in(project: Project) -> list[str]:
    """Paths of all who take part, and of the bureaus above them."""
    rows = Participation.objects.filter(project=project).values_list("path", flat=True)
    places = set(rows.iterator())
    above = {parent_path(path) for path in places}
    return sorted(places.union(*(lineage(path)[1:] for path in above)))

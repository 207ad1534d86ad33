"""Windows and switches: what may still be changed after publication; every change is logged with both values."""

from collections.abc import Callable, Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.audit.domain.seen import Seen, require_seen
from apps.audit.services import record
from apps.organizations.models import Organization, Tier
from apps.projects.domain.refusals import (
    ProjectRefused,
    locked,
    place_of,
    require_alliance,
    require_province,
    require_running,
)
from apps.projects.domain.windows.fitting import (
    WindowInvalid,
    misfits,
    narrowed,
    require_fitting,
    require_order,
    require_order_of,
    tiers_in,
)
from apps.projects.domain.windows.standing import national_windows
from apps.projects.models import (
    Project,
    ProjectWindow,
    ProvinceSettings,
    ProvinceWindow,
    SupplementWindow,
)
from apps.projects.models.window_spans import span_in_words
from apps.projects.models.windows import Timing, Window
from apps.scope.paths import ROOT


class ReasonMissing(ProjectRefused):
    """The act needs a reason."""


class ClosesAtOnce(ProjectRefused):
    """Filling in would end with the act, while somebody has not reported; somebody must have confirmed it."""


_unreported: list[Callable[[Project, str], int]] = []


def register_unreported(count: Callable[[Project, str], int]) -> None:
    """Called once by the app above that knows filings: how many institutions below a path have not reported."""
    _unreported.append(count)


def require_known_end(
    project: Project, before: Window | None, after: Window | None, *, path: str
) -> None:
    """Raises `ClosesAtOnce` where institutions could fill in until now, could not any more, and some have to."""
    now = timezone.now()
    was_open = project.is_in_progress and before is not None and before.contains(now)
    if not was_open or (after is not None and after.contains(now)):
        return
    left = sum(count(project, path) for count in _unreported)
    if left:
        raise ClosesAtOnce(
            f"保存后医疗机构的填报立即停止，还有 {left:,} 家没有上报。确要停止，请勾选确认后再保存。"
        )


@transaction.atomic
def set_window(
    *,
    project: Project,
    tier: Tier,
    opens_at: datetime,
    closes_at: datetime,
    is_on: bool,
    by: Actor,
    closes_knowingly: bool = True,
) -> ProjectWindow:
    """Set when a tier may act, nationally. Half open: `closes_at` itself is outside.

    Raises as `set_windows`.
    """
    wanted = window_of(opens_at, closes_at, is_on=is_on)
    set_windows(project=project, windows={tier: wanted}, by=by, closes_knowingly=closes_knowingly)
    row: ProjectWindow = ProjectWindow.objects.get(project=project, tier=tier)
    return row


def _set(
    project: Project, tier: Tier, wanted: Window, by: Actor, *, closes_knowingly: bool
) -> None:
    known = ProjectWindow.objects.filter(project=project, tier=tier).first()
    row: ProjectWindow = known or ProjectWindow(project=project, tier=tier)
    before = row.window if known else None
    if before == wanted:
        return
    if tier == Tier.INSTITUTION and not closes_knowingly:
        require_known_end(project, before, wanted, path=ROOT)
    _write(row, wanted)
    _log(project, by, f"{Tier(tier).label}的时间窗口", (before, wanted), place_of(by))


@transaction.atomic
def set_windows(
    *,
    project: Project,
    windows: Mapping[Tier, Window],
    by: Actor,
    seen: Seen | None = None,
    closes_knowingly: bool = True,
    fits_provinces: bool = False,
) -> None:
    """Set the national windows of several tiers, all or none.

    Provinces' own times that no longer fit go back to the nation's, if `fits_provinces`. Raises `WindowInvalid`,
    `ProjectFrozen`, `NotAllowed`, `ChangedMeanwhile`; `ProvincesApart` unless `fits_provinces`, `ClosesAtOnce` unless
    `closes_knowingly`.
    """
    require_alliance(by)
    project = locked(project)
    require_seen(seen, project)
    require_running(project)
    if _moves(project, windows):
        require_order_of(project, windows)
        if not fits_provinces:
            require_fitting(project, windows)
        for misfit in misfits(project, windows):
            _drop(project, misfit.row, by)
    for tier, window in windows.items():
        _set(project, tier, window, by, closes_knowingly=closes_knowingly)


def _moves(project: Project, windows: Mapping[Tier, Window]) -> bool:
    """Whether any time changes; switches alone always may."""
    known = national_windows(project)
    return any(
        tier not in known or not known[tier].is_same_span(each) for tier, each in windows.items()
    )


@transaction.atomic
def set_switch(
    *, project: Project, tier: Tier, is_on: bool, by: Actor, closes_knowingly: bool = True
) -> ProjectWindow:
    """Switch a tier's window on or off without touching its times. Raises as `set_window`."""
    row = ProjectWindow.objects.filter(project=project, tier=tier).first()
    if row is None:
        raise WindowInvalid(f"{Tier(tier).label}还没有设置时间窗口，请先填写开始和结束时间。")
    return set_window(
        project=project,
        tier=tier,
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        is_on=is_on,
        by=by,
        closes_knowingly=closes_knowingly,
    )


@transaction.atomic
def set_province_window(
    *,
    project: Project,
    province: Organization,
    tier: Tier,
    opens_at: datetime,
    closes_at: datetime,
    is_on: bool,
    by: Actor,
) -> ProvinceWindow:
    """A province's own window for a tier: only ever narrower than the national one.

    Raises `WindowInvalid`, `ProjectFrozen`, `NotAllowed`.
    """
    require_province(by, province)
    project = locked(project)
    require_running(project)
    wanted = window_of(opens_at, closes_at, is_on=is_on)
    _require_within(project, tier, wanted)
    row = _province_window(project, province, tier)
    before = row.window if row else None
    if row is not None and before == wanted:
        return row
    row = row or ProvinceWindow(project=project, province=province, path=province.path, tier=tier)
    _write(row, wanted)
    what = f"{province.name}：{Tier(tier).label}的时间窗口"
    _log(project, by, what, (before, wanted), province.path)
    return row


@transaction.atomic
def drop_province_window(
    *, project: Project, province: Organization, tier: Tier, by: Actor
) -> None:
    """Return to the national window; nothing happens without an own one."""
    require_province(by, province)
    project = locked(project)
    require_running(project)
    row = _province_window(project, province, tier)
    if row is not None:
        _drop(project, row, by)


def _drop(project: Project, row: ProvinceWindow, by: Actor) -> None:
    before, what = row.window, f"{row.province.name}：{Tier(row.tier).label}的时间窗口"
    row.delete()
    _log(project, by, what, (before, None), row.path)


@transaction.atomic
def set_province_windows(
    *,
    project: Project,
    province: Organization,
    windows: Mapping[Tier, Window | None],
    by: Actor,
    closes_knowingly: bool = True,
) -> None:
    """Set a province's own windows, all or none; `None` returns a tier to the national one.

    Raises as `set_province_window`, and `ClosesAtOnce` unless `closes_knowingly`.
    """
    if Tier.INSTITUTION in windows and not closes_knowingly:
        _require_known_end_in(project, province, windows[Tier.INSTITUTION])
    _require_order_in(project, province, windows)
    for tier, window in windows.items():
        if window is None:
            drop_province_window(project=project, province=province, tier=tier, by=by)
        else:
            set_province_window(
                project=project,
                province=province,
                tier=tier,
                opens_at=window.opens_at,
                closes_at=window.closes_at,
                is_on=window.is_on,
                by=by,
            )


def _require_order_in(
    project: Project, province: Organization, windows: Mapping[Tier, Window | None]
) -> None:
    """Of the tiers of the province's chain, whose time is what the nation's and its own have in common."""
    rows = ProvinceWindow.objects.filter(project=project, province=province)
    own = {row.tier: row.window for row in rows if Tier(row.tier) not in windows}
    own |= {str(tier.value): window for tier, window in windows.items() if window}
    settings = ProvinceSettings.objects.filter(project=project, province=province).first()
    tiers = tiers_in(settings.chain if settings else project.chain)
    require_order(tiers, narrowed(national_windows(project), own))


def _require_known_end_in(project: Project, province: Organization, wanted: Window | None) -> None:
    """Of the institutions of a province, whose time is what the nation's and its own have in common."""
    national = national_windows(project).get(Tier.INSTITUTION)
    row = _province_window(project, province, Tier.INSTITUTION)
    before, after = Timing(national, row.window if row else None).own, Timing(national, wanted).own
    require_known_end(project, before, after, path=province.path)


def window_of(opens_at: datetime, closes_at: datetime, *, is_on: bool) -> Window:
    if opens_at >= closes_at:
        raise WindowInvalid("结束时间必须晚于开始时间。")
    return Window(opens_at, closes_at, is_on=is_on)


def _province_window(project: Project, province: Organization, tier: Tier) -> ProvinceWindow | None:
    row: ProvinceWindow | None = ProvinceWindow.objects.filter(
        project=project, province=province, tier=tier
    ).first()
    return row


def _require_within(project: Project, tier: Tier, wanted: Window) -> None:
    national = ProjectWindow.objects.filter(project=project, tier=tier).first()
    if national is None:
        raise WindowInvalid(f"联采办还没有设置{Tier(tier).label}的时间窗口。")
    whole = national.window
    if wanted.opens_at < whole.opens_at or wanted.closes_at > whole.closes_at:
        raise WindowInvalid(
            f"{Tier(tier).label}的时间只能在全国时间 {span_in_words(whole)} 之内，不能放宽。"
        )


def _write(row: ProjectWindow | ProvinceWindow | SupplementWindow, wanted: Window) -> None:
    row.opens_at, row.closes_at, row.is_on = wanted.opens_at, wanted.closes_at, wanted.is_on
    row.save()


def _log(
    project: Project, by: Actor, what: str, change: tuple[Window | None, Window | None], path: str
) -> None:
    before, after = change
    was = span_in_words(before) if before else "未设置"
    now = span_in_words(after) if after else "按全国时间"
    record(
        by=by,
        verb="设置时间",
        object=project.name,
        sentence=f"{what}由“{was}”改为“{now}”",
        path=path,
        project_code=project.code,
    )

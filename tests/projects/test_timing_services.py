"""Windows and switches through the services: narrowing, switches, supplements, and the log of each change."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.audit.models import LogEntry
from apps.organizations.models import Tier
from apps.projects.domain.refusals import NotAllowed, ProjectFrozen, ProjectRefused
from apps.projects.domain.windows.acts import (
    ReasonMissing,
    WindowInvalid,
    drop_province_window,
    set_province_window,
    set_switch,
    set_window,
)
from apps.projects.domain.windows.supplements import grant_supplement
from apps.projects.models import Phase, ProjectWindow, ProvinceWindow, SupplementWindow
from tests.factories_projects import ProjectFactory, open_windows, ready_project, walk_to

pytestmark = pytest.mark.usefixtures("db", "country")

START = datetime(2026, 11, 20, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
END = datetime(2026, 11, 26, tzinfo=ZoneInfo("Asia/Shanghai"))


def sentences() -> list[str]:
    return list(LogEntry.objects.order_by("pk").values_list("sentence", flat=True))


@pytest.mark.covers("S0-08")
def test_set_window_logs_both_spans_in_beijing_time(alliance_officer):
    project = ProjectFactory()
    wanted = {
        "project": project,
        "tier": Tier.CITY,
        "opens_at": START,
        "by": Actor.of(alliance_officer),
    }

    set_window(closes_at=END, is_on=True, **wanted)
    set_window(closes_at=END, is_on=True, **wanted)
    set_window(closes_at=END - timedelta(hours=8), is_on=False, **wanted)

    assert sentences() == [
        "市医保的时间窗口由“未设置”改为“2026-11-20 09:00 至 2026-11-25 24:00”",
        (
            "市医保的时间窗口由“2026-11-20 09:00 至 2026-11-25 24:00”"
            "改为“2026-11-20 09:00 至 2026-11-25 16:00（开关已关闭）”"
        ),
    ]


def test_set_window_refuses_an_end_before_the_start(alliance_officer):
    with pytest.raises(WindowInvalid, match="晚于"):
        set_window(
            project=ProjectFactory(), tier=Tier.CITY, opens_at=END, closes_at=START,
            is_on=True, by=Actor.of(alliance_officer),
        )  # fmt: skip


def test_set_window_is_the_alliances_alone(province_officer):
    with pytest.raises(NotAllowed):
        set_window(
            project=ProjectFactory(), tier=Tier.CITY, opens_at=START, closes_at=END,
            is_on=True, by=Actor.of(province_officer),
        )  # fmt: skip


@pytest.mark.parametrize("phase", [Phase.CLOSED, Phase.CONCLUDED])
def test_set_switch_refuses_a_closed_project(phase, alliance_officer, tree):
    project = walk_to(ready_project(tree["H42010600001"]), phase)

    with pytest.raises(ProjectFrozen):
        set_switch(project=project, tier=Tier.CITY, is_on=False, by=Actor.of(alliance_officer))


def test_set_switch_works_on_a_published_project_and_keeps_the_times(alliance_officer, tree):
    project = walk_to(ready_project(tree["H42010600001"]), Phase.PUBLISHED)
    before = ProjectWindow.objects.get(project=project, tier=Tier.CITY)

    set_switch(project=project, tier=Tier.CITY, is_on=False, by=Actor.of(alliance_officer))

    after = ProjectWindow.objects.get(project=project, tier=Tier.CITY)
    assert (after.is_on, after.opens_at, after.closes_at) == (
        False,
        before.opens_at,
        before.closes_at,
    )


def test_set_switch_needs_a_window(alliance_officer):
    with pytest.raises(WindowInvalid, match="还没有设置"):
        set_switch(
            project=ProjectFactory(), tier=Tier.CITY, is_on=False, by=Actor.of(alliance_officer)
        )


@pytest.mark.parametrize(
    ("opens_at", "closes_at"),
    [(START - timedelta(minutes=1), END), (START, END + timedelta(minutes=1))],
)
def test_set_province_window_only_narrows(opens_at, closes_at, province_officer, tree):
    project = ProjectFactory()
    open_windows(project, Tier.INSTITUTION, opens_at=START, closes_at=END)

    with pytest.raises(WindowInvalid, match="2026-11-20 09:00 至 2026-11-25 24:00"):
        set_province_window(
            project=project, province=tree["42"], tier=Tier.INSTITUTION, opens_at=opens_at,
            closes_at=closes_at, is_on=True, by=Actor.of(province_officer),
        )  # fmt: skip

    assert not ProvinceWindow.objects.exists()


def test_set_province_window_may_equal_the_national_one_and_be_dropped(province_officer, tree):
    project = ProjectFactory()
    open_windows(project, Tier.INSTITUTION, opens_at=START, closes_at=END)
    place = {"project": project, "province": tree["42"], "tier": Tier.INSTITUTION}
    by = Actor.of(province_officer)

    set_province_window(opens_at=START, closes_at=END, is_on=False, by=by, **place)
    drop_province_window(by=by, **place)

    assert not ProvinceWindow.objects.exists()
    assert sentences()[-1].endswith("（开关已关闭）”改为“按全国时间”")


def test_set_province_window_is_no_other_provinces_business(neighbour_officer, tree):
    project = ProjectFactory()
    open_windows(project, Tier.INSTITUTION, opens_at=START, closes_at=END)

    with pytest.raises(NotAllowed, match="湖北"):
        set_province_window(
            project=project, province=tree["42"], tier=Tier.INSTITUTION, opens_at=START,
            closes_at=END, is_on=True, by=Actor.of(neighbour_officer),
        )  # fmt: skip


def test_grant_supplement_replaces_an_earlier_one(province_officer, tree):
    project = walk_to(ready_project(tree["H42010600001"]), Phase.CLOSED)
    now = timezone.now()
    unit = {
        "project": project,
        "organization": tree["H42010600001"],
        "by": Actor.of(province_officer),
    }

    for days in (1, 2):
        grant_supplement(
            opens_at=now, closes_at=now + timedelta(days=days), reason=f"停电 {days}", **unit
        )

    row = SupplementWindow.objects.get()
    assert (row.reason, row.closes_at) == ("停电 2", now + timedelta(days=2))
    assert LogEntry.objects.latest("pk").path == tree["H42010600001"].path


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"reason": "  "}, ReasonMissing),
        ({"closes_at": timezone.now() - timedelta(hours=1)}, WindowInvalid),
    ],
)
def test_grant_supplement_needs_a_reason_and_time_left(change, refusal, province_officer, tree):
    project = walk_to(ready_project(tree["H42010600001"]), Phase.PUBLISHED)
    span = {
        "opens_at": timezone.now() - timedelta(hours=2),
        "closes_at": timezone.now() + timedelta(hours=2),
        "reason": "停电",
    }

    with pytest.raises(refusal):
        grant_supplement(
            project=project, organization=tree["H42010600001"], by=Actor.of(province_officer),
            **span | change,
        )  # fmt: skip


def test_grant_supplement_waits_for_publication(province_officer, tree):
    with pytest.raises(ProjectRefused, match="筹备"):
        grant_supplement(
            project=ready_project(tree["H42010600001"]), organization=tree["H42010600001"],
            opens_at=timezone.now(), closes_at=timezone.now() + timedelta(days=1), reason="停电",
            by=Actor.of(province_officer),
        )  # fmt: skip


def test_grant_supplement_is_not_for_cities(city_reviewer, tree):
    project = walk_to(ready_project(tree["H42010600001"]), Phase.PUBLISHED)

    with pytest.raises(NotAllowed):
        grant_supplement(
            project=project, organization=tree["H42010600001"], opens_at=timezone.now(),
            closes_at=timezone.now() + timedelta(days=1), reason="停电",
            by=Actor.of(city_reviewer),
        )  # fmt: skip

"""延期 and 故障顺延: one act moves every end that is still to come, keeps the order, says so once and to everybody."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.audit.models import LogEntry
from apps.notices.models import Message, MessageKind
from apps.organizations.models import Tier
from apps.projects.domain.refusals import NotAllowed, ProjectFrozen
from apps.projects.domain.windows.acts import (
    ClosesAtOnce,
    ReasonMissing,
    WindowInvalid,
    set_province_window,
    set_province_windows,
    set_switch,
    set_windows,
)
from apps.projects.domain.windows.extending import Cause, extend, extension_of
from apps.projects.models import Phase, Project, ProjectWindow, ProvinceWindow
from apps.projects.models.windows import Window
from apps.review.models import Filing
from apps.scope.context import whole_country
from tests import factories_demand as make
from tests.pages import shown

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
CHAIN = [Tier.INSTITUTION, Tier.COUNTY, Tier.CITY, Tier.PROVINCE]


@pytest.fixture
def round_(tree, alliance_officer) -> Project:
    """Published; the institutions' time is over in a day, each tier above has a day more."""
    units = [tree[code] for code in ("H42010600001", "H42010000001", "H14010500001")]
    project = make.demand_project({unit: {} for unit in units}, chain=CHAIN[1:])
    make.published(project, alliance_officer)
    with whole_country(reason="test"):
        for number, tier in enumerate(CHAIN):
            ProjectWindow.objects.update_or_create(
                project=project,
                tier=tier,
                defaults={
                    "opens_at": timezone.now() - DAY,
                    "closes_at": timezone.now() + (number + 1) * DAY,
                    "is_on": True,
                },
            )
        yield project


def ends(project: Project) -> dict[str, datetime]:
    return dict(ProjectWindow.objects.filter(project=project).values_list("tier", "closes_at"))


def moved(project: Project, officer, **times) -> None:
    words = {"cause": Cause.FAULT, "reason": "机房断电", **times}
    extend(project=project, by=Actor.of(officer), **words)


def test_every_end_moves_by_the_same_hours(round_, alliance_officer) -> None:
    before = ends(round_)
    starts = set(ProjectWindow.objects.filter(project=round_).values_list("tier", "opens_at"))

    moved(round_, alliance_officer, span=6 * HOUR)

    assert ends(round_) == {tier: end + 6 * HOUR for tier, end in before.items()}
    assert (
        set(ProjectWindow.objects.filter(project=round_).values_list("tier", "opens_at")) == starts
    )


def test_until_a_moment_is_for_the_tier_that_ends_first(round_, alliance_officer) -> None:
    before = ends(round_)
    until = before[Tier.INSTITUTION] + 5 * HOUR

    moved(round_, alliance_officer, until=until)

    assert ends(round_)[Tier.INSTITUTION] == until
    assert ends(round_)[Tier.PROVINCE] == before[Tier.PROVINCE] + 5 * HOUR


def test_what_is_over_stays_over_unless_it_is_reopened(round_, alliance_officer) -> None:
    over = timezone.now() - 2 * HOUR
    ProjectWindow.objects.filter(project=round_, tier=Tier.INSTITUTION).update(closes_at=over)

    moved(round_, alliance_officer, span=5 * HOUR)
    assert ends(round_)[Tier.INSTITUTION] == over

    moved(round_, alliance_officer, span=5 * HOUR, reopens=True)
    assert ends(round_)[Tier.INSTITUTION] == over + 5 * HOUR
    assert all(one <= other for one, other in pairwise(ends(round_)[tier] for tier in CHAIN))


def test_narrower_provinces_move_along_only_where_they_are_ticked(
    round_, tree, alliance_officer
) -> None:
    own = ends(round_)[Tier.INSTITUTION] - 3 * HOUR
    for code in ("42", "14"):
        set_province_window(
            project=round_, province=tree[code], tier=Tier.INSTITUTION, closes_at=own, is_on=True,
            opens_at=timezone.now() - HOUR, by=Actor.of(alliance_officer),
        )  # fmt: skip

    moved(round_, alliance_officer, span=DAY, provinces=[tree["42"].pk])

    found = dict(ProvinceWindow.objects.values_list("province__code", "closes_at"))
    assert found == {"42": own + DAY, "14": own}
    (entry,) = LogEntry.objects.filter(verb="故障顺延")
    assert "一并顺延本省时间的省份：湖北" in entry.sentence
    assert "仍按本省时间的省份：山西" in entry.sentence


def test_it_is_logged_once_and_told_to_everybody(round_, tree, alliance_officer) -> None:
    moved(round_, alliance_officer, span=DAY)

    assert LogEntry.objects.filter(project_code=round_.code, verb="故障顺延").count() == 1
    told = set(Message.objects.filter(kind=MessageKind.TIMES).values_list("path", flat=True))
    assert told == set(
        Filing.objects.of_project(round_).exclude(tier=Tier.ALLIANCE).values_list("path", flat=True)
    )
    round_.refresh_from_db()
    assert "机房断电" in round_.banner


@pytest.mark.parametrize(
    ("times", "error"),
    [
        ({"span": timedelta(0)}, WindowInvalid),
        ({"span": -DAY}, WindowInvalid),
        ({"span": 91 * DAY}, WindowInvalid),
        ({"until": datetime(2020, 1, 1, tzinfo=timezone.get_current_timezone())}, WindowInvalid),
        ({"span": DAY, "reason": " "}, ReasonMissing),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_moves(
    round_, alliance_officer, times, error
) -> None:
    before = ends(round_)

    with pytest.raises(error):
        moved(round_, alliance_officer, **times)

    assert ends(round_) == before


def test_only_the_alliance_extends_and_only_what_runs(
    round_, province_officer, alliance_officer
) -> None:
    with pytest.raises(NotAllowed):
        moved(round_, province_officer, span=DAY)
    Project.objects.filter(pk=round_.pk).update(phase=Phase.CLOSED, closed_at=timezone.now())
    with pytest.raises(ProjectFrozen):
        moved(round_, alliance_officer, span=DAY)


def test_nothing_to_move_says_what_helps(round_) -> None:
    ProjectWindow.objects.filter(project=round_).update(closes_at=timezone.now() - HOUR)

    with pytest.raises(WindowInvalid, match="包括刚结束的层级"):
        extension_of(round_, span=DAY, until=None, reopens=False, at=timezone.now())


def test_tiers_may_not_cross_when_times_are_saved(round_, tree, alliance_officer) -> None:
    by, now = Actor.of(alliance_officer), timezone.now()
    with pytest.raises(WindowInvalid, match=r"区县医保的时间窗口.*早于医疗机构"):
        set_windows(
            project=round_, windows={Tier.INSTITUTION: Window(now - DAY, now + 10 * DAY)}, by=by
        )
    with pytest.raises(WindowInvalid, match="早于医疗机构"):
        set_province_windows(
            project=round_, province=tree["42"], by=by,
            windows={Tier.COUNTY: Window(now - HOUR, now + HOUR)},
        )  # fmt: skip


def test_filling_in_ends_at_once_only_knowingly(round_, alliance_officer, client) -> None:
    by, now = Actor.of(alliance_officer), timezone.now()
    shorter = {Tier.INSTITUTION: Window(now - DAY, now - HOUR)}
    with pytest.raises(ClosesAtOnce, match="还有 3 家没有上报"):
        set_windows(project=round_, windows=shorter, by=by, closes_knowingly=False)
    with pytest.raises(ClosesAtOnce):
        set_switch(
            project=round_, tier=Tier.INSTITUTION, is_on=False, by=by, closes_knowingly=False
        )
    client.force_login(alliance_officer)
    switch = reverse("projects:window_switch", args=[round_.code, Tier.INSTITUTION])
    answer = client.post(switch, {"is_on": "0"}, follow=True)
    assert "还有 3 家没有上报" in answer.content.decode()
    assert ProjectWindow.objects.get(project=round_, tier=Tier.INSTITUTION).is_on

    set_windows(project=round_, windows=shorter, by=by, closes_knowingly=True)


def test_a_province_ends_its_own_filling_only_knowingly(round_, tree, province_officer) -> None:
    now, words = timezone.now(), {"project": round_, "province": tree["42"]}
    shorter = {Tier.INSTITUTION: Window(now - 2 * HOUR, now - HOUR)}
    by = Actor.of(province_officer)
    with pytest.raises(ClosesAtOnce, match="还有 2 家没有上报"):
        set_province_windows(windows=shorter, by=by, closes_knowingly=False, **words)
    assert not ProvinceWindow.objects.exists()

    longer = {Tier.INSTITUTION: Window(now - 2 * HOUR, now + HOUR)}
    set_province_windows(windows=longer, by=by, closes_knowingly=False, **words)
    set_province_windows(windows=shorter, by=by, closes_knowingly=True, **words)
    assert ProvinceWindow.objects.get().window == shorter[Tier.INSTITUTION]


def test_the_page_of_a_province_asks_before_it_ends_filling(
    round_, province_officer, client
) -> None:
    client.force_login(province_officer)
    page, now = reverse("projects:province_edit", args=[round_.code]), timezone.localtime()
    opens, closes = now - 3 * HOUR, now - HOUR
    sent = {
        "institution-opens_at_0": f"{opens:%Y-%m-%d}", "institution-opens_at_1": f"{opens:%H:%M}",
        "institution-closes_at_0": f"{closes:%Y-%m-%d}", "institution-closes_at_1": f"{closes:%H:%M}",
        "institution-is_on": "on",
    }  # fmt: skip

    answer = client.post(page, sent | shown(client, page)).content.decode()
    assert "还有 2 家没有上报" in answer
    assert not ProvinceWindow.objects.exists()

    client.post(page, sent | shown(client, page) | {"closes_knowingly": "on"})
    assert ProvinceWindow.objects.exists()


def test_the_page_shows_what_moves_before_it_moves(
    round_, alliance_officer, hospital_clerk, client
) -> None:
    page, before = reverse("projects:window_extend", args=[round_.code]), ends(round_)
    client.force_login(alliance_officer)
    form = client.get(page).context["form"]
    sent = {"cause": "fault", "hours": "6", "reason": "机房断电", form.version_name: form.version}

    shown = client.post(page, {**sent, "preview": ""}).content.decode()
    assert "延期并通知" in shown
    assert ends(round_) == before

    client.post(page, {**sent, "extend": ""})
    assert ends(round_) == {tier: end + 6 * HOUR for tier, end in before.items()}
    stale = client.post(page, {**sent, "extend": ""}).content.decode()
    assert "结束时间" in stale
    assert ends(round_) == {tier: end + 6 * HOUR for tier, end in before.items()}

    client.force_login(hospital_clerk)
    assert (
        "机房断电"
        in client.get(reverse("reporting:demand_edit", args=[round_.code])).content.decode()
    )

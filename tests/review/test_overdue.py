"""逾期处理: who is listed for whom, what each pile offers, and what carrying it out does (rules §1)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.scopes import scope_of
from apps.accounts.models import User
from apps.organizations.models import Tier
from apps.projects.domain.windows.timings import time_over, timings_for
from apps.projects.models import Project, ProjectWindow, ProvinceWindow, SupplementWindow
from apps.review.domain.refusals import ActionRefused, NotYourTurn
from apps.review.domain.rounds.supplementing import supplement_filings
from apps.review.models import Filing
from apps.review.models.statuses import Action, Status
from apps.scope.context import enter
from tests.cast import Tree
from tests.factories_review import filings_of, put
from tests.pages import words_of
from tests.review.acting import act, status_of
from tests.review.planting import filing_of, move_window

ClientOf = Callable[[User], Client]
URL = "/review/PAPER/overdue/"


@pytest.fixture
def over(round_on_paper: Project) -> Project:
    """The institutions' time has ended; everybody else's has not."""
    now = timezone.now()
    move_window(round_on_paper, Tier.INSTITUTION, now - timedelta(2), now - timedelta(1))
    return round_on_paper


@pytest.fixture
def once(over: Project, hospital_clerk: User) -> Filing:
    """Reported, given back, its correction deadline over."""
    filing = filing_of(over, hospital_clerk)
    put(Status.RETURNED, filing, correction_deadline=timezone.now() - timedelta(hours=1))
    return filing


def carry(client: Client, filings: list[Filing], action: str, pile: str, **fields: object) -> str:
    """Tick, confirm; where it leads."""
    ticked = {"selected": [filing.pk for filing in filings], "action": action}
    asked = client.post(f"{URL}?pile={pile}", ticked)
    done = client.post(asked["Location"], fields)
    return str(done["Location"])


@pytest.mark.covers("S2-25")
def test_a_city_sees_its_own_by_pile(
    over: Project, once: Filing, city_reviewer: User, client_of: ClientOf
) -> None:
    client = client_of(city_reviewer)

    reported = client.get(URL).content.decode()
    never = client.get(f"{URL}?pile=never").content.decode()

    assert "武昌区人民医院" in reported
    assert "武昌区中医医院" not in reported
    assert {"武昌区中医医院", "武汉市第一医院"} <= words_of(never, "th", "a")
    assert "黄石港区人民医院" not in never
    assert "计零" in reported
    assert "恢复上次上报" in reported
    assert "计为未报" in never


def test_restoring_puts_back_what_was_reported(
    once: Filing, city_reviewer: User, client_of: ClientOf, paper: object
) -> None:
    carry(client_of(city_reviewer), [once], "restore", "once")

    assert status_of(once) == "submitted"
    assert ("restore", once.pk) in paper.told  # type: ignore[attr-defined]


def test_counting_as_zero_is_a_decision(
    once: Filing, city_reviewer: User, client_of: ClientOf
) -> None:
    back = carry(client_of(city_reviewer), [once], "lapse", "once")

    assert status_of(once) == "lapsed"
    assert back == f"{URL}?pile=once"


def test_a_province_opens_a_supplement_for_several_at_once(
    over: Project, tree: Tree, province_officer: User, client_of: ClientOf
) -> None:
    lapsed = filing_of(over, tree["H42010600001"])
    put(Status.LAPSED, lapsed)
    late = filing_of(over, tree["H42020200001"])
    until = (timezone.localtime() + timedelta(days=2)).strftime("%Y-%m-%d")
    fields = {"reason": "系统故障", "closes_at_0": until, "closes_at_1": "24:00"}
    client = client_of(province_officer)

    carry(client, [lapsed], "supplement", "lapsed", **fields)
    carry(client, [late], "supplement", "never", **fields)

    assert (status_of(lapsed), status_of(late)) == ("draft", "draft")
    windows = SupplementWindow.objects.filter(project=over, reason="系统故障")
    assert set(windows.values_list("organization__code", flat=True)) == {
        "H42010600001",
        "H42020200001",
    }


@pytest.mark.covers("S2-25")
def test_a_supplemented_unit_may_report_after_all(
    over: Project, hospital_clerk: User, province_officer: User
) -> None:
    filing = filing_of(over, hospital_clerk)
    with pytest.raises(ActionRefused, match="不在可操作时间内"):
        act(Action.SUBMIT, hospital_clerk, filing)

    with enter(scope_of(province_officer)):
        supplement_filings(
            [filing],
            by=Actor.of(province_officer),
            reason="断网",
            closes_at=timezone.now() + timedelta(days=1),
        )

    act(Action.SUBMIT, hospital_clerk, filing)
    assert status_of(filing) == "submitted"


def test_cities_open_no_supplement_and_nobody_below_a_submitted_bureau(
    over: Project, hospital_clerk: User, city_reviewer: User, province_officer: User, tree: Tree
) -> None:
    filing = filing_of(over, hospital_clerk)
    tomorrow = timezone.now() + timedelta(days=1)

    def open_for(person: User) -> None:
        with enter(scope_of(person)):
            supplement_filings([filing], by=Actor.of(person), reason="断网", closes_at=tomorrow)

    with pytest.raises(NotYourTurn):
        open_for(city_reviewer)
    put(Status.SUBMITTED, filing_of(over, tree["420100"]))
    with pytest.raises(ActionRefused, match="锁定"):
        open_for(province_officer)
    assert not SupplementWindow.objects.filter(project=over).exists()


@pytest.mark.covers("S2-25")
@pytest.mark.parametrize("national_ends", [-1, 3])
@pytest.mark.parametrize("province_ends", [None, -1, 2, -9])
def test_nobody_is_listed_before_their_time_is_over(
    round_on_paper: Project, tree: Tree, national_ends: int, province_ends: int | None
) -> None:
    """The condition in SQL says what `Timing` says of each, for a deadline and a supplement as well."""
    now = timezone.now()
    project, span = round_on_paper, (now - timedelta(20), now + timedelta(national_ends))
    move_window(project, Tier.INSTITUTION, *span)
    if province_ends is not None:
        ProvinceWindow.objects.create(
            project=project,
            province=tree["42"],
            path=tree["42"].path,
            tier=Tier.INSTITUTION,
            opens_at=now - timedelta(20),
            closes_at=now + timedelta(min(province_ends, national_ends)),
        )
    later, early, extended = filings_of(
        project, [tree[code] for code in ("H42010600001", "H42010600002", "H42020200001")]
    )
    put(Status.RETURNED, later, correction_deadline=now + timedelta(1))
    put(Status.RETURNED, early, correction_deadline=now - timedelta(hours=1))
    SupplementWindow.objects.create(
        project=project,
        organization=extended.organization,
        opens_at=now - timedelta(1),
        closes_at=now + timedelta(1),
        reason="系统故障",
    )
    rows = list(Filing.objects.of_project(project).institutions().order_by("path"))

    found = (
        Filing.objects.of_project(project)
        .institutions()
        .filter(time_over(project, Tier.INSTITUTION, now))
    )

    timings = timings_for(project, rows)
    assert set(found.values_list("pk", flat=True)) == {
        row.pk
        for row, timing in zip(rows, timings, strict=True)
        if timing.own and now >= timing.own.closes_at and not timing.is_open_or_before_deadline(now)
    }


def test_without_a_window_nobody_s_time_is_over(round_on_paper: Project) -> None:
    ProjectWindow.objects.filter(project=round_on_paper, tier=Tier.INSTITUTION).delete()

    assert not Filing.objects.filter(
        time_over(round_on_paper, Tier.INSTITUTION, timezone.now())
    ).exists()

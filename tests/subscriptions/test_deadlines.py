"""开始填报 and what is left until the end: once for each account and moment, to whoever has not reported."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.notices.models import Event, Message, MessageKind
from apps.organizations.models import Tier
from apps.projects.models import ProvinceWindow
from apps.review.models.statuses import Status
from apps.subscriptions.domain.deadlines import tell_deadlines
from apps.subscriptions.models import Told
from apps.subscriptions.tasks import deadlines
from tests import factories
from tests.factories_review import put
from tests.review.planting import filing_of, move_window, planted, register_paper

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("country")]
BEGAN = timedelta(days=10)


@pytest.fixture
def end() -> datetime:
    return timezone.now() + timedelta(days=10)


@pytest.fixture
def project(tree, end):
    """Institutions have had ten days, and have ten more; nobody else is late by then."""
    register_paper()
    project = planted([unit for unit in tree.values() if unit.tier == "institution"])
    for tier in (Tier.COUNTY, Tier.CITY, Tier.PROVINCE, Tier.ALLIANCE):
        move_window(project, tier, timezone.now() - BEGAN, end + timedelta(days=90))
    move_window(project, Tier.INSTITUTION, timezone.now() - BEGAN, end)
    return project


def told_before(end: datetime, **left: float) -> list[tuple[str, str]]:
    """What was told of events until so long before the end; the task comes round twice."""
    with time_machine.travel(end - timedelta(**left), tick=False):
        deadlines()
        deadlines()
    return list(Event.objects.order_by("pk").values_list("name", "path"))


def test_three_days_one_day_four_hours_before_the_end(project, hospital_clerk, end):
    path = hospital_clerk.path
    expected = [("three_days", path), ("one_day", path), ("four_hours", path)]

    told = [told_before(end, hours=hours) for hours in (73, 71, 30, 23, 5, 3.9, 0.1, -1)]

    numbers = [len(each) for each in told]
    assert numbers == [0, 1, 1, 2, 2, 3, 3, 3]
    assert told[-1] == expected
    last = Message.objects.latest("pk")
    assert (last.kind, last.path) == (MessageKind.DEADLINE, path)
    assert last.body.endswith("您单位尚未上报，请尽快完成。")


def test_the_opening_is_told_on_its_day(project, hospital_clerk):
    move_window(project, Tier.INSTITUTION, timezone.now(), timezone.now() + timedelta(days=20))

    told = [len(told_before(timezone.now(), hours=-hours)) for hours in (1, 2, 30)]

    assert told == [1, 1, 1]
    assert Event.objects.get().name == "opening"


@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.LAPSED])
def test_who_has_reported_hears_nothing(project, hospital_clerk, end, status):
    put(status, filing_of(project, hospital_clerk))

    assert told_before(end, hours=20) == []


def test_nor_whoever_lies_below_a_reported_package(project, hospital_clerk, city_reviewer, end):
    put(Status.SUBMITTED, filing_of(project, city_reviewer))

    assert told_before(end, hours=20) == []


def test_the_provinces_own_end_counts(project, hospital_clerk, province_officer, end):
    ProvinceWindow.objects.create(
        project=project,
        province=province_officer.organization,
        path=province_officer.path,
        tier=Tier.INSTITUTION,
        opens_at=timezone.now() - BEGAN,
        closes_at=end - timedelta(days=5),
    )

    assert [name for name, _ in told_before(end, days=5.5)] == ["one_day"]
    assert Told.objects.get().moment == end - timedelta(days=5)


def test_a_later_correction_deadline_counts(project, hospital_clerk, end):
    put(
        Status.RETURNED,
        filing_of(project, hospital_clerk),
        correction_deadline=end + timedelta(days=5),
    )

    assert told_before(end, hours=3) == []
    assert [name for name, _ in told_before(end, days=-4.5)] == ["one_day"]


def test_an_end_that_was_moved_is_another_moment(project, hospital_clerk, end):
    told_before(end, hours=3)
    move_window(project, Tier.INSTITUTION, timezone.now() - BEGAN, end + timedelta(days=10))

    assert [name for name, _ in told_before(end + timedelta(days=10), hours=3)] == [
        "four_hours",
        "four_hours",
    ]


def test_each_account_is_noted_and_units_are_counted_that_somebody_reads(
    project, hospital_clerk, end
):
    factories.sub_account_of(hospital_clerk)
    with time_machine.travel(end - timedelta(hours=2), tick=False):
        reached = tell_deadlines()

    assert reached == 1
    assert Told.objects.count() == 2
    assert Message.objects.count() == 1


def test_with_the_same_number_of_statements_for_many(tree, project, hospital_clerk, end):
    with time_machine.travel(end - timedelta(hours=2), tick=False):
        with CaptureQueriesContext(connection) as one:
            assert tell_deadlines() == 1
        for unit in tree.values():
            if unit.tier == "institution" and unit != hospital_clerk.organization:
                factories.account_of(unit)
        with CaptureQueriesContext(connection) as many:
            assert tell_deadlines() > 1

    assert len(many) == len(one)

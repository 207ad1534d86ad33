"""The end of a 补报 is told once for each granted window, to units that may still report and have not (S2-25)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.scopes import scope_of
from apps.accounts.models import User
from apps.audit.models import LogEntry
from apps.notices.models import Message, MessageKind
from apps.organizations.models import Tier
from apps.portal.tasks import supplement_ends
from apps.projects.models import Phase, Project, SupplementWindow
from apps.review.domain.rounds.supplementing import supplement_filings
from apps.review.models import Filing
from apps.review.models.statuses import Status
from apps.scope.context import enter
from tests.cast import Tree
from tests.factories_review import put
from tests.review.planting import filing_of, move_window, planted, register_paper

ClientOf = Callable[[User], Client]
Grant = Callable[[int], None]


@pytest.fixture
def over(tree: Tree, country: object) -> Project:
    """A round in which the institutions' time has ended."""
    del country
    register_paper()
    project = planted([unit for unit in tree.values() if unit.tier == "institution"])
    now = timezone.now()
    move_window(project, Tier.INSTITUTION, now - timedelta(2), now - timedelta(1))
    return project


@pytest.fixture
def late(over: Project, hospital_clerk: User) -> Filing:
    return filing_of(over, hospital_clerk)


@pytest.fixture
def grant(late: Filing, province_officer: User) -> Grant:
    """The province opens a 补报 of so many hours for the late institution."""

    def grant(hours: int) -> None:
        late.refresh_from_db()
        with enter(scope_of(province_officer)):
            supplement_filings(
                [late],
                by=Actor.of(province_officer),
                reason="断网",
                closes_at=timezone.now() + timedelta(hours=hours),
            )

    return grant


def told_after(hours: float) -> int:
    """The task comes round twice at that time from now; how many messages there are then."""
    with time_machine.travel(timezone.now() + timedelta(hours=hours), tick=True):
        supplement_ends()
        supplement_ends()
    return Message.objects.filter(kind=MessageKind.SUPPLEMENT).count()


@pytest.mark.covers("S2-25")
def test_a_unit_is_reminded_once_when_the_end_is_near(grant: Grant, late: Filing) -> None:
    grant(48)

    assert [told_after(hours) for hours in (0, 23.9, 24.1, 40, 49)] == [0, 0, 1, 1, 1]
    message = Message.objects.get()
    assert (message.path, message.project_id) == (late.path, late.project_id)
    assert (message.sender, message.sender_name) == (None, "系统")
    assert LogEntry.objects.filter(verb="补报提醒", path=late.path, actor_name="系统").count() == 1


@pytest.mark.parametrize(("hours", "counts"), [(36, [0, 0, 1]), (72, [0, 1, 1])])
def test_the_setting_says_how_long_before(
    hours: int, counts: list[int], grant: Grant, settings: object
) -> None:
    settings.SUPPLEMENT_REMIND_HOURS = hours  # type: ignore[attr-defined]
    grant(96)

    assert [told_after(after) for after in (23, 25, 61)] == counts


def test_a_later_grant_is_another_window(grant: Grant) -> None:
    grant(12)
    first = told_after(0)
    with time_machine.travel(timezone.now() + timedelta(hours=6), tick=True):
        grant(48)

    assert [first, told_after(7), told_after(31), told_after(40)] == [1, 1, 2, 2]


def test_a_longer_time_before_it_is_not_told_twice(grant: Grant, settings: object) -> None:
    settings.SUPPLEMENT_REMIND_HOURS = 48  # type: ignore[attr-defined]
    grant(40)
    told_after(0)
    settings.SUPPLEMENT_REMIND_HOURS = 12  # type: ignore[attr-defined]

    assert told_after(30) == 1


@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.APPROVED, Status.EXCLUDED])
def test_who_has_reported_or_left_hears_nothing(grant: Grant, late: Filing, status: Status) -> None:
    grant(12)
    put(status, late)

    assert told_after(0) == 0


def test_whose_report_the_province_fills_in_hears_nothing(grant: Grant, late: Filing) -> None:
    grant(12)
    put(Status.DRAFT, late, maintained=True)

    assert told_after(0) == 0


def test_who_was_returned_is_reminded(grant: Grant, late: Filing) -> None:
    put(Status.RETURNED, late, correction_deadline=timezone.now() - timedelta(hours=1))
    grant(12)

    assert told_after(0) == 1


def test_nobody_hears_of_an_end_at_which_time_does_not_end(
    grant: Grant, over: Project, late: Filing
) -> None:
    grant(12)
    now = timezone.now()
    put(Status.RETURNED, late, correction_deadline=now + timedelta(hours=20))
    with_deadline = told_after(0)
    put(Status.DRAFT, late, correction_deadline=None)
    move_window(over, Tier.INSTITUTION, now - timedelta(2), now + timedelta(1))

    assert (with_deadline, told_after(0)) == (0, 0)


def test_nobody_is_asked_for_what_would_be_refused(grant: Grant, over: Project, tree: Tree) -> None:
    grant(12)
    put(Status.SUBMITTED, filing_of(over, tree["420100"]))
    frozen = told_after(0)
    put(Status.DRAFT, filing_of(over, tree["420100"]))
    SupplementWindow.objects.update(is_on=False)
    switched_off = told_after(0)
    SupplementWindow.objects.update(is_on=True)
    Project.objects.filter(pk=over.pk).update(phase=Phase.CONCLUDED, concluded_at=timezone.now())

    assert (frozen, switched_off, told_after(0)) == (0, 0, 0)


def test_the_message_leads_to_the_page_where_the_unit_reports(
    grant: Grant, hospital_clerk: User, client_of: ClientOf
) -> None:
    grant(12)
    told_after(0)

    shown = client_of(hospital_clerk).get(f"/notices/messages/{Message.objects.get().pk}/")

    assert "去办理" in shown.content.decode()
    assert reverse("reporting:demand_edit", args=["PAPER"]) in shown.content.decode()


def test_many_units_cost_as_many_statements_as_one(
    over: Project,
    tree: Tree,
    grant: Grant,
    django_assert_max_num_queries: Callable[..., object],
) -> None:
    grant(12)
    with django_assert_max_num_queries(50) as one:  # type: ignore[attr-defined]
        supplement_ends()
    now = timezone.now()
    units = [unit for unit in tree.values() if unit.tier == Tier.INSTITUTION]
    SupplementWindow.objects.all().delete()
    SupplementWindow.objects.bulk_create(
        SupplementWindow(
            project=over,
            organization=unit,
            path=unit.path,
            opens_at=now,
            closes_at=now + timedelta(hours=6),
            reason="断网",
        )
        for unit in units
    )

    with django_assert_max_num_queries(len(one)):  # type: ignore[arg-type]
        supplement_ends()

    assert Message.objects.filter(kind=MessageKind.SUPPLEMENT).count() == 1 + len(units)

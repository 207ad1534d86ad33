"""Who resets a password could report in the unit's name: the unit, the tier above and the history know of it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.passwords import reset_password
from apps.accounts.domain.scopes import scope_of
from apps.accounts.models import User
from apps.audit.models import LogEntry
from apps.notices.models import Message, MessageKind
from apps.projects.models import Project
from apps.review.domain.proving import differences
from apps.review.models import FilingEvent
from apps.review.models.statuses import Action
from apps.scope.context import enter, whole_country
from tests import factories
from tests.review.acting import act
from tests.review.planting import filing_of

pytestmark = pytest.mark.django_db
NOTE = "由武汉市医疗保障局（陈市审）于"


def reset(by: User, account: User) -> User:
    """The account as it is after the reset; whoever has the password changed it at the first login."""
    with enter(scope_of(by)):
        reset_password(by=Actor.of(by), account_id=account.pk, seen=account.password_changed_at)
    return fresh(account)


def fresh(account: User) -> User:
    with whole_country(reason="test"):
        return User.objects.select_related("organization", "parent_account").get(pk=account.pk)


def reasons(filing: object) -> list[str]:
    rows = FilingEvent.objects.filter(filing=filing).order_by("sequence")
    return list(rows.values_list("reason", flat=True))


def inbox(account: User) -> list[str]:
    rows = Message.objects.filter(path=account.path, kind=MessageKind.ACCOUNT).order_by("pk")
    return list(rows.values_list("title", flat=True))


def test_the_first_report_says_who_reset_the_password(
    round_on_paper: Project, hospital_clerk: User, city_reviewer: User, client_of: object
) -> None:
    filing = filing_of(round_on_paper, hospital_clerk)
    clerk = reset(city_reviewer, hospital_clerk)

    act(Action.SUBMIT, clerk, filing)

    (reason,) = reasons(filing)
    assert reason.startswith(NOTE)
    assert reason.endswith("重置密码后首次上报")
    assert NOTE in LogEntry.objects.get(verb="上报").sentence
    assert list(differences(round_on_paper)) == []


def test_the_unit_and_the_tier_above_are_told_at_the_reset_and_at_the_report(
    round_on_paper: Project, hospital_clerk: User, city_reviewer: User, province_officer: User
) -> None:
    filing = filing_of(round_on_paper, hospital_clerk)
    clerk = reset(city_reviewer, hospital_clerk)
    act(Action.SUBMIT, clerk, filing)

    assert inbox(hospital_clerk) == [
        "账号 H42010600001 的密码由上级重置",
        "重置密码后首次上报",
    ]
    assert inbox(province_officer) == [
        "武汉市医疗保障局（陈市审）重置了 1 个下级账号的密码",
        "重置密码后首次上报",
    ]
    assert inbox(city_reviewer) == []


def test_changing_the_password_does_not_take_it_away_a_report_does(
    round_on_paper: Project, hospital_clerk: User, city_reviewer: User
) -> None:
    filing = filing_of(round_on_paper, hospital_clerk)
    clerk = reset(city_reviewer, hospital_clerk)
    clerk.set_password("Kite-Lamp-4938")
    clerk.must_change_password = False
    clerk.save()

    for _ in range(2):
        act(Action.SUBMIT, clerk, filing)
        act(Action.RETURN, city_reviewer, filing, reason="请更正")

    said = [reason for reason in reasons(filing) if NOTE in reason]
    assert len(said) == 1


def test_a_sub_account_made_by_whoever_has_the_main_account_says_so_too(
    round_on_paper: Project, hospital_clerk: User, city_reviewer: User
) -> None:
    filing = filing_of(round_on_paper, hospital_clerk)
    clerk = reset(city_reviewer, hospital_clerk)
    helper = factories.sub_account_of(clerk, permission_subset=["query", "maintain", "report"])

    act(Action.SUBMIT, fresh(helper), filing)

    assert reasons(filing)[0].startswith(NOTE)


def test_long_ago_is_no_news(
    round_on_paper: Project, hospital_clerk: User, city_reviewer: User
) -> None:
    filing = filing_of(round_on_paper, hospital_clerk)
    clerk = reset(city_reviewer, hospital_clerk)
    User.objects.filter(pk=clerk.pk).update(password_reset_at=timezone.now() - timedelta(days=91))

    act(Action.SUBMIT, fresh(clerk), filing)

    assert reasons(filing) == [""]


def test_without_a_reset_nothing_is_said(
    round_on_paper: Project, hospital_clerk: User, city_reviewer: User
) -> None:
    filing = filing_of(round_on_paper, hospital_clerk)
    helper = factories.sub_account_of(
        hospital_clerk, permission_subset=["query", "maintain", "report"]
    )
    with enter(scope_of(hospital_clerk)):
        reset_password(by=Actor.of(hospital_clerk), account_id=helper.pk, seen=None)

    act(Action.SUBMIT, fresh(helper), filing)

    assert reasons(filing) == [""]
    assert inbox(hospital_clerk) == []


def test_the_page_of_the_filing_shows_it(
    round_on_paper: Project, hospital_clerk: User, city_reviewer: User, client_of: object
) -> None:
    filing = filing_of(round_on_paper, hospital_clerk)
    act(Action.SUBMIT, reset(city_reviewer, hospital_clerk), filing)

    page = client_of(city_reviewer).get(f"/review/{round_on_paper.code}/filings/{filing.pk}/")  # type: ignore[operator]

    assert NOTE in page.content.decode()

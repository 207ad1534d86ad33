"""Requests, decisions and the parent's submit at the same moment, on real transactions."""

from collections.abc import Iterator

import pytest

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.scopes import scope_of
from apps.accounts.models import User
from apps.projects.models import Project
from apps.review.domain.proving import differences
from apps.review.domain.withdrawals.acts import ask_withdrawal, grant_withdrawal, refuse_withdrawal
from apps.review.models import Filing, FilingEvent, RequestState, WithdrawalRequest
from apps.review.models.statuses import Action, Status
from apps.scope.context import enter
from tests.cast import Tree
from tests.racing import at_once
from tests.review.acting import act
from tests.review.planting import Paper, filing_of, planted

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 8


@pytest.fixture
def on_request(tree: Tree, country: object, paper: Paper) -> Iterator[Project]:
    del country, paper
    project = planted(
        [tree["H42010600001"]], institution_withdrawal="on_request", bureau_withdrawal="direct"
    )
    yield project
    assert list(differences(project)) == []


def ask(filing: Filing, person: User) -> WithdrawalRequest:
    with enter(scope_of(person)):
        return ask_withdrawal(filing, by=Actor.of(person), reason="填错了")


def states() -> list[str]:
    return list(WithdrawalRequest.objects.order_by("pk").values_list("state", flat=True))


@pytest.mark.covers("S3-28")
def test_a_request_against_the_parents_submit_never_stays_open(
    on_request: Project, tree: Tree, hospital_clerk: User, city_reviewer: User
) -> None:
    filing, city = filing_of(on_request, hospital_clerk), filing_of(on_request, tree["420100"])
    act(Action.SUBMIT, hospital_clerk, filing)
    act(Action.APPROVE, city_reviewer, filing)

    for _round in range(ROUNDS):
        before = len(states())
        asked, submitted = at_once(
            lambda: ask(filing, hospital_clerk),
            lambda: act(Action.SUBMIT, city_reviewer, city, confirmed=True),
        )
        assert submitted == "done"
        assert asked in {"done", "ActionRefused"}
        assert states()[before:] == [RequestState.OVERTAKEN] * (asked == "done")
        act(Action.WITHDRAW, city_reviewer, city)


def test_two_requests_at_once_make_one(on_request: Project, hospital_clerk: User) -> None:
    filing = filing_of(on_request, hospital_clerk)
    act(Action.SUBMIT, hospital_clerk, filing)

    results = at_once(lambda: ask(filing, hospital_clerk), lambda: ask(filing, hospital_clerk))

    assert sorted(results) == ["ActionRefused", "done"]
    assert states() == ["open"]


def test_of_two_decisions_the_first_holds(
    on_request: Project, hospital_clerk: User, city_reviewer: User
) -> None:
    filing = filing_of(on_request, hospital_clerk)
    by = Actor.of(city_reviewer)

    for _round in range(ROUNDS):
        act(Action.SUBMIT, hospital_clerk, filing)
        request = ask(filing, hospital_clerk)
        events = FilingEvent.objects.filter(filing=filing).count()

        def granting(request: WithdrawalRequest = request) -> object:
            with enter(scope_of(city_reviewer)):
                return grant_withdrawal(request, by=by)

        def refusing(request: WithdrawalRequest = request) -> object:
            with enter(scope_of(city_reviewer)):
                return refuse_withdrawal(request, by=by, answer="数据无误")

        results = at_once(granting, refusing)

        assert sorted(results) == ["RequestDecided", "done"]
        request.refresh_from_db()
        filing.refresh_from_db()
        granted = results[0] == "done"
        assert request.state == (RequestState.GRANTED if granted else RequestState.REFUSED)
        assert filing.status == (Status.RETURNED if granted else Status.SUBMITTED)
        assert FilingEvent.objects.filter(filing=filing).count() == events + granted
        if not granted:
            act(Action.RETURN, city_reviewer, filing, reason="再来一次")

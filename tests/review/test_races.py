"""Two people at the same moment, on real transactions: one legal state, one event for each change.

Each race is run many times; whoever comes second is refused in words or finds the work done.
"""

from collections.abc import Callable, Iterator

import pytest

from apps.accounts.models import User
from apps.projects.models import Project
from apps.review.domain.proving import differences
from apps.review.models import Filing, FilingEvent
from apps.review.models.statuses import Action, Status
from tests.cast import Tree
from tests.racing import at_once
from tests.review.acting import act
from tests.review.planting import filing_of

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 8


@pytest.fixture
def reset() -> Callable[[Project], None]:
    """Put every filing back to draft, history kept."""

    def back_to_draft(project: Project) -> None:
        Filing.objects.of_project(project).update(status=Status.DRAFT)

    return back_to_draft


@pytest.fixture
def intact(round_on_paper: Project) -> Iterator[Project]:
    """The round; afterwards its log must agree with itself, but for statuses that `reset` moved without an event."""
    yield round_on_paper
    found = list(differences(round_on_paper))
    assert [each for each in found if "原状态" not in each and "状态为" not in each] == []


def legal_history(filing: Filing) -> bool:
    """Every event starts where the one before it ended, and the last ends at the filing's status."""
    events = list(FilingEvent.objects.filter(filing=filing).order_by("sequence"))
    filing.refresh_from_db()
    return events[-1].target == filing.status and [e.sequence for e in events] == list(
        range(1, len(events) + 1)
    )


def test_two_submissions_at_once_make_one_event(
    intact: Project, hospital_clerk: User, reset: Callable[[Project], None]
) -> None:
    clerk = filing_of(intact, hospital_clerk)

    for count in range(1, ROUNDS + 1):
        reset(intact)
        submit = lambda: act(Action.SUBMIT, hospital_clerk, clerk)  # noqa: E731
        assert sorted(at_once(submit, submit)) == ["ActionRefused", "done"]
        assert FilingEvent.objects.filter(filing=clerk).count() == count


def test_withdrawal_against_approval_ends_in_one_of_the_two(
    intact: Project, hospital_clerk: User, city_reviewer: User, reset: Callable[[Project], None]
) -> None:
    clerk = filing_of(intact, hospital_clerk)

    for _round in range(ROUNDS):
        reset(intact)
        act(Action.SUBMIT, hospital_clerk, clerk)
        withdrawn, approved = at_once(
            lambda: act(Action.WITHDRAW, hospital_clerk, clerk),
            lambda: act(Action.APPROVE, city_reviewer, clerk),
        )
        assert sorted([withdrawn, approved]) == ["ActionRefused", "done"]
        clerk.refresh_from_db()
        assert clerk.status == ("draft" if withdrawn == "done" else "approved")
    assert legal_history(clerk)


def test_a_bureau_submits_while_a_child_is_approved(
    intact: Project, hospital_clerk: User, city_reviewer: User, tree: Tree,
    reset: Callable[[Project], None],
) -> None:  # fmt: skip
    clerk, city = filing_of(intact, hospital_clerk), filing_of(intact, tree["420100"])

    for _round in range(ROUNDS):
        reset(intact)
        act(Action.SUBMIT, hospital_clerk, clerk)
        approved, submitted = at_once(
            lambda: act(Action.APPROVE, city_reviewer, clerk),
            lambda: act(Action.SUBMIT, city_reviewer, city, confirmed=True),
        )
        assert approved == "done"
        assert submitted in ("done", "GateClosed")
        city.refresh_from_db()
        assert city.status == ("submitted" if submitted == "done" else "draft")
    assert legal_history(clerk)


def test_an_institution_reports_while_its_bureau_submits(
    intact: Project, hospital_clerk: User, city_reviewer: User, tree: Tree,
    reset: Callable[[Project], None],
) -> None:  # fmt: skip
    clerk, city = filing_of(intact, hospital_clerk), filing_of(intact, tree["420100"])

    for _round in range(ROUNDS):
        reset(intact)
        reported, submitted = at_once(
            lambda: act(Action.SUBMIT, hospital_clerk, clerk),
            lambda: act(Action.SUBMIT, city_reviewer, city, confirmed=True),
        )
        clerk.refresh_from_db()
        city.refresh_from_db()
        assert (clerk.status, city.status) in {("submitted", "draft"), ("draft", "submitted")}
        assert {reported, submitted} in ({"done", "GateClosed"}, {"ActionRefused", "done"})


def test_a_return_through_all_tiers_never_deadlocks_with_reports_below(
    intact: Project, hospital_clerk: User, city_reviewer: User, province_officer: User, tree: Tree,
    reset: Callable[[Project], None],
) -> None:  # fmt: skip
    clerk, city = filing_of(intact, hospital_clerk), filing_of(intact, tree["420100"])

    for _round in range(ROUNDS):
        reset(intact)
        act(Action.SUBMIT, hospital_clerk, clerk)
        act(Action.APPROVE, city_reviewer, clerk)
        act(Action.SUBMIT, city_reviewer, city, confirmed=True)
        results = at_once(
            lambda: act(Action.RETURN, province_officer, city, reason="复核"),
            lambda: act(Action.UNAPPROVE, city_reviewer, clerk),
            lambda: act(Action.WITHDRAW, city_reviewer, city),
        )
        assert "done" in results
    assert legal_history(clerk)
    assert legal_history(city)

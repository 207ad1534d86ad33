"""A return goes down one tier at a time, or to the institution in one action (S3-26)."""

import pytest

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.scopes import scope_of
from apps.accounts.models import User
from apps.projects.models import Project
from apps.review.domain.refusals import ActionRefused, NotYourTurn
from apps.review.domain.returning import return_through
from apps.review.models import Filing, FilingEvent
from apps.review.models.statuses import Action
from apps.scope.context import enter
from tests.cast import Tree
from tests.review.acting import act, status_of
from tests.review.planting import filing_of


@pytest.fixture
def submitted_to_alliance(
    round_on_paper: Project, hospital_clerk: User, city_reviewer: User, province_officer: User,
    tree: Tree,
) -> dict[str, Filing]:  # fmt: skip
    """Two approved institutions under an approved city under a submitted province."""
    filings = {
        name: filing_of(round_on_paper, who)
        for name, who in {
            "clerk": hospital_clerk, "city": city_reviewer, "province": province_officer,
        }.items()
    }  # fmt: skip
    filings["sibling"] = filing_of(round_on_paper, tree["H42010600002"])
    act(Action.SUBMIT, hospital_clerk, filings["clerk"])
    with enter(scope_of(province_officer)):
        Filing.objects.filter(pk=filings["sibling"].pk).update(
            status="submitted", submitted_at=filings["clerk"].submitted_at or "2026-01-01T00:00Z"
        )
    filings["sibling"].refresh_from_db()
    act(Action.APPROVE, city_reviewer, filings["clerk"], filings["sibling"])
    act(Action.SUBMIT, city_reviewer, filings["city"], confirmed=True)
    act(Action.APPROVE, province_officer, filings["city"])
    act(Action.SUBMIT, province_officer, filings["province"], confirmed=True)
    return filings


def test_to_the_institution_in_one_action(
    submitted_to_alliance: dict[str, Filing], alliance_officer: User
) -> None:
    filings = submitted_to_alliance

    with enter(scope_of(alliance_officer)):
        return_through(filings["clerk"], by=Actor.of(alliance_officer), reason="重复计数")

    assert {name: status_of(filing) for name, filing in filings.items()} == {
        "province": "returned",
        "city": "returned",
        "clerk": "returned",
        "sibling": "approved",
    }
    hops = FilingEvent.objects.filter(action=Action.RETURN).order_by("pk")
    assert list(hops.values_list("organization_name", "on_behalf_of")) == [
        ("国家组织药品联合采购办公室", ""),
        ("国家组织药品联合采购办公室", "湖北省医疗保障局"),
        ("国家组织药品联合采购办公室", "武汉市医疗保障局"),
    ]


def test_one_tier_at_a_time(
    submitted_to_alliance: dict[str, Filing], hospital_clerk: User, city_reviewer: User,
    province_officer: User, alliance_officer: User,
) -> None:  # fmt: skip
    filings = submitted_to_alliance

    act(Action.RETURN, alliance_officer, filings["province"], reason="复核")
    act(Action.RETURN, province_officer, filings["city"], reason="复核")
    act(Action.RETURN, city_reviewer, filings["clerk"], reason="复核")
    act(Action.SUBMIT, hospital_clerk, filings["clerk"])
    act(Action.APPROVE, city_reviewer, filings["clerk"])
    act(Action.SUBMIT, city_reviewer, filings["city"], confirmed=True)

    assert status_of(filings["city"]) == "submitted"
    assert status_of(filings["province"]) == "returned"


def test_nothing_below_a_submitted_bureau_is_returned_by_its_own_reviewer(
    submitted_to_alliance: dict[str, Filing], city_reviewer: User
) -> None:
    filings = submitted_to_alliance

    with enter(scope_of(city_reviewer)), pytest.raises(ActionRefused, match="上级已提交"):
        return_through(filings["clerk"], by=Actor.of(city_reviewer), reason="想改")

    assert status_of(filings["clerk"]) == "approved"


def test_a_stranger_returns_nothing(
    submitted_to_alliance: dict[str, Filing], neighbour_clerk: User
) -> None:
    clerk = submitted_to_alliance["clerk"]

    with enter(scope_of(neighbour_clerk)), pytest.raises(NotYourTurn):
        return_through(clerk, by=Actor.of(neighbour_clerk), reason="试试")


def test_what_needs_no_return_is_not_returned(
    round_on_paper: Project, hospital_clerk: User, province_officer: User
) -> None:
    clerk = filing_of(round_on_paper, hospital_clerk)

    with enter(scope_of(province_officer)), pytest.raises(ActionRefused, match="无需退回"):
        return_through(clerk, by=Actor.of(province_officer), reason="试试")

"""A selection is frozen by the server and carried out once, whole or not at all."""

import pytest

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.scopes import scope_of
from apps.accounts.models import User
from apps.projects.models import Project
from apps.review.domain.refusals import FilingsMissing, FilingsMoved, SelectionUsed
from apps.review.domain.selecting import carry_out, freeze_selection
from apps.review.models import Filing, FilingEvent, Selection
from apps.review.models.statuses import Action
from apps.scope.context import enter
from tests.cast import Tree
from tests.review.acting import act, status_of
from tests.review.planting import filing_of


@pytest.fixture
def two(
    round_on_paper: Project, hospital_clerk: User, tree: Tree, city_reviewer: User
) -> list[Filing]:
    """Two institutions that have reported to the city."""
    del city_reviewer
    filings = [filing_of(round_on_paper, tree[code]) for code in ("H42010600001", "H42010600002")]
    act(Action.SUBMIT, hospital_clerk, filings[0])
    Filing.objects.filter(pk=filings[1].pk).update(
        status="submitted", submitted_at="2026-01-01T00:00Z"
    )
    for filing in filings:
        filing.refresh_from_db()
    return filings


def chosen(two: list[Filing], project: Project, city_reviewer: User) -> Selection:
    with enter(scope_of(city_reviewer)):
        return freeze_selection(project, two, Action.APPROVE, by=Actor.of(city_reviewer))


@pytest.mark.covers("S0-19")
def test_all_selected_are_approved_at_once(
    two: list[Filing], round_on_paper: Project, city_reviewer: User
) -> None:
    selection = chosen(two, round_on_paper, city_reviewer)

    with enter(scope_of(city_reviewer)):
        carry_out(selection, by=Actor.of(city_reviewer))

    assert [status_of(filing) for filing in two] == ["approved", "approved"]


def test_a_double_click_does_nothing_twice(
    two: list[Filing], round_on_paper: Project, city_reviewer: User
) -> None:
    selection = chosen(two, round_on_paper, city_reviewer)

    with enter(scope_of(city_reviewer)):
        carry_out(selection, by=Actor.of(city_reviewer))
        with pytest.raises(SelectionUsed, match="没有重复执行"):
            carry_out(selection, by=Actor.of(city_reviewer))

    assert FilingEvent.objects.filter(action=Action.APPROVE).count() == 2


def test_a_row_that_moved_meanwhile_refuses_all_by_name(
    two: list[Filing], round_on_paper: Project, city_reviewer: User, hospital_clerk: User
) -> None:
    selection = chosen(two, round_on_paper, city_reviewer)
    act(Action.WITHDRAW, hospital_clerk, two[0])
    act(Action.SUBMIT, hospital_clerk, two[0])

    with (
        enter(scope_of(city_reviewer)),
        pytest.raises(FilingsMoved, match="武昌区人民医院（武昌区人民医院 王医办已上报）"),
    ):
        carry_out(selection, by=Actor.of(city_reviewer))

    assert [status_of(filing) for filing in two] == ["submitted", "submitted"]


def test_a_selection_belongs_to_the_person_who_made_it(
    two: list[Filing], round_on_paper: Project, city_reviewer: User, province_officer: User
) -> None:
    selection = chosen(two, round_on_paper, city_reviewer)

    with enter(scope_of(province_officer)), pytest.raises(FilingsMissing):
        carry_out(selection, by=Actor.of(province_officer))


def test_an_empty_selection_is_refused(round_on_paper: Project, city_reviewer: User) -> None:
    with enter(scope_of(city_reviewer)), pytest.raises(FilingsMissing, match="请先勾选"):
        freeze_selection(round_on_paper, [], Action.APPROVE, by=Actor.of(city_reviewer))

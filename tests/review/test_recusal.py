"""审核回避: nobody passes what the same account filled in or reported, where the project says so."""

from collections.abc import Callable

import pytest
from django.test import Client

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.scopes import scope_of
from apps.accounts.models import User
from apps.accounts.models.roles import Permission
from apps.projects.models import Project
from apps.review.domain.performing import perform
from apps.review.domain.refusals import ActionRefused
from apps.review.models import Filing, FilingEvent
from apps.review.models.statuses import Action, Status
from apps.scope.context import enter
from tests.cast import Tree
from tests.factories import account_of
from tests.factories_review import put
from tests.review.acting import act, status_of
from tests.review.planting import filing_of, planted

ClientOf = Callable[[User], Client]


def handed_in(project: Project, tree: Tree, province: User) -> Filing:
    """A city's package that the province submitted in its place."""
    city = filing_of(project, tree["420100"])
    put(Status.APPROVED, filing_of(project, tree["H42010600001"]))
    with enter(scope_of(province)):
        by = Actor.of(province).acting_for(tree["420100"], reason="代办")
        perform([city], Action.SUBMIT, by=by, reason="市局无人", confirmed=True)
    city.refresh_from_db()
    return city


@pytest.mark.parametrize("recusal", [True, False])
def test_who_submitted_in_a_lower_place_does_not_pass_it(
    tree: Tree, country: object, paper: object, province_officer: User, client_of: ClientOf,
    recusal: bool,
) -> None:  # fmt: skip
    del country, paper
    project = planted([tree["H42010600001"]], recusal=recusal)
    city = handed_in(project, tree, province_officer)
    event = FilingEvent.objects.filter(filing=city).latest("sequence")
    page = client_of(province_officer).get(f"/review/PAPER/filings/{city.pk}/")
    offered = {button.action for button in page.context["buttons"]}

    assert (event.organization_name, event.on_behalf_of) == (
        "湖北省医疗保障局",
        "武汉市医疗保障局",
    )
    assert (Action.APPROVE in offered) is not recusal
    if not recusal:
        act(Action.APPROVE, province_officer, city)
        return
    with pytest.raises(ActionRefused, match="审核回避"):
        act(Action.APPROVE, province_officer, city)
    why = client_of(province_officer).get(f"/review/PAPER/filings/{city.pk}/why/").content.decode()
    assert "本项目要求审核回避" in why
    colleague = account_of(
        tree["42"],
        username="colleague",
        parent_account=province_officer,
        permission_subset=[Permission.QUERY, Permission.REVIEW],
    )
    act(Action.APPROVE, colleague, city)
    assert status_of(city) == "approved"


def test_who_filled_in_does_not_report_and_pass_it(
    tree: Tree, country: object, paper: object, province_officer: User
) -> None:
    del country, paper
    project = planted([tree["H42000000001"]], recusal=True)
    own = filing_of(project, tree["H42000000001"])
    put(Status.DRAFT, own, maintained=True, filled_by=province_officer)

    with pytest.raises(ActionRefused, match="审核回避"):
        act(Action.REPORT_FOR, province_officer, own)
    assert status_of(own) == "draft"

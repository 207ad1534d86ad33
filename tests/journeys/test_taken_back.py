"""撤销发布 by two people, and 审核回避, on the product's own pages."""

import pytest

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.projects.models import Project
from apps.review.domain.performing import perform
from apps.review.models.statuses import Action
from apps.scope.context import whole_country
from tests import factories
from tests import factories_demand as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_publication_is_taken_back_by_two(
    enter, tree, alliance_officer, system_administrator
) -> None:
    project = make.demand_project([tree["H42010600001"]], chain=["province"])
    make.published(project, alliance_officer)

    office = enter("alliance").sign_in(alliance_officer)
    office.open(f"/projects/{project.code}/").press("撤销发布").look()
    office.sees("回到筹备：收回全部申报单").fill("原因", "参加机构有误")
    office.press("申请撤销发布").look().sees("等待系统管理员或安全管理员批准")

    keeper = enter("system").sign_in(system_administrator)
    keeper.open("/admin/accounts/approval/")
    keeper.follow(keeper.page.get_by_role("link", name="撤销发布").first)
    keeper.follow(keeper.page.get_by_role("button", name="批准", exact=True))

    office.open(f"/review/{project.code}/undo/publication/").press("撤销发布").look()
    office.sees("筹备")
    with whole_country(reason="test"):
        assert Project.objects.get(pk=project.pk).published_at is None


def test_nobody_passes_what_they_handed_in_themselves(
    enter, tree, county_reviewer, hospital_clerk, alliance_officer
) -> None:
    unit = tree["H42010600001"]
    project = make.demand_project([unit], items=1, chain=["county", "province"], recusal=True)
    make.published(project, alliance_officer)
    make.planned(project, unit, {"P0001": 0}, is_saved=True)
    filing = make.filing_of(project, unit)
    with whole_country(reason="test"):
        perform([filing], Action.SUBMIT, by=Actor.of(hospital_clerk))
        # As if the county's own account had handed it in.
        type(filing).objects.filter(pk=filing.pk).update(submitted_by=county_reviewer)
        colleague = factories.sub_account_of(county_reviewer, permission_subset=["query", "review"])
    assert isinstance(colleague, User)

    own = enter("county").sign_in(county_reviewer)
    own.open(f"/review/{project.code}/filings/{filing.pk}/")
    assert own.page.get_by_role("button", name="审核通过", exact=True).count() == 0
    own.press("为什么不能办理").look().sees("本项目要求审核回避")

    other = enter("colleague").sign_in(colleague)
    other.open(f"/review/{project.code}/filings/{filing.pk}/").press("审核通过", stays=True)
    other.press("审核通过").look().sees("审核通过")

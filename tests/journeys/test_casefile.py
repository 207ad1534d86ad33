"""案卷 on the product's own pages: the hospital and the city take theirs, and anybody checks them."""

import pytest

from apps.accounts.domain.actors import Actor
from apps.jobs.inline import run_waiting_jobs
from apps.review.domain.performing import perform
from apps.review.models.statuses import Action
from apps.scope.context import whole_country
from tests import factories_demand as make
from tests.casefiles import checked_offline, members

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_case_is_taken_and_checked(
    enter, tree, hospital_clerk, city_reviewer, alliance_officer, tmp_path
):
    unit = tree["H42010600001"]
    project = make.demand_project([unit], items=2, chain=["county", "city", "province"])
    make.published(project, alliance_officer)
    make.planned(project, unit, {"P0001": 280, "P0002": 0}, is_saved=True, reason="first")
    with whole_country(reason="test"):
        perform([make.filing_of(project, unit)], Action.SUBMIT, by=Actor.of(hospital_clerk))

    clerk = enter("institution").sign_in(hospital_clerk)
    clerk.open(f"/demand/{project.code}/results/").look()
    clerk.follow(clerk.page.get_by_role("link", name="审核记录")).look()
    own = clerk.download("案卷")

    city = enter("city").sign_in(city_reviewer)
    city.open(f"/review/{project.code}/").look()
    city.follow(city.page.get_by_role("link", name="案卷"))
    run_waiting_jobs()
    city.open(city.page.url).look().sees("已生成案卷，共 3 份申报单")
    below = city.download("下载结果")

    for content in (own, below):
        status, words = checked_offline(content, tmp_path)
        assert (status, "核验通过" in words) == (0, True), words
    assert "filings/420100/filing.json" in members(below)

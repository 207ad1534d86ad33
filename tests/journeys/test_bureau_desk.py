"""184 filings and twelve planted oddities: all found in the list, everybody reviewed in a dozen clicks."""

from typing import Any

import pytest

from apps.accounts.models import User
from apps.projects.models import ExplanationScope, Project
from apps.reporting.domain.reports import keep_reports
from apps.reporting.models import DemandLine
from apps.review.models import Filing
from apps.review.models.statuses import Status
from apps.scope.context import whole_country
from tests import factories_demand as make
from tests.cast import Tree
from tests.factories_review import put, units_below
from tests.journeys.conftest import Enter
from tests.journeys.counting import Hand
from tests.journeys.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FILINGS, MOST_CLICKS = 184, 12
BOUGHT = {"P0001": 1_000, "P0002": 446, "P0003": 820, "P0004": 357, "P0005": 1_210, "P0006": 90}
USUAL = {"P0001": 1_030, "P0002": 440, "P0003": 850, "P0004": 350, "P0005": 1_190, "P0006": 92}
ODD: list[dict[str, int]] = [
    {"P0002": 5_740},
    {"P0001": 10_000},
    {"P0003": 82_000},
    {"P0005": 121},
    {"P0001": 36},
    {"P0004": 9_996},
    {"P0001": 4_100},
    {"P0003": 0},
    {"P0001": 640},
    {"P0005": 1_810},
    {"P0002": 1_100},
    {"P0003": 260},
]
"""A zero too many, two, boxes for tablets and the reverse, many times and a fraction, nothing, −36 %, +49.6 %."""


@pytest.fixture
def season(transactional_db: Any, tree: Tree, alliance_officer: User) -> Project:
    """184 hospitals of one county have reported; every fifteenth of them oddly."""
    units = units_below(tree["420106"], FILINGS)
    project = make.demand_project(
        units,
        items=len(BOUGHT),
        chain=["county", "city", "province"],
        explanation_scope=ExplanationScope.TOTAL,
    )
    for unit in units:
        make.bought(project, unit, BOUGHT)
    make.published(project, alliance_officer)
    for at, unit in enumerate(units):
        odd = ODD[at // 15] if at % 15 == 7 and at // 15 < len(ODD) else {}
        make.planned(project, unit, USUAL | odd, is_saved=True)
    with whole_country(reason="test"):
        filings = list(Filing.objects.of_project(project).institutions())
        put(Status.SUBMITTED, *filings)
        keep_reports(filings)
        assert DemandLine.objects.count() == FILINGS * len(BOUGHT)
    return project


def names_in(desk: Visitor) -> list[str]:
    rows = desk.page.locator("table.data-table tbody tr")
    return [row.strip() for row in rows.locator("th").all_inner_texts()]


def odd_names(project: Project) -> set[str]:
    with whole_country(reason="test"):
        filings = Filing.objects.of_project(project).institutions().select_related("organization")
        in_order = sorted(filings, key=lambda filing: filing.organization_id)
    return {
        filing.organization.name
        for at, filing in enumerate(in_order)
        if at % 15 == 7 and at // 15 < len(ODD)
    }


@pytest.mark.covers("S0-19", "S3-13")
def test_oddities_are_found_and_everybody_is_reviewed(
    season: Project, enter: Enter, county_reviewer: User
) -> None:
    desk = enter("county").sign_in(county_reviewer)
    hand = Hand(desk)
    desk.open("/review/BL/")

    assert set(names_in(desk)[: len(ODD)]) == odd_names(season)
    assert desk.page.locator("tbody tr .pill-danger, tbody tr .pill-warning").count() >= len(ODD)
    assert [url for url in hand.opened if "/filings/" in url] == []

    hand.click(desk.page.locator("[data-select-page]"))
    hand.click(desk.page.locator("[data-select-all]"))
    hand.press("审核通过")
    desk.sees(f"其中 {len(ODD)} 家有异常")
    hand.press(f"只审核通过没有异常的 {FILINGS - len(ODD)} 家")
    desk.sees(f"已审核通过 {FILINGS - len(ODD)} 家")

    hand.click(desk.page.get_by_role("link", name="待审核", exact=True), leads=True)
    hand.click(desk.page.locator("[data-select-page]"))
    hand.press("退回修改")
    hand.choose(desk.page.locator("select[name=ready]"), 1)
    hand.press("确定")
    desk.sees(f"已退回修改 {len(ODD)} 家")

    with whole_country(reason="test"):
        found = Filing.objects.of_project(season).institutions()
        assert found.filter(status=Status.APPROVED).count() == FILINGS - len(ODD)
        assert found.filter(status=Status.RETURNED).count() == len(ODD)
    hand.rest(most=MOST_CLICKS)

"""The main pages in Chromium 109: nothing throws, nothing is lost, the frame keeps its colours and borders (S1-03)."""

import pytest
from playwright.sync_api import expect

from tests import factories_allocation as make
from tests.distribution.test_distributor_forms import GOOD
from tests.journeys.alliance import CODE
from tests.journeys.institution import LOWEST, PENDING, confirm_selected, open_slot, suggest
from tests.journeys.visitor import Visitor

DIALOG = ("省平台账号", "配送企业名称", "统一社会信用代码", "法人", "被授权人", "联系电话")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def enter(old_chromium, live_server):
    """As in every journey, with the old browser."""
    visitors = []

    def entered(name):
        visitors.append(Visitor(old_chromium, live_server.url, name))
        return visitors[-1]

    yield entered
    for visitor in visitors:
        visitor.leave()


@pytest.fixture
def published(tree, alliance_officer):
    hospital = tree["H42010600001"]
    project = make.allocation_project([hospital], code=CODE)
    make.worked_products(project)
    make.volume(project, hospital, make.UNSELECTED, 12_503)
    make.volume(project, hospital, "C", 8_003)
    make.published(project, alliance_officer)
    return project


def colours(visitor, selector):
    """Background and text of what an element shows."""
    script = "e => [getComputedStyle(e).backgroundColor, getComputedStyle(e).color]"
    return visitor.page.locator(selector).first.evaluate(script)


@pytest.mark.covers("S1-03")
def test_an_institution_allocates(enter, published, hospital_clerk):
    clerk = enter("old").sign_in(hospital_clerk).look()
    assert clerk.page.evaluate("navigator.userAgent").count("Chrome/109.") == 1
    assert colours(clerk, ".btn-primary, .rail") != ["rgba(0, 0, 0, 0)", "rgb(0, 0, 0)"]

    confirm_selected(clerk, "5,761")
    open_slot(clerk, "测试胶囊U", LOWEST)
    suggest(clerk, "B制药", "1008")
    clerk.open(PENDING).look()
    open_slot(clerk, "测试胶囊U", LOWEST)
    expect(clerk.row("B制药").locator("input")).to_have_value("1008")
    for page in ("supply", "report"):
        clerk.open(f"/allocation/{CODE}/{page}/").look()


def test_offices_see_their_pages(enter, published, alliance_officer, city_reviewer):
    for name, person in (("old-office", alliance_officer), ("old-city", city_reviewer)):
        visitor = enter(name).sign_in(person).look()
        for page in (
            "/projects/",
            f"/projects/{CODE}/",
            f"/review/{CODE}/",
            f"/allocation/{CODE}/agreements/",
            "/notices/",
            "/audit/",
        ):
            visitor.open(page).look()


@pytest.mark.covers("S4-05")
def test_a_province_keeps_its_distributors(enter, tree, province_officer):
    province = enter("old-province").sign_in(province_officer)
    province.open("/distribution/distributors/").look().open("/distribution/distributors/new/")
    for label, value in zip(DIALOG, GOOD.values(), strict=True):
        province.fill(label, value)
    province.press("保存").look().sees("楚天医药配送有限公司")
    for page in ("areas", "relations"):
        province.open(f"/distribution/{page}/").look()

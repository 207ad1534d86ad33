"""20 products for 17 cities, each by its own distributor among 2,046, in a real browser that counts the clicks."""

import os

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from apps.accounts.models import User
from apps.accounts.models.roles import Role
from apps.distribution.models import DeliveryArea, DeliveryRelation, DistributorAccount
from apps.distribution.models.relation_statuses import Status
from apps.organizations.domain.bureaus import load_bureaus, read_divisions
from apps.organizations.models import Division, Enterprise, Level, Organization
from apps.scope.context import whole_country
from tests import factories
from tests import factories_relations as make
from tests.browser import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PRODUCTS, CITIES, DISTRIBUTORS = 20, 17, 2_046
MOST_CLICKS = 25
# Milliseconds after which the desk asks the server.
SOON = 250


class Clicks:
    """A mouse that counts."""

    def __init__(self):
        self.number = 0

    def __call__(self, target):
        self.number += 1
        target.click()


@pytest.fixture
def cities(tree):
    """The 17 cities of Hubei, its three cities and one district that stand under the province among them."""
    with whole_country(reason="test"):
        load_bureaus([each for each in read_divisions() if each.code.startswith("42")])
        rows = Organization.objects.filter(path__startswith=make.HUBEI).exclude(
            level=Level.INSTITUTION
        )
        return sorted(each.path for each in rows if each.path.count("/") == make.WUHAN.count("/"))


@pytest.fixture
def distributors(tree, cities):
    """2,046 enabled in the province; of the first 17 each declared the counties of one city."""
    province, first = tree["42"], factories.EnterpriseFactory(name="第一配送有限公司")
    officer = factories.enterprise_account(first, Role.DISTRIBUTOR, province)
    with whole_country(reason="test"):
        firms = [
            factories.EnterpriseFactory.build(name=f"湖北第{number:04d}医药配送有限公司")
            for number in range(DISTRIBUTORS)
        ]
        firms = [Enterprise.named(uscc=firm.uscc, name=firm.name) for firm in firms]
        Enterprise.objects.bulk_create(firms)
        users = [
            User.for_enterprise(
                firm, Role.DISTRIBUTOR, province.path, username=firm.uscc, name="张三",
                password=officer.password, must_change_password=False,
            )
            for firm in firms
        ]  # fmt: skip
        User.objects.bulk_create(users)
        accounts = [
            DistributorAccount.at(
                province, firm, legal_representative="法人", authorized_person="被授权人",
                phone="027-00000000", issued_at=timezone.now(), issued_by=officer, user=user,
            )
            for firm, user in zip(firms, users, strict=True)
        ]  # fmt: skip
        DistributorAccount.objects.bulk_create(accounts)
        local = accounts[-CITIES:]
        for account, path in zip(local, cities, strict=True):
            code = path.strip("/").split("/")[-1]
            counties = Division.objects.filter(parent_id=code).values_list("code", flat=True)
            DeliveryArea.objects.bulk_create(
                [DeliveryArea(account=account, division_id=each) for each in counties or [code]]
            )
    return dict(zip(cities, local, strict=True))


@pytest.mark.covers("S4-02")
def test_a_province_is_chosen_in_a_few_clicks(
    page, live_server, client_of, manufacturer_agent, cities, distributors
):
    assert len(cities) == CITIES
    products = make.winners(manufacturer_agent.enterprise, number=PRODUCTS)
    session = client_of(manufacturer_agent).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    click = Clicks()
    page.goto("/distribution/relations/")

    click(page.locator(".page-head, main").get_by_role("link", name="选择配送企业").first)
    box = {name: page.locator(f"#choice-{name}") for name in ("product", "place", "carrier")}
    page.get_by_text("2,046 家，申报 17").wait_for()
    click(box["product"].get_by_role("button", name="全选所示"))
    click(box["place"].get_by_label("地区级别"))  # the list of a select is open
    click.number += 1  # and the click on its line
    box["place"].get_by_label("地区级别").select_option(label="地市")
    wait_for(
        page,
        f"() => document.querySelectorAll('#choice-place .choice-list input').length === {CITIES}",
    )
    click(box["place"].get_by_role("button", name="全选所示"))
    click(page.get_by_label("每家企业只选它申报过的地区"))
    box["carrier"].get_by_text("已申报").nth(CITIES - 1).wait_for()
    for account in distributors.values():
        click(box["carrier"].locator(f"input[value='{account.pk}']"))
    page.get_by_text(f"将新增 {PRODUCTS * CITIES} 条").wait_for()
    if folder := os.environ.get("SCREENS"):
        page.screenshot(path=f"{folder}/choosing-desk.png")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    click(page.get_by_role("button", name="保存并提交"))
    page.get_by_text("新增 340 条配送关系，已提交 340 条").wait_for()

    assert click.number <= MOST_CLICKS
    with whole_country(reason="test"):
        rows = DeliveryRelation.objects.values_list(
            "product_id", "path", "distributor_id", "status"
        )
        assert set(rows) == {
            (product.pk, path, account.pk, Status.SUBMITTED)
            for product in products
            for path, account in distributors.items()
        }


def test_an_answer_to_an_earlier_question_is_not_put_over_a_later_one(
    page, live_server, client_of, manufacturer_agent, cities, tree
):
    make.winners(manufacturer_agent.enterprise, number=1)
    make.distributor(tree["42"], "安泰配送有限公司")
    session = client_of(manufacturer_agent).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page.clock.install(time=0)
    page.goto("/distribution/relations/choose/?province=42")
    page.clock.pause_at(3_600_000)
    places = page.locator("#choice-place")

    with page.expect_response(lambda answer: answer.request.method == "POST") as first:
        page.get_by_label("只补还没有配送企业的地区").check()
        page.clock.run_for(SOON)
        places.get_by_label("地区级别").select_option(label="地市")
    first.value.finished()
    page.clock.run_for(SOON)

    expect(places.locator(".choice-list input")).to_have_count(CITIES)

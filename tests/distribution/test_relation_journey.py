"""A manufacturer chooses and submits, a distributor answers, in a real browser on the smallest screen."""

import pytest

from apps.distribution.models import DeliveryRelation
from apps.distribution.models.relation_statuses import Action, Status
from apps.scope.context import whole_country
from tests import factories_relations as make
from tests.browser import fits, follow, tab_to

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CHOSEN = ("0.1g", "0.2g", "武汉市", "省(区)直属", "荆楚第0")
LABEL = "(document.activeElement.labels?.[0]?.innerText ?? '')"


@pytest.fixture
def sign_in(page, live_server, client_of):
    def signed_in(person):
        cookie = client_of(person).cookies["sessionid"].value
        page.context.clear_cookies()
        page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])

    return signed_in


def statuses():
    with whole_country(reason="test"):
        return sorted(DeliveryRelation.objects.values_list("status", flat=True))


def choose_by_keys(page):
    """Two products, two places and a distributor, ticked and saved without a mouse."""
    page.locator("#province").focus()
    for name in CHOSEN:
        tab_to(page, f"{LABEL}.includes({name!r})")
        page.keyboard.press("Space")
    page.get_by_text("将新增 4 条").wait_for()
    assert fits(page)
    tab_to(page, "document.activeElement.innerText?.trim() === '保存'")
    with page.expect_navigation():
        page.keyboard.press("Enter")


@pytest.mark.covers("S4-02", "S4-03")
def test_both_sides_come_to_terms(page, sign_in, tree, manufacturer_agent):
    trade = make.trade(manufacturer_agent, tree["42"])
    sign_in(trade.maker)
    page.goto("/distribution/relations/")
    follow(page, page.get_by_role("link", name="选择配送企业").first)
    page.get_by_label("省份").select_option(label="湖北")
    page.get_by_text("荆楚第0配送有限公司").wait_for()
    choose_by_keys(page)
    page.get_by_text("新增 4 条配送关系").wait_for()
    assert fits(page)

    page.get_by_label("选择本页全部").check()
    page.get_by_role("button", name="提交", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="提交").click()
    page.get_by_text("已提交 4 条配送关系").wait_for()
    assert statuses() == [Status.SUBMITTED] * 4

    sign_in(make.user_of(trade.carriers[0].pk))
    page.goto("/")
    follow(page, page.get_by_role("link", name="配送关系待响应"))
    for number in (0, 1):
        page.locator("[data-select-row]").nth(number).check()
    page.get_by_role("button", name="同意", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="同意").click()
    page.get_by_text("已同意 2 条配送关系").wait_for()
    follow(page, page.get_by_role("link", name="查看").first)
    page.get_by_role("button", name="拒绝", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("原因").fill("运力不足")
    dialog.get_by_role("button", name="拒绝").click()
    page.get_by_text("已拒绝 1 条配送关系").wait_for()
    assert fits(page)
    assert statuses() == [Status.SUBMITTED, Status.AGREED, Status.AGREED, Status.REFUSED]

    page.goto("/distribution/chains/")
    follow(page, page.get_by_role("link", name="设置下级"))
    page.get_by_label("配送企业", exact=True).first.fill("荆楚第1")
    page.get_by_role("button", name="查找").click()
    page.get_by_role("radio").first.check()
    assert fits(page)
    page.get_by_role("button", name="设置下级").click()
    page.get_by_text("设为下级配送企业").wait_for()

    sign_in(trade.maker)
    page.goto("/distribution/relations/?status=2")
    page.locator("[data-select-row]").first.check()
    page.get_by_role("button", name=Action.VOID.label, exact=True).click()
    page.get_by_role("dialog").get_by_label("原因").fill("停产")
    page.get_by_role("dialog").get_by_role("button", name="作废").click()
    page.get_by_text("已作废 1 条配送关系").wait_for()
    page.goto("/distribution/relations/coverage/")
    page.get_by_role("img", name="各省覆盖情况").wait_for()
    assert fits(page)

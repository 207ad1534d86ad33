"""What a clerk has typed is never lost: not by a refusal, not by a dead line, not by an expired session."""

import pytest
from playwright.sync_api import expect

from apps.accounts.domain.actors import Actor
from apps.accounts.models import Session
from apps.allocation.domain.slots.saving import save_slot
from apps.allocation.models import Slot
from apps.organizations.models import Organization
from apps.projects.models import Project, WinningProduct
from apps.scope.context import whole_country
from tests import factories_allocation as make
from tests.browser import wait_until_kept
from tests.journeys.alliance import CODE
from tests.journeys.institution import LOWEST, open_slot

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ITEM = "测试胶囊U"


@pytest.fixture
def clerk(enter, tree, alliance_officer, hospital_clerk):
    """Before the slot of the cheapest enterprise, which can still deliver 1,000."""
    hospital: Organization = tree["H42010600001"]
    project = make.allocation_project([hospital], code=CODE)
    make.worked_products(project, {"B": 1_000})
    make.volume(project, hospital, make.UNSELECTED, 12_503)
    make.published(project, alliance_officer)
    visitor = enter("lost").sign_in(hospital_clerk)
    open_slot(visitor, ITEM, LOWEST)
    return visitor


def typed(clerk):
    return clerk.row("B制药").locator("input")


@pytest.mark.covers("S1-40", "S1-41")
def test_a_refusal_keeps_what_was_typed(clerk):
    typed(clerk).fill("1008")

    clerk.press("保存", stays=True).sees("没有保存", "已填的内容还在").look()

    expect(typed(clerk)).to_have_value("1008")
    typed(clerk).fill("984")
    clerk.press("保存", stays=True).sees("已保存")


def test_a_refused_form_comes_back_as_it_was(enter, clerk, alliance_officer):
    office = enter("refused").sign_in(alliance_officer).open("/projects/create/")
    office.field("任务类型").select_option(label="分量")
    office.fill("项目编码", "NEW").fill("项目名称", "一字不丢").fill("其他中选份额（%）", "90")

    office.press("保存").look().sees("三个份额之和必须等于 100%")

    for label, value in (
        ("项目编码", "NEW"),
        ("项目名称", "一字不丢"),
        ("其他中选份额（%）", "90"),
    ):
        expect(office.field(label)).to_have_value(value)


def test_a_dead_line_keeps_what_was_typed(clerk):
    typed(clerk).fill("984")

    with clerk.offline():
        clerk.press("保存", stays=True).sees("没有保存", "网络中断").look()
    expect(typed(clerk)).to_have_value("984")

    clerk.press("保存", stays=True).sees("已保存").look()


def test_what_is_typed_while_a_save_is_on_its_way_stays_unsaved(clerk):
    held = []
    clerk.page.route(
        "**/*", lambda way: held.append(way) if way.request.method == "POST" else way.continue_()
    )
    typed(clerk).fill("984")
    clerk.press("保存", stays=True)
    typed(clerk).fill("992")

    held.pop().continue_()
    clerk.sees("已保存")

    wait_until_kept(clerk.page, "992")


def test_an_expired_session_keeps_what_was_typed(clerk, hospital_clerk):
    typed(clerk).fill("984")
    Session.objects.all().delete()

    clerk.press("保存", stays=True).sees("没有保存").look()
    expect(typed(clerk)).to_have_value("984")
    clerk.press("重新登录").look().sign_in(hospital_clerk)

    expect(typed(clerk)).to_have_value("")
    clerk.press("恢复", stays=True)
    expect(typed(clerk)).to_have_value("984")
    clerk.press("保存", stays=True).sees("已保存").look()


def test_a_closed_browser_keeps_what_was_typed(clerk):
    typed(clerk).fill("984")
    wait_until_kept(clerk.page, "984")

    again = clerk.page.context.new_page()
    address = clerk.page.url
    clerk.page.close(run_before_unload=False)
    clerk.page = again
    clerk.open(address)

    clerk.sees("没有保存").look()
    clerk.press("恢复", stays=True)
    expect(typed(clerk)).to_have_value("984")


def test_a_colleagues_later_save_stands_beside_what_was_typed(clerk, tree, hospital_clerk):
    typed(clerk).fill("984")
    clerk.press("保存", stays=True).sees("已保存")
    address, confirm = clerk.page.url, clerk.page.locator("[data-slot-confirm] button")
    expect(confirm).to_be_enabled()
    typed(clerk).fill("120盒85")
    expect(confirm).to_be_disabled()
    wait_until_kept(clerk.page, "120盒85")
    clerk.page.on("dialog", lambda dialog: dialog.accept())
    clerk.page.goto("about:blank")
    with whole_country(reason="test"):
        project = Project.objects.get(code=CODE)
        product = WinningProduct.objects.get(project=project, item__item_code="B")
        save_slot(
            row=make.row_of(project, tree["H42010600001"], make.UNSELECTED),
            slot=Slot.LOWEST,
            contracts={product.pk: 972},
            project=project,
            by=Actor.of(hospital_clerk),
        )

    clerk.open(address).sees("您填的“120盒85”，其间已改为“972”")

    expect(typed(clerk)).to_have_value("972")
    expect(confirm).to_be_disabled()
    clerk.press("放弃", stays=True)
    expect(confirm).to_be_enabled()

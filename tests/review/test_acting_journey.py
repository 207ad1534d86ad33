"""When the season doesn't go by the book, in a browser at 1024×768: why not, 补报 below a package, 撤销办结, 交接."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.approvals import decide
from apps.accounts.models import Approval, User
from apps.organizations.models import Tier
from apps.projects.models import Phase, Project
from apps.review.domain.rounds.concluding import conclude_project
from apps.review.models.statuses import Status
from apps.scope.context import whole_country
from tests.browser import fits, follow, serious
from tests.cast import Tree
from tests.factories_review import put
from tests.review.acting import status_of
from tests.review.planting import filing_of, move_window

pytestmark = pytest.mark.browser
SCREEN = {"width": 1024, "height": 768}
PICTURES = os.environ.get("JOURNEY_PICTURES", "")


@pytest.fixture
def office(
    transactional_db: None, page: Page, client_of: Callable[[User], Client], alliance_officer: User
) -> Page:
    """联采办, signed in."""
    session = client_of(alliance_officer).cookies["sessionid"].value
    page.set_viewport_size(SCREEN)  # type: ignore[arg-type]
    page.goto("/healthz")
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": page.url}])
    return page


def looked_at(page: Page, name: str) -> None:
    assert serious(page) == []
    assert fits(page)
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


def test_a_late_institution_below_a_submitted_package(
    office: Page, round_on_paper: Project, tree: Tree
) -> None:
    now = timezone.now()
    move_window(round_on_paper, Tier.INSTITUTION, now - timedelta(3), now - timedelta(1))
    own, city, province = (
        filing_of(round_on_paper, tree[code]) for code in ("H42010600001", "420100", "42")
    )
    put(Status.LAPSED, own)
    put(Status.APPROVED, city)
    put(Status.SUBMITTED, province)

    office.goto(f"/review/PAPER/filings/{own.pk}/")
    follow(office, office.get_by_role("link", name="为什么不能办理"))
    expect(office.locator("#approve")).to_contain_text("当前为“未报”，不能审核通过")
    looked_at(office, "why")
    follow(office, office.get_by_role("link", name="返回详情"))
    office.get_by_role("button", name="补报").click()
    dialog = office.locator("dialog[open]")
    expect(dialog).to_contain_text("将先从上到下退回 2 个单位：湖北省医疗保障局、武汉市医疗保障局")
    looked_at(office, "supplement")
    dialog.get_by_label("补报原因").fill("断网")
    dialog.get_by_role("button", name="补报", exact=True).click()

    expect(office.locator("main")).to_contain_text("已补报")
    assert [status_of(each) for each in (own, city, province)] == ["draft", "returned", "returned"]


def test_a_conclusion_is_taken_back_by_two(
    office: Page, round_on_paper: Project, alliance_officer: User, administrator: User
) -> None:
    conclude_project(round_on_paper, by=Actor.of(alliance_officer), confirmed=True)

    office.goto("/projects/PAPER/")
    follow(office, office.get_by_role("link", name="撤销办结"))
    looked_at(office, "undo")
    office.get_by_label("原因").fill("一个省的数据有误")
    follow(office, office.get_by_role("button", name="申请撤销办结"))
    expect(office.locator("main")).to_contain_text("等待系统管理员或安全管理员批准")
    looked_at(office, "undo-waiting")
    with whole_country(reason="test"):
        decide(by=Actor.of(administrator), pk=Approval.objects.get().pk, approve=True)
    office.goto("/accounts/approvals/")
    follow(office, office.get_by_role("link", name="去办理"))
    looked_at(office, "undo-ready")
    office.get_by_role("button", name="撤销办结").click()

    expect(office.locator("main")).to_contain_text("已撤销办结，全部单位已收到消息。")
    round_on_paper.refresh_from_db()
    assert round_on_paper.phase == Phase.PUBLISHED


def test_an_account_is_handed_over(office: Page, hospital_clerk: User) -> None:
    office.goto("/accounts/subordinates/")
    follow(office, office.get_by_role("link", name="交接").first)
    looked_at(office, "handover")
    office.get_by_label("新经办人姓名").fill("钱新办")
    office.get_by_label("新经办人手机").fill("13900001111")
    office.get_by_role("button", name="交接").click()

    expect(office.locator("main")).to_contain_text("一次性密码")
    hospital_clerk.refresh_from_db()
    assert hospital_clerk.name == "钱新办"

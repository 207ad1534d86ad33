"""A season that does not go by the book, on the product's own pages: an item comes later, a reviewer handed in what
waits for review, a publication is taken back by two."""

import pytest

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.projects.models import Project
from apps.reporting.models import DemandLine
from apps.review.domain.performing import perform
from apps.review.models.statuses import Action, Status
from apps.scope.context import whole_country
from tests import factories
from tests import factories_demand as make
from tests.journeys.test_correction import PNG

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ITEM = {
    "品规编号": "P0009", "标的": "标的1", "产品组": "组1", "竞争单元": "单元1", "品种名称": "增补片", "规格": "10mg",
    "最小制剂单位": "片", "包装数量": "10", "生产企业": "药厂1", "日均使用量": "1", "增补原因": "公告漏列",
}  # fmt: skip


def test_a_season_that_does_not_go_by_the_book(
    enter, tree, hospital_clerk, county_reviewer, alliance_officer, system_administrator
) -> None:
    unit = tree["H42010600001"]
    season = make.demand_project([unit], items=2, chain=["county", "province"], recusal=True)
    make.published(season, alliance_officer)
    make.planned(season, unit, {"P0001": 0, "P0002": 0}, is_saved=True)
    filing = make.filing_of(season, unit)
    with whole_country(reason="test"):
        perform([filing], Action.SUBMIT, by=Actor.of(hospital_clerk))
        colleague = factories.sub_account_of(county_reviewer, permission_subset=["query", "review"])
    assert isinstance(colleague, User)

    # 增补品规: the office sees whom it concerns, the hospital lands on the one row that it may fill in.
    office = enter("alliance").sign_in(alliance_officer)
    office.open(f"/projects/{season.code}/catalogue/")
    office.follow(office.page.get_by_role("link", name="增补品规")).look()
    for label, value in ITEM.items():
        office.fill(label, value)
    office.press("预览影响").look().sees("将退回的上级提交", "已上报、将退回")
    office.page.set_input_files(
        "input[type=file]", {"name": "公告.png", "mimeType": "image/png", "buffer": PNG}
    )
    office.press("增补并通知").look().sees("已更正（更正第 1 号），退回 1 份申报", "增补片")
    clerk = enter("institution").sign_in(hospital_clerk)
    clerk.open("/notices/messages/")
    clerk.follow(clerk.page.get_by_role("link", name=f"“{season.name}”增补品规")).look()
    clerk.sees("您单位的申报已退回", "其他明细不变")
    clerk.follow(clerk.page.get_by_role("link", name="去办理")).look()
    clerk.sees("增补片", "请补填增补的品规后重新上报")
    with whole_country(reason="test"):
        DemandLine.objects.filter(filing=filing, planned=None).update(planned=0, is_saved=True)
        perform([make.filing_of(season, unit)], Action.SUBMIT, by=Actor.of(hospital_clerk))
        # As if the county's own account had handed it in.
        type(filing).objects.filter(pk=filing.pk).update(submitted_by=county_reviewer)

    # 回避: nobody passes what they handed in themselves, a colleague does.
    own = enter("county").sign_in(county_reviewer)
    own.open(f"/review/{season.code}/filings/{filing.pk}/")
    own.press("为什么不能办理").look().sees("本项目要求审核回避")
    other = enter("colleague").sign_in(colleague)
    other.open(f"/review/{season.code}/filings/{filing.pk}/").press("审核通过")
    other.look().sees("审核通过")
    with whole_country(reason="test"):
        assert make.filing_of(season, unit).status == Status.APPROVED

    # 撤销发布: asked for, approved by another person, carried out by who asked.
    other_season = make.demand_project([unit], code="BL-2", chain=["province"])
    make.published(other_season, alliance_officer)
    office.open(f"/projects/{other_season.code}/").press("撤销发布").look()
    office.sees("回到筹备：收回全部申报单").fill("原因", "参加机构有误")
    office.press("申请撤销发布").look().sees("等待系统管理员或安全管理员批准")
    keeper = enter("system").sign_in(system_administrator)
    keeper.open("/admin/accounts/approval/")
    keeper.follow(keeper.page.get_by_role("link", name="撤销发布").first)
    keeper.follow(keeper.page.get_by_role("button", name="批准", exact=True))
    office.open(f"/review/{other_season.code}/undo/publication/").press("撤销发布").look()
    office.sees("筹备")
    with whole_country(reason="test"):
        assert Project.objects.filter(pk=other_season.pk, published_at=None).count() == 1

"""更正 on the product's own pages: the office sees what it does before it does it, the hospital lands on its lines."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.review.domain.performing import perform
from apps.review.models.statuses import Action
from apps.scope.context import whole_country
from tests import factories_demand as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108020000009077"
    "53de0000000c4944415408d763f8cfc000000301010018dd8db00000000049454e44ae426082"
)


def test_a_pack_is_corrected(enter, tree, hospital_clerk, alliance_officer) -> None:
    unit = tree["H42010600001"]
    project = make.demand_project([unit], items=3, chain=["county", "city", "province"])
    make.bought(project, unit, {"P0001": 2_800})
    make.published(project, alliance_officer)
    quantities = {"P0001": 280, "P0002": 56, "P0003": 0}
    make.planned(project, unit, quantities, is_saved=True, reason="stock")
    with whole_country(reason="test"):
        perform([make.filing_of(project, unit)], Action.SUBMIT, by=Actor.of(hospital_clerk))

    office = enter("alliance").sign_in(alliance_officer)
    office.open(f"/projects/{project.code}/catalogue/").sees("只能更正")
    office.follow(office.row("P0001").get_by_role("link", name="更正")).look()
    office.fill("包装数量", "10").fill("更正原因", "公告包装有误")
    office.press("预览影响").look().sees("将退回的机构申报", "涉及的机构须重新核对数量")
    office.page.set_input_files(
        "input[type=file]", {"name": "公告.png", "mimeType": "image/png", "buffer": PNG}
    )
    day = timezone.localdate() + timedelta(days=3)
    office.fill("重新上报截止（日期）", f"{day:%Y-%m-%d}").fill("重新上报截止（时间）", "24:00")
    office.press("更正并通知").look().sees("已更正（更正第 1 号），退回 1 份申报", "公告包装有误")

    clerk = enter("institution").sign_in(hospital_clerk)
    clerk.open("/notices/messages/").look()
    clerk.follow(clerk.page.get_by_role("link", name=f"“{project.name}”更正")).look()
    clerk.sees("包装数量由“28”改为“10”", "请核对这些明细后重新上报")
    clerk.follow(clerk.page.get_by_role("link", name="去办理")).look()
    clerk.sees("测试片1", "疑似盒片")
    assert "测试片2" not in clerk.page.locator("table").first.inner_text()
    clerk.open(f"/review/{project.code}/corrections/").look().sees("第 1 号", "公告.png")

"""合并 on the product's own pages: a hospital asks, its county decides, the successor goes on in its name."""

from urllib.parse import urlsplit

import pytest

from tests import factories
from tests import factories_allocation as make
from tests.unit_changing import PNG

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OWN, OTHER = "H42010600001", "H42010600002"


def test_a_hospital_merges(enter, tree, hospital_clerk, county_reviewer, alliance_officer) -> None:
    project = make.allocation_project(
        [tree[OWN], tree[OTHER]], chain=["county", "city", "province"]
    )
    make.worked_products(project)
    for code in (OWN, OTHER):
        make.volume(project, tree[code], "C", 8_003)
    make.published(project, alliance_officer)
    successor = factories.account_of(tree[OTHER], name="钱承接")

    clerk = enter("institution").sign_in(hospital_clerk)
    clerk.go("机构变更").press("申请合并").look()
    clerk.fill("并入机构编码", OTHER).fill("变更原因", "卫健部门批复合并")
    clerk.page.set_input_files(
        "input[type=file]", {"name": "批复.png", "mimeType": "image/png", "buffer": PNG}
    )
    clerk.press("提交申请").look().sees("待办理", "批复.png", "继续办理")

    office = enter("county").sign_in(county_reviewer)
    office.follow(office.page.get_by_role("link", name="机构变更待办理")).look()
    office.follow(office.row("武昌区人民医院").get_by_role("link", name="办理")).look()
    office.sees("现在与它有关的", "同意之后", "历史采购量和上批量并入")
    office.press("同意合并").look().sees("已同意", "撤销合并")

    taker = enter("successor").sign_in(successor)
    taker.follow(taker.page.get_by_role("link", name="并入机构的事项待办理")).look()
    taker.press("以武昌区人民医院名义办理").look().sees("武昌区人民医院")
    lent = urlsplit(taker.page.url).path
    taker.open(f"{lent}allocation/{project.code}/selected/").sees("中选产品采购量确认")
    taker.follow(taker.page.locator(".topbar").get_by_role("link", name="返回")).look()
    taker.sees(tree[OTHER].name)

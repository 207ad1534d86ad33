"""医疗机构: first login, 供应清单, 确认, three slots, 上报; and correcting after a return."""

import re

from playwright.sync_api import expect

from tests.factories import PASSWORD
from tests.journeys.alliance import CODE
from tests.journeys.visitor import Visitor
from tests.waiting import becomes

NEW_PASSWORD = "Harbour-Stone-28"
PENDING = f"/allocation/{CODE}/pending/"
LOWEST, HIGHEST, OTHER = (
    "日均费用最低中选企业",
    "降幅最高中选企业分配量",
    "其他中选企业分配量",
)


def change_first_password(clerk: Visitor) -> None:
    """The first login leads here, whatever was asked for (S1-04)."""
    clerk.sees("请先修改初始密码").open(f"/allocation/{CODE}/supply/").sees("请先修改初始密码")
    clerk.fill("原密码", PASSWORD).fill("新密码", NEW_PASSWORD).fill("确认新密码", NEW_PASSWORD)
    clerk.press("保存").look().press("确定").look()


def read_supplies(clerk: Visitor) -> None:
    clerk.open(f"/allocation/{CODE}/supply/").sees("A制药", "B制药", "C制药")
    clerk.fill("品种名称", "胶囊B").press("查询").look()
    expect(clerk.page.locator("tbody tr")).to_have_count(1)
    clerk.press("重置").look().sees("A制药")


def confirm_selected(clerk: Visitor, *quantities: str, rows: int = 1, code: str = CODE) -> None:
    clerk.open(f"/allocation/{code}/selected/").sees(*quantities)
    clerk.press("全部确认").look().press("确认").look().sees(f"已确认 {rows} 项")


def open_slot(clerk: Visitor, item: str, slot: str, code: str = CODE) -> None:
    clerk.open(f"/allocation/{code}/pending/")
    link = clerk.page.get_by_role("link", name=re.compile(f"分量 {item}.*{slot}"))
    clerk.follow(link).look()


def suggest(clerk: Visitor, enterprise: str, expected: str) -> None:
    """The suggestion button of an enterprise fills its row."""
    row = clerk.row(enterprise)
    row.get_by_role("button").click()
    field = row.locator("input")
    becomes(lambda: field.input_value().replace(",", ""), expected)
    clerk.press("保存", stays=True).sees("已保存").look()


def allocate(clerk: Visitor, item: str, quantities: dict[str, tuple[str, str]]) -> None:
    """Each slot by one suggestion, then 确认."""
    for slot, (enterprise, expected) in quantities.items():
        open_slot(clerk, item, slot)
        suggest(clerk, enterprise, expected)
    confirm_pending(clerk, item)


def confirm_pending(clerk: Visitor, item: str, code: str = CODE) -> None:
    clerk.open(f"/allocation/{code}/pending/").press("确认", within=clerk.row(item)).look().press(
        "确认"
    ).look()
    clerk.sees("已确认")


def share_with_another(clerk: Visitor, item: str, typed: str, expected: str) -> None:
    """其他中选: C by hand, the rest by A's suggestion."""
    open_slot(clerk, item, OTHER)
    clerk.row("C制药").locator("input").fill(typed)
    suggest(clerk, "A制药", expected)


def report(clerk: Visitor, amount: str, code: str = CODE) -> None:
    clerk.open(f"/allocation/{code}/report/").sees(amount)
    clerk.press("上报").look().sees("上报后不能撤回").press("确认上报").look().sees("已上报")


def correct(clerk: Visitor, item: str, reason: str) -> None:
    """Returned: the reason stands on the page; 撤回 the confirmation, type anew, 确认, 上报."""
    clerk.open("/").sees("请更正后重新上报").open(PENDING).sees(reason)
    clerk.press("撤回", within=clerk.row(item)).look().press("撤回").look()
    share_with_another(clerk, item, "2970", "3060")
    confirm_pending(clerk, item)

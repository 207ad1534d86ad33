"""市医保, 省医保 and 联采办: approve in bulk, return with a reason, submit upward, conclude."""

import re
from typing import TYPE_CHECKING

from tests.journeys.alliance import CODE
from tests.journeys.visitor import Visitor

if TYPE_CHECKING:
    from playwright.sync_api import Locator


def queue(code: str) -> str:
    return f"/review/{code}/"


def _details(bureau: Visitor, name: str) -> "Locator":
    """查看详情 of a row; of demand that waits the manual calls it 审核 (S3-12)."""
    return bureau.row(name).get_by_role("link", name=re.compile("^(查看详情|审核)$"))


def approve_all(bureau: Visitor, *names: str, code: str = CODE) -> None:
    """Tick the units and approve them together (S0-19)."""
    bureau.open(queue(code))
    for name in names:
        bureau.row(name).get_by_role("checkbox").check()
    bureau.press("审核通过").look().sees(*names).press("审核通过").look().sees("已审核通过")


def return_one(bureau: Visitor, name: str, reason: str, code: str = CODE) -> None:
    """Without a reason it is refused, with one it is done (S0-21, S0-22)."""
    bureau.open(queue(code)).follow(_details(bureau, name)).look()
    bureau.press("退回修改").look().fill("退回原因", reason).press("确定").look().sees(reason)


def approve_one(bureau: Visitor, name: str, *ticks: str, code: str = CODE) -> None:
    """From its details; a signed sheet is ticked off first (S3-14)."""
    bureau.open(queue(code)).follow(_details(bureau, name)).look()
    for tick in ticks:
        bureau.field(tick).check()
    bureau.press("审核通过").look().sees("审核通过")


def submit(bureau: Visitor, *missing: str, code: str = CODE, confirmation: str = "提交") -> None:
    """提交 names who is missing and asks about it and all that is open (S0-24, S0-28); demand: 确认无误 (S3-22)."""
    bureau.open(queue(code)).press("提交").look().sees(*missing)
    if missing or bureau.page.locator("input[name=confirmed]").count():
        bureau.page.locator("input[name=confirmed]").check()
    bureau.press(confirmation).look().sees("已提交")


def conclude(office: Visitor, code: str = CODE) -> None:
    office.open(queue(code)).press("办结").look()
    if office.page.locator("input[name=confirmed]").count():
        office.page.locator("input[name=confirmed]").check()
    office.press("办结").look().sees("已办结")

"""市医保, 省医保 and 联采办: approve in bulk, return with a reason, submit upward, conclude."""

from tests.journeys.alliance import CODE
from tests.journeys.visitor import Visitor

QUEUE = f"/review/{CODE}/"


def approve_all(bureau: Visitor, *names: str) -> None:
    """Tick the units and approve them together (S0-19)."""
    bureau.open(QUEUE)
    for name in names:
        bureau.row(name).get_by_role("checkbox").check()
    bureau.press("审核通过").look().sees(*names).press("审核通过").look().sees("已审核通过")


def return_one(bureau: Visitor, name: str, reason: str) -> None:
    """Without a reason it is refused, with one it is done (S0-21, S0-22)."""
    bureau.open(QUEUE).press("查看详情", within=bureau.row(name)).look()
    bureau.press("退回修改").look().fill("退回原因", reason).press("确定").look().sees(reason)


def approve_one(bureau: Visitor, name: str) -> None:
    """From its details."""
    bureau.open(QUEUE).press("查看详情", within=bureau.row(name)).look()
    bureau.press("审核通过").look().sees("审核通过")


def submit(bureau: Visitor, *missing: str) -> None:
    """提交 names who is missing and wants that confirmed (S0-24, S0-28)."""
    bureau.open(QUEUE).press("提交").look().sees(*missing)
    if missing:
        bureau.page.locator("input[name=confirmed]").check()
    bureau.press("提交").look().sees("已提交")


def conclude(office: Visitor) -> None:
    office.open(QUEUE).press("办结").look()
    if office.page.locator("input[name=confirmed]").count():
        office.page.locator("input[name=confirmed]").check()
    office.press("办结").look().sees("已办结")

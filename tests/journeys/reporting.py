"""医疗机构 in a demand round: typing, signing, 上报."""

from pathlib import Path

from playwright.sync_api import expect

from tests.journeys.visitor import Visitor

SURE = "确认无误，提交"


def fill(clerk: Visitor, code: str, quantities: dict[str, str]) -> None:
    """Typed row by row with the keyboard, saved by itself."""
    clerk.open(f"/demand/{code}/entry/")
    clerk.page.wait_for_selector("[data-body] .spacer", state="attached")
    for item, quantity in quantities.items():
        field = clerk.page.locator("tr", has_text=item).locator("[data-field=planned]")
        field.fill(quantity)
        field.press("Enter")
    expect(clerk.page.locator("[data-body] tr.is-dirty")).to_have_count(0)
    clerk.look()


def sign(clerk: Visitor, code: str, letter: str, folder: Path) -> None:
    """模板下载, signed by hand, and up again as one PDF (S2-20, S2-21)."""
    clerk.open(f"/demand/{code}/entry/")
    template = folder / "signed.pdf"
    template.write_bytes(clerk.download("模板下载"))
    clerk.press(f"上传{letter}").look()
    clerk.page.set_input_files("input[type=file]", template)
    clerk.press(f"上传{letter}").sees("校验码一致")


def report(clerk: Visitor, code: str, reason: str = "") -> None:
    """上报 in one click (S2-23); the total's reason where the project asks for it (S3-18)."""
    clerk.open(f"/demand/{code}/entry/").press("上报").look()
    if reason:
        clerk.page.locator("dialog[open] [name=total_reason]").fill(reason)
    clerk.press("确认上报").look().sees("已上报")

"""取消中选 on the product's own pages: the office sees who takes over before it acts, the hospital confirms it."""

import pytest

from apps.accounts.domain.actors import Actor
from apps.allocation.domain.confirming import confirm_filled, confirm_selected
from apps.allocation.domain.slots.saving import save_slot
from apps.allocation.models import Slot
from apps.review.domain.performing import perform
from apps.review.models.statuses import Action
from apps.scope.context import whole_country
from tests import factories_allocation as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108020000009077"
    "53de0000000c4944415408d763f8cfc000000301010018dd8db00000000049454e44ae426082"
)
FILLED = {
    Slot.LOWEST: {"B": 72},
    Slot.HIGHEST: {"A": 288},
    Slot.OTHER: {"A": None, "B": None, "C": 330},
}


def test_a_product_is_stopped(enter, tree, hospital_clerk, alliance_officer) -> None:
    unit, by = tree["H42010600001"], Actor.of(hospital_clerk)
    project = make.allocation_project([unit], chain=["county", "city", "province"])
    products = make.worked_products(project, {"B": 9_000})
    make.volume(project, unit, "C", 8_003)
    make.published(project, alliance_officer)
    with whole_country(reason="test"):
        row, filing = make.row_of(project, unit, "C"), make.filing_of(project, unit)
        for slot, quantities in FILLED.items():
            contracts = {products[code].pk: quantity for code, quantity in quantities.items()}
            save_slot(row=row, slot=slot, contracts=contracts, project=project, by=by)
        confirm_selected(filing=filing, project=project, by=by)
        confirm_filled(filing=filing, project=project, by=by)
        perform([filing], Action.SUBMIT, by=by)

    office = enter("alliance").sign_in(alliance_officer)
    office.open(f"/allocation/{project.code}/capacity/").look()
    office.follow(office.row("C制药").get_by_role("link", name="取消中选 / 暂停")).look()
    office.fill("原因", "企业停产")
    office.press("预览影响").look().sees("由谁承接", "武昌区人民医院", "承接后剩余")
    file = {"name": "通知.png", "mimeType": "image/png", "buffer": PNG}
    office.page.set_input_files("input[type=file]", file)
    office.press("办理并通知").look().sees("已取消中选（第 1 号）", "待确认")

    clerk = enter("institution").sign_in(hospital_clerk)
    clerk.open("/notices/messages/")
    clerk.follow(clerk.page.get_by_role("link", name=f"“{project.name}”取消中选"))
    clerk.follow(clerk.page.get_by_role("link", name="去办理")).look().sees("待确认", "承接为")
    clerk.press("确认替补数量")
    clerk.follow(clerk.page.get_by_role("dialog").get_by_role("button", name="确认", exact=True))
    clerk.look().sees("已确认 1 项取消中选后的替补数量")

    office.open(f"/allocation/{project.code}/stops/").look().sees("企业停产", "通知.png")

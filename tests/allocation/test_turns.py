"""What the list offers on a row is exactly what its service carries out (S1-43..46)."""

import pytest

from apps.allocation.domain.slots.saving import save_slot
from apps.allocation.models import AllocationRow, Slot, SlotState
from apps.allocation.pages.forms import name_of
from apps.scope.context import whole_country
from tests.allocation.reading import rows_of, text_of, url
from tests.pages import tags

STAGES = ("untouched", "draft", "filled", "confirmed", "moved")


@pytest.fixture(params=STAGES)
def stage(request, worked, fill):
    """The worked row at one stage of its life."""
    if request.param == "draft":
        with whole_country(reason="test"):
            save_slot(
                row=worked.row(), slot=Slot.LOWEST, contracts=worked.contracts(B=900),
                project=worked.project, by=worked.by,
            )  # fmt: skip
    if request.param in {"filled", "confirmed"}:
        fill(worked, confirm=request.param == "confirmed")
    if request.param == "moved":
        with whole_country(reason="test"):
            AllocationRow.objects.filter(pk=worked.row().pk).update(
                lowest_state=SlotState.SHORT, moved_lowest=500
            )
    return request.param


def offered(page, address):
    """Whether a dialog of the page's first row leads there."""
    return bool(tags(page, "a", data_fill_action=address))


@pytest.mark.covers("S1-43", "S1-44", "S1-46")
@pytest.mark.parametrize("act", ["pending_confirm", "pending_withdraw"])
def test_a_button_stands_where_the_server_accepts(worked, stage, client_of, act):
    client = client_of(worked.clerk)
    address = url(act, "FL", worked.row().pk)
    page = client.get(url("pending_list", "FL"), {"unified_code": "ZAU"}).content.decode()

    said = text_of(client.post(address, follow=True))

    accepted = "已确认“" in said or "已撤回“" in said
    assert offered(page, address) == accepted
    assert accepted == (
        stage in {"confirm": {"filled"}, "withdraw": {"confirmed", "moved"}}[act.split("_")[1]]
    )


@pytest.mark.covers("S1-23", "S1-45")
@pytest.mark.parametrize("slot", [Slot.LOWEST, Slot.OTHER])
def test_a_slot_is_offered_where_the_server_saves(worked, stage, client_of, slot):
    client = client_of(worked.clerk)
    address = url("slot_edit", "FL", worked.row().pk, slot)
    page = client.get(url("pending_list", "FL"), {"unified_code": "ZAU"}).content.decode()
    (link,) = tags(page, "a", href=address)
    candidates = {Slot.LOWEST: "B", Slot.OTHER: "ABC"}[slot]
    typed = {name_of(worked.products[code].pk): "24" for code in candidates}

    seen, *same = tags(client.get(address).content.decode(), "input", name="seen")

    answer = client.post(address, typed | {"seen": seen["value"]})

    assert {each["value"] for each in same} <= {seen["value"]}
    assert (link.words.split()[0] == "分量") == (answer.status_code < 400)
    assert (link.words.split()[0] == "分量") == (
        stage != "confirmed" and not (stage == "moved" and slot == Slot.LOWEST)
    )


def test_a_row_says_what_it_waits_for(worked, fill, client_of):
    client = client_of(worked.clerk)

    def last_cell():
        return rows_of(client.get(url("pending_list", "FL"), {"unified_code": "ZAU"}))[0][-1]

    appealing = "申诉 测试胶囊U 0.3g×24粒"
    assert last_cell() == f"还有 3 项未分 {appealing}"
    fill(worked, confirm=False)
    assert last_cell() == f"确认 {appealing}"
    fill(worked)
    assert last_cell() == f"已确认 撤回 {appealing}"


@pytest.mark.parametrize(
    ("typed", "words"),
    [("1008", "超出 16，在允许范围内"), ("984", "还差 32"), ("1000", "正好"), ("", "还差 2,000")],
)
def test_the_difference_is_never_negative(worked, client_of, typed, words):
    """B takes 2 of U for each of its own: 1,008 come to 2,016 against 2,000 (rules §3a.5, §3a.8)."""
    with whole_country(reason="test"):
        save_slot(
            row=worked.row(), slot=Slot.LOWEST, project=worked.project, by=worked.by,
            contracts=worked.contracts(B=int(typed) if typed else None),
        )  # fmt: skip

    page = client_of(worked.clerk).get(url("slot_edit", "FL", worked.row().pk, "lowest"))

    (gap,) = tags(page.content.decode(), "dd")[-1:]
    assert gap.words.startswith(words)

"""按建议全部填入: a preview of every empty slot under what is left, then saved as it was shown."""

import re
from decimal import Decimal

from apps.allocation.domain.slots.saving import save_slot
from apps.allocation.domain.suggesting import suggestions
from apps.allocation.engine import NoWholePack, offer
from apps.allocation.models import Slot, SlotState
from apps.scope.context import whole_country
from tests import factories_allocation as make
from tests.allocation.javascript import runner
from tests.allocation.reading import rows_of, text_of, url
from tests.allocation.test_engine_js import cells, to_row

SLOTS = (Slot.LOWEST, Slot.HIGHEST, Slot.OTHER)


def states(round_, code=make.UNSELECTED):
    row = round_.row(code)
    return [row.state(slot) for slot in SLOTS]


def press(round_, client_of, **changed):
    client = client_of(round_.clerk)
    page = client.get(url("pending_fill", round_.project.code))
    stamp = re.search(r'name="seen_set" value="([^"]*)"', page.content.decode())
    sent = {"seen_set": stamp[1] if stamp else ""} | changed
    return client.post(url("pending_fill", round_.project.code), sent, follow=True)


def test_every_empty_slot_is_shown_with_its_packs_and_what_it_may_miss(worked, client_of):
    response = client_of(worked.clerk).get(url("pending_fill", "FL"))

    rows = rows_of(response)
    assert len(rows) == 6
    assert rows[0] == [
        "测试胶囊U 0.3g×24粒", "日均费用最低中选企业", "2,000 粒", "B制药 1,008 粒 = 42 盒", "超出 16", "± 48 粒",
    ]  # fmt: skip
    assert states(worked) == [SlotState.EMPTY] * 3


def test_all_are_filled_at_once(worked, client_of):
    page = text_of(press(worked, client_of))

    assert "已按建议填入 6 项" in page
    assert states(worked) == states(worked, "C") == [SlotState.PLACED] * 3


def test_what_was_typed_stays(worked, client_of):
    with whole_country(reason="test"):
        typed = worked.contracts(B=24)
        save_slot(
            row=worked.row(),
            slot=Slot.LOWEST,
            contracts=typed,
            project=worked.project,
            by=worked.by,
        )

    assert "已按建议填入 5 项" in text_of(press(worked, client_of))
    assert states(worked)[0] == SlotState.DRAFT


def test_the_slots_together_stay_within_what_is_left(worked, institutions, alliance_officer):
    project = make.allocation_project(institutions, code="FL2")
    products = make.worked_products(project, {"A": 5_000, "B": 100_000, "C": 100_000})
    make.volume(project, worked.hospital, make.UNSELECTED, 12_503)
    make.published(project, alliance_officer)
    with whole_country(reason="test"):
        found = suggestions(project, make.filing_of(project, worked.hospital))

    taken = sum(each.contracts.get(products["A"].pk) or 0 for each in found)
    assert [each.why_not for each in found] == ["", "", ""]
    assert 4_500 <= taken <= 5_000


def test_a_slot_that_cannot_be_filled_is_named_and_left(
    worked, institutions, alliance_officer, client_of
):
    project = make.allocation_project(institutions, code="FL2")
    make.worked_products(project, {"A": 900})
    make.volume(project, worked.hospital, make.UNSELECTED, 12_503)
    worked.project = make.published(project, alliance_officer)

    page = press(worked, client_of)

    assert "已按建议填入 1 项" in text_of(page)
    assert states(worked) == [SlotState.PLACED, SlotState.EMPTY, SlotState.EMPTY]
    shown = text_of(client_of(worked.clerk).get(url("pending_fill", "FL2")))
    assert "剩余产能不足" in shown
    assert "先处理本品规产能不足的分配项" in shown


def test_another_plan_than_the_one_looked_at_is_refused(worked, client_of):
    page = text_of(press(worked, client_of, seen_set="1.1.1.1"))

    assert "您打开页面之后" in page
    assert states(worked) == [SlotState.EMPTY] * 3


def test_the_list_leads_there_while_something_is_empty(worked, client_of):
    address = url("pending_fill", "FL")
    listed = client_of(worked.clerk).get(url("pending_list", "FL"))
    assert address in listed.content.decode()

    press(worked, client_of)

    listed = client_of(worked.clerk).get(url("pending_list", "FL"))
    assert address not in listed.content.decode()


OFFERS = [
    (3_000, "6", [cells("9", 36, "28.80", "")], 0, None),
    (3_000, "6", [cells("9", 36, "28.80", "")], 0, 1_000),
    (3_000, "6", [cells("9", 36, "28.80", "")], 0, 20),
    (5_002, "6", [cells("9", 36, "28.80", "100"), cells("6", 30, "40", "")], 1, 1_542),
]
DRIVER = """async ([address, cases]) => {
  const { allowance, offer } = await import(address);
  return cases.map(([pending, usage, rows, index, left]) => {
    let found;
    try { found = offer(pending, usage, rows, index, left ?? undefined).toString(); } catch { found = "none"; }
    return [found, allowance(pending, usage, rows)];
  });
}"""


def test_a_suggestion_is_never_more_than_what_is_left_here_and_in_the_page(request):
    def expected(pending, usage, rows, index, left):
        try:
            return str(offer(pending, Decimal(usage), [*map(to_row, rows)], index, left))
        except NoWholePack:
            return "none"

    answers = runner(request, "allocation-offer.js")(DRIVER, OFFERS)

    assert [found for found, _ in answers] == [expected(*case) for case in OFFERS]
    assert [found for found, _ in answers] == ["4500", "972", "none", "1530"]
    assert [words for _, words in answers[:3]] == ["", "", ""]
    assert answers[3][1] == "允许误差 ±24（1 盒），差 205.6 盒"


def test_the_slot_page_says_how_far_it_may_miss(worked, client_of):
    client = client_of(worked.clerk)
    address = url("slot_edit", "FL", worked.row().pk, "highest")
    page = client.get(address)
    names = {
        f"contract-{worked.products['A'].pk}": "4464",
        "seen": page.context["form"]["seen"].value(),
    }

    shown = text_of(client.post(address, names, follow=True))

    assert "允许误差 ±24（1 盒），差 1 盒" in shown

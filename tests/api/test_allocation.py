"""Allocating by a program: what the slot page shows, saves and refuses."""

import pytest

from apps.allocation.models import Slot, SlotState
from apps.audit.models import LogEntry
from apps.scope.context import whole_country
from tests import factories_allocation as make

pytestmark = pytest.mark.django_db
ROWS = "projects/FL/allocation/rows"
OTHER = f"{ROWS}/U/slots/other"


@pytest.fixture
def unit(tree):
    return tree["H42010600001"]


@pytest.fixture
def round_with(unit, alliance_officer):
    def made(**capacities):
        project = make.allocation_project([unit])
        make.worked_products(project, capacities)
        make.volume(project, unit, make.UNSELECTED, 12_503)
        make.volume(project, unit, "C", 8_003)
        return make.published(project, alliance_officer)

    return made


@pytest.fixture
def program(program_of, hospital_clerk):
    return program_of(hospital_clerk)


def by_suggestion(slot):
    """All of it to the first product that can carry the slot."""
    first = next(each for each in slot["candidates"] if each["suggestion"])
    return [
        {
            "product": each["product"],
            "contract": each["suggestion"] if each is first else None,
            "seen": each["contract"],
        }
        for each in slot["candidates"]
    ]


def test_a_row_from_its_slots_to_its_confirmation_and_the_report(round_with, program, unit):
    project = round_with()
    rows = {row["item_code"]: row for row in program.ask(ROWS)["items"]}
    assert sum(slot["quantity"] for slot in rows["U"]["slots"]) == rows["U"]["pending"]

    early = program.send(f"{ROWS}/U/confirm")
    assert early.json()["code"] == "slots_not_filled"
    for row in rows.values():
        for slot in row["slots"]:
            address = f"{ROWS}/{row['item_code']}/slots/{slot['slot']}"
            if slot["quantity"]:
                saved = program.send(address, {"contracts": by_suggestion(program.ask(address))})
                assert saved.json()["state"] == "placed", saved.content.decode()
    assert program.send(f"{ROWS}/ZAU/confirm").json()["is_confirmed"] is True
    locked = program.send(OTHER, {"contracts": by_suggestion(program.ask(OTHER))})
    assert locked.json()["code"] == "row_confirmed"
    assert program.send(f"{ROWS}/U/withdraw").json()["is_confirmed"] is False
    assert program.send(f"{ROWS}/confirm").json() == {"count": len(rows)}
    assert program.send("projects/FL/allocation/selected/confirm", {}).json() == {"count": 1}

    version = program.get("/api/v1/projects/FL/filing")["ETag"]
    assert program.send("projects/FL/report", If_Match=version).json()["status"] == "submitted"
    with whole_country(reason="test"):
        names = set(
            LogEntry.objects.filter(project_code="FL", path=unit.path).values_list(
                "actor_name", flat=True
            )
        )
    assert "王医办（接口令牌：HIS）" in names
    assert project.pk


def test_too_little_capacity_is_told_with_what_is_left(round_with, program):
    round_with(A=72)
    slot = program.ask(OTHER)
    scarce = next(each for each in slot["candidates"] if each["item_code"] == "A")
    whole = slot["pending"] * 9 // 6 // 36 * 36
    contracts = [
        {"product": each["product"], "contract": whole if each is scarce else None}
        for each in slot["candidates"]
    ]

    refused = program.send(OTHER, {"contracts": contracts})

    assert scarce["capacity_left"] == 72
    assert refused.status_code == 409
    assert refused.json()["code"] == "capacity_exceeded"
    assert refused.json()["lacks"] == [{"product": scarce["product"], "wanted": whole, "left": 72}]


def test_a_slot_that_somebody_saved_is_not_overwritten(round_with, program, unit):
    project = round_with()
    contracts = by_suggestion(program.ask(OTHER))
    program.send(OTHER, {"contracts": contracts})

    again = program.send(OTHER, {"contracts": contracts})

    assert again.status_code == 412
    assert again.json()["code"] == "row_moved"
    assert make.row_of(project, unit, "U").state(Slot.OTHER) == SlotState.PLACED
    assert program.send(f"{OTHER}/clear").status_code == 204
    assert program.ask(OTHER)["state"] == "empty"


def test_suggestions_are_filled_as_they_were_looked_at(round_with, program):
    round_with()
    told = program.ask("projects/FL/allocation/suggestions")
    assert told["items"]

    moved = program.send("projects/FL/allocation/suggestions", {"seen": "0.0.0.0"})
    filled = program.send("projects/FL/allocation/suggestions", {"seen": told["seen"]})

    assert (moved.status_code, moved.json()["code"]) == (412, "set_moved")
    assert filled.json() == {"saved": len(told["items"]), "refused": []}


@pytest.mark.parametrize(
    ("address", "code"),
    [
        (f"{ROWS}/X/slots/other", "items_unknown"),
        (f"{ROWS}/A/slots/other", "not_found"),
        (f"{ROWS}/U/slots/selected", "invalid"),
        ("projects/BL/allocation/rows", "not_found"),
    ],
)
def test_what_is_not_there_is_said(round_with, program, address, code):
    round_with()

    assert program.get(f"/api/v1/{address}").json()["code"] == code


def test_another_product_or_an_odd_quantity_is_refused(round_with, program):
    round_with()
    slot = program.ask(OTHER)
    products = [each["product"] for each in slot["candidates"]]

    strange = program.send(OTHER, {"contracts": [{"product": 1 << 40, "contract": 1}]})
    odd = program.send(
        OTHER, {"contracts": [{"product": pk, "contract": "一些"} for pk in products]}
    )
    few = program.send(OTHER, {"contracts": [{"product": products[0], "contract": 36}]})

    assert strange.json()["code"] == "products_unknown"
    assert odd.json()["code"] == "quantity_unreadable"
    assert few.json()["code"] == "slot_not_offered"

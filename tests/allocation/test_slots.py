"""Saving one slot through its service: bounds, drafts, reservations (rules §3a.5-9)."""

import pytest

from apps.allocation.domain.refusals import (
    CapacityExceeded,
    QuantityInvalid,
    RowConfirmed,
    RowMoved,
    SlotNotOffered,
)
from apps.allocation.domain.slots.saving import clear_slot, save_slot
from apps.allocation.models import Slot, SlotLine, SlotState
from apps.audit.models import LogEntry
from apps.review.domain.refusals import NotEditable
from tests import factories_allocation as make

pytestmark = pytest.mark.usefixtures("country")


def save(round_, slot, row=None, **quantities):
    return save_slot(
        row=row or round_.row(),
        slot=slot,
        contracts=round_.contracts(**quantities),
        project=round_.project,
        by=round_.by,
    )


def reserved(round_, code):
    return make.pool_of(round_.products[code]).allocated


@pytest.mark.covers("S1-30", "S1-33", "S1-35", "S1-37")
@pytest.mark.parametrize(
    ("slot", "quantities", "state"),
    [
        pytest.param(Slot.LOWEST, {"B": 976}, SlotState.DRAFT, id="lower bound is refused"),
        pytest.param(Slot.LOWEST, {"B": 977}, SlotState.PLACED, id="just inside"),
        pytest.param(Slot.LOWEST, {"B": 1_008}, SlotState.PLACED, id="the suggestion"),
        pytest.param(Slot.LOWEST, {"B": 1_024}, SlotState.DRAFT, id="upper bound is refused"),
        pytest.param(Slot.HIGHEST, {"A": 4_500}, SlotState.PLACED, id="highest cut"),
        pytest.param(Slot.HIGHEST, {"A": 4_464}, SlotState.DRAFT, id="highest, lower bound"),
        pytest.param(
            Slot.OTHER,
            {"A": 2_988, "B": None, "C": 3_000},
            SlotState.PLACED,
            id="others, A carries",
        ),
        pytest.param(
            Slot.OTHER, {"A": 3_039, "B": None, "C": 3_000}, SlotState.DRAFT, id="others, too much"
        ),
        pytest.param(Slot.OTHER, {"A": None, "B": None, "C": None}, SlotState.EMPTY, id="blank"),
        pytest.param(Slot.OTHER, {"A": 0, "B": 0, "C": 0}, SlotState.DRAFT, id="zeros of much"),
    ],
)
def test_state_follows_the_bounds(worked, slot, quantities, state):
    saved = save(worked, slot, **quantities)

    assert saved.state == state
    assert worked.row().state(slot) == state


def test_only_what_lies_inside_is_reserved(worked):
    save(worked, Slot.LOWEST, B=976)
    assert reserved(worked, "B") == 0

    save(worked, Slot.LOWEST, B=1_008)
    assert reserved(worked, "B") == 1_008

    save(worked, Slot.LOWEST, B=1_000)
    assert reserved(worked, "B") == 1_000

    save(worked, Slot.LOWEST, B=500)
    assert reserved(worked, "B") == 0
    assert SlotLine.objects.get(slot=Slot.LOWEST).contract == 500


def test_blank_is_not_zero(worked):
    save(worked, Slot.OTHER, A=2_988, B=0, C=3_000)
    kept = dict(
        SlotLine.objects.filter(slot=Slot.OTHER).values_list("product__item__item_code", "contract")
    )
    assert kept == {"A": 2_988, "B": 0, "C": 3_000}

    save(worked, Slot.OTHER, A=2_988, B=None, C=3_000)
    line = SlotLine.objects.get(slot=Slot.OTHER, product=worked.products["B"])
    assert line.contract is None


def test_clear_releases(worked):
    save(worked, Slot.HIGHEST, A=4_500)

    clear_slot(row=worked.row(), slot=Slot.HIGHEST, project=worked.project, by=worked.by)

    assert reserved(worked, "A") == 0
    assert worked.row().state(Slot.HIGHEST) == SlotState.EMPTY
    assert SlotLine.objects.get(slot=Slot.HIGHEST).contract is None


@pytest.mark.covers("S1-40", "S1-41", "S1-42")
def test_capacity_is_never_exceeded_and_the_refusal_says_by_how_much(
    worked, tree, institutions, alliance_officer
):
    project = make.allocation_project(institutions, code="FL2")
    products = make.worked_products(project, {"A": 4_499})
    make.volume(project, worked.hospital, make.UNSELECTED, 12_503)
    make.published(project, alliance_officer)
    worked.project, worked.products = project, products

    with pytest.raises(CapacityExceeded) as refusal:
        save(worked, Slot.HIGHEST, A=4_500)

    assert "剩余产能 4,499 粒" in str(refusal.value)
    assert "超出 1 粒" in str(refusal.value)
    assert not SlotLine.objects.filter(slot=Slot.HIGHEST, filing__project=project).exists()
    assert save(worked, Slot.HIGHEST, A=4_499).state == SlotState.PLACED
    assert make.pool_of(products["A"]).left == 0


def test_confirmed_quantities_take_capacity(worked, institutions, alliance_officer):
    project = make.allocation_project(institutions, code="FL2")
    products = make.worked_products(project, {"C": 6_000})
    make.volume(project, worked.hospital, "C", 8_003)
    make.published(project, alliance_officer)

    assert make.pool_of(products["C"]).left == 6_000 - 5_761


def test_confirmed_quantities_can_be_left_out_of_capacity(worked, institutions, alliance_officer):
    project = make.allocation_project(institutions, code="FL2", capacity_counts_confirmed=False)
    products = make.worked_products(project, {"C": 1_000})
    make.volume(project, worked.hospital, "C", 8_003)
    make.published(project, alliance_officer)

    assert make.pool_of(products["C"]).left == 1_000


def test_one_product_in_two_slots_counts_twice(worked):
    save(worked, Slot.HIGHEST, A=4_500)
    save(worked, Slot.OTHER, A=2_988, B=None, C=3_000)

    assert reserved(worked, "A") == 7_488


@pytest.mark.covers("S1-27", "S1-28", "S1-29")
@pytest.mark.parametrize("foreign", ["A", "C"])
def test_a_fixed_slot_takes_its_enterprise_only(worked, foreign):
    with pytest.raises(SlotNotOffered):
        save(worked, Slot.LOWEST, B=1_008, **{foreign: 10})


def test_negative_quantities_are_refused(worked):
    with pytest.raises(QuantityInvalid):
        save(worked, Slot.LOWEST, B=-1)


def test_whole_packs_when_the_project_demands_them(worked, institutions, alliance_officer):
    project = make.allocation_project(institutions, code="FL2", whole_packs_only=True)
    products = make.worked_products(project)
    make.volume(project, worked.hospital, make.UNSELECTED, 12_503)
    make.published(project, alliance_officer)
    worked.project, worked.products = project, products

    loose = save(worked, Slot.LOWEST, B=1_000)
    whole = save(worked, Slot.LOWEST, B=1_008)

    assert (loose.state, loose.broken) == (SlotState.DRAFT, (products["B"].pk,))
    assert whole.state == SlotState.PLACED


def test_a_page_that_grew_old_is_refused(worked):
    save(worked, Slot.LOWEST, B=1_000)

    with pytest.raises(RowMoved):
        save_slot(
            row=worked.row(),
            slot=Slot.LOWEST,
            contracts=worked.contracts(B=1_008),
            seen=worked.contracts(B=None),
            project=worked.project,
            by=worked.by,
        )

    assert reserved(worked, "B") == 1_000


def test_others_may_not_save_for_the_institution(worked, county_reviewer):
    worked.clerk = county_reviewer
    with pytest.raises(NotEditable):
        save(worked, Slot.LOWEST, B=1_008)


@pytest.mark.covers("S0-07", "S0-08")
def test_nothing_is_saved_outside_the_window(worked, time_machine_of):
    time_machine_of(days=20)
    with pytest.raises(NotEditable, match="不在填报时间内"):
        save(worked, Slot.LOWEST, B=1_008)


def test_a_slot_without_quantity_takes_nothing(worked, institutions, alliance_officer):
    project = make.allocation_project(institutions, code="FL2")
    make.worked_products(project)
    make.volume(project, worked.hospital, make.UNSELECTED, 3)
    make.published(project, alliance_officer)
    row = make.row_of(project, worked.hospital, make.UNSELECTED)

    assert [row.asks_nothing(slot) for slot in (Slot.LOWEST, Slot.HIGHEST, Slot.OTHER)] == [
        True,
        True,
        False,
    ]
    with pytest.raises(SlotNotOffered):
        save_slot(row=row, slot=Slot.LOWEST, contracts={}, project=project, by=worked.by)


def test_every_save_is_in_the_log(worked):
    save(worked, Slot.LOWEST, B=1_008)

    entry = LogEntry.objects.filter(verb="分量").latest("pk")
    assert "B制药 1,008 粒" in entry.sentence
    assert entry.path == worked.hospital.path
    assert entry.actor == worked.clerk


def test_a_confirmed_row_is_locked(worked, fill):
    fill(worked)
    with pytest.raises(RowConfirmed):
        save(worked, Slot.LOWEST, B=1_000)

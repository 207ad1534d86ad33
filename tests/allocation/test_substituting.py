"""系统代分: what is allotted for who did not report, under whose locks, and taken back exactly (rules §3a.11)."""

import contextlib
from collections import Counter
from datetime import timedelta

import pytest
from django.db.models import Sum
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.accounts.domain.actors import Actor
from apps.allocation.domain.confirming import confirm_pending
from apps.allocation.domain.refusals import CapacityExceeded, NothingToSubstitute, SlotsNotFilled
from apps.allocation.domain.slots.saving import save_slot
from apps.allocation.domain.substitution.acts import substitute_missing, undo_all
from apps.allocation.domain.substitution.missing import missing_of
from apps.allocation.domain.verification import differences
from apps.allocation.models import AllocationRow, CapacityPool, Slot, SlotLine, SlotState
from apps.notices.models import Message, MessageKind
from apps.projects.models import ProvinceWindow, SupplementWindow
from apps.review.domain.locks import read_branch
from apps.review.domain.performing import perform
from apps.review.domain.refusals import NotYourTurn
from apps.review.domain.standing import situations
from apps.review.models import Filing, FilingEvent
from apps.review.models.statuses import Action, Status
from tests import factories_allocation as make

pytestmark = pytest.mark.usefixtures("country")
STATES = [
    field.attname for field in AllocationRow._meta.concrete_fields if field.attname != "filing_id"
]
LINES = ("row_id", "slot", "product_id", "contract", "reserved")


@pytest.fixture
def late(institutions, alliance_officer):
    """A published allocation whose institutions' window is over; every institution has 12,503 of U."""

    def built(code="FL", reported=(12_503,), **capacities):
        project = make.allocation_project(
            institutions, code=code, chain=["county", "city", "province"]
        )
        make.worked_products(project, capacities)
        for place, unit in enumerate(institutions):
            make.volume(project, unit, make.UNSELECTED, reported[place % len(reported)])
            make.volume(project, unit, "C", 8_003)
        return make.published(project, alliance_officer)

    return built


def end_window(project):
    make.move_window(project, "institution", days=-6)


def standing(project):
    """Everything that 撤销代分 must put back."""
    return (
        list(AllocationRow.objects.filter(project=project).order_by("pk").values(*STATES)),
        sorted(
            SlotLine.objects.filter(filing__project=project).values_list(*LINES),
            key=lambda line: (*line[:3],),
        ),
        list(CapacityPool.objects.filter(project=project).order_by("pk").values()),
        list(
            Filing.objects.filter(project=project)
            .order_by("pk")
            .values("pk", "status", "substituted")
        ),
    )


@pytest.fixture
def by(alliance_officer):
    return Actor.of(alliance_officer)


def test_the_worked_row_is_allotted_as_a_clerk_would(late, by, tree):
    project = late()
    end_window(project)

    done = substitute_missing(project=project, by=by)

    hospital = tree["H42010600001"]
    row = make.row_of(project, hospital, make.UNSELECTED)
    taken = {
        (line.slot, line.product.item.item_code): line.contract
        for line in SlotLine.objects.filter(row=row).select_related("product__item")
    }
    assert taken == {("lowest", "B"): 1_008, ("highest", "A"): 4_500, ("other", "A"): 7_488}
    assert row.is_confirmed
    filing = make.filing_of(project, hospital)
    assert (filing.state, filing.substituted, filing.reported_once) == (
        Status.SUBMITTED,
        True,
        False,
    )
    assert done.institutions == Filing.objects.filter(project=project, tier="institution").count()
    assert (done.rows, done.unplaced) == (2 * done.institutions, 0)
    assert list(differences(project)) == []
    event = FilingEvent.objects.get(filing=filing)
    assert (event.action, event.organization_name) == ("substitute", by.organization.name)


def test_what_an_institution_placed_itself_stays(late, by, tree, hospital_clerk):
    project = late()
    clerk, row = Actor.of(hospital_clerk), make.row_of(project, tree["H42010600001"], "U")
    products = {p.product.item.item_code: p.product_id for p in CapacityPool.objects.with_offer()}
    save_slot(row=row, slot=Slot.OTHER, project=project, by=clerk,
              contracts={products["A"]: None, products["B"]: 2_496, products["C"]: None})  # fmt: skip
    save_slot(row=row, slot=Slot.HIGHEST, project=project, by=clerk, contracts={products["A"]: 36})
    end_window(project)

    substitute_missing(project=project, by=by)

    lines = SlotLine.objects.filter(row=row).values_list("slot", "product_id", "contract")
    assert ("other", products["B"], 2_496) in lines
    assert ("highest", products["A"], 4_500) in lines
    assert list(differences(project)) == []


def test_what_is_short_moves_on_and_what_nobody_has_is_shown(late, by):
    project = late(A=20_000, B=1_000, C=40_000)
    end_window(project)

    done = substitute_missing(project=project, by=by)

    assert done.unplaced
    assert sum(row.unplaced for row in AllocationRow.objects.filter(project=project)) > 0
    assert AllocationRow.objects.filter(lowest_state=SlotState.SHORT).exists()
    assert not AllocationRow.objects.filter(pending_confirmed_at=None, pending__gt=0).exists()
    assert list(differences(project)) == []


def test_who_may_still_report_is_left_alone(late, by, tree, hospital_clerk):
    project = late()
    assert not missing_of(project, at=timezone.now()).over
    with pytest.raises(NothingToSubstitute):
        substitute_missing(project=project, by=by)


@pytest.mark.parametrize("national", [-6, -3])
def test_whose_time_is_over_is_found_by_a_query_as_by_their_timings(late, tree, national):
    """National windows over or not; a province closes earlier, one unit is reopened, another has a deadline."""
    project, now = late(), timezone.now()
    make.move_window(project, "institution", days=national)
    ProvinceWindow.objects.create(
        project=project, province=tree["42"], path=tree["42"].path, tier="institution",
        opens_at=now - timedelta(days=2), closes_at=now - timedelta(days=1),
    )  # fmt: skip
    reopened, waiting = tree["H42010600001"], tree["H42010600002"]
    SupplementWindow.objects.create(
        project=project, organization=reopened, path=reopened.path, reason="补报",
        opens_at=now - timedelta(hours=1), closes_at=now + timedelta(hours=1),
    )  # fmt: skip
    Filing.objects.filter(project=project, organization=waiting).update(
        correction_deadline=now + timedelta(hours=1)
    )
    filings = list(Filing.objects.of_project(project).institutions().order_by("path"))

    missing = missing_of(project, at=now)

    facing = situations(project, filings, read_branch(filings), now)
    expected = [each for each, stand in zip(filings, facing, strict=True) if stand.is_over]
    assert list(missing.over) == expected
    assert (missing.count, missing.still_open) == (len(expected), len(filings) - len(expected))
    assert 0 < missing.count < len(filings) - 1


def test_only_the_alliance(late, province_officer):
    project = late()
    end_window(project)
    with pytest.raises(NotYourTurn):
        substitute_missing(project=project, by=Actor.of(province_officer))
    with pytest.raises(NotYourTurn):
        undo_all(project=project, by=Actor.of(province_officer))


def test_packages_that_stand_in_the_way_are_named_and_returned(late, by, tree, country):
    project = late()
    end_window(project)
    for code in ("420106", "420100"):
        bureau = make.filing_of(project, tree[code])
        perform(
            [bureau], Action.SUBMIT, by=by.acting_for(tree[code], reason="代办"), confirmed=True
        )
        if code == "420106":
            perform([make.filing_of(project, tree[code])], Action.APPROVE,
                    by=by.acting_for(tree["420100"], reason="代办"))  # fmt: skip
    missing = missing_of(project, at=timezone.now())
    assert [each.organization.code for each in missing.packages] == ["420100", "420106"]
    assert missing.free.count() < missing.count == missing.over.count()

    substitute_missing(project=project, by=by, deadline=timezone.now() + timedelta(days=2))

    returned = Filing.objects.filter(project=project, organization__code__in=["420100", "420106"])
    assert {filing.state for filing in returned} == {Status.RETURNED}
    assert not missing_of(project, at=timezone.now()).over


def test_a_substituted_filing_is_reviewed_and_undone_only_while_it_waits(late, by, tree):
    project = late()
    end_window(project)
    substitute_missing(project=project, by=by)
    approved = make.filing_of(project, tree["H42010600001"])
    perform([approved], Action.APPROVE, by=by.acting_for(tree["420106"], reason="代办"))

    undo_all(project=project, by=by)

    rest = Filing.objects.filter(project=project, tier="institution").exclude(pk=approved.pk)
    assert {filing.state for filing in rest} == {Status.DRAFT}
    assert make.filing_of(project, tree["H42010600001"]).state == Status.APPROVED
    assert list(differences(project)) == []


def test_institutions_read_what_was_done_for_them(late, by, tree):
    project = late()
    end_window(project)
    done = substitute_missing(project=project, by=by)
    approved = make.filing_of(project, tree["H42010600001"])
    perform([approved], Action.APPROVE, by=by.acting_for(tree["420106"], reason="代办"))
    undo_all(project=project, by=by)

    told = Message.objects.filter(kind=MessageKind.SUBSTITUTION)
    to = Counter(told.values_list("path", flat=True))
    assert to.pop(approved.path) == 1
    assert set(to.values()) == {2}
    assert len(to) == done.institutions - 1
    assert told.filter(title__contains="已撤销").count() == len(to)


capacities = st.none() | st.integers(0, 60_000)


@given(
    a=capacities, b=capacities, c=capacities.map(lambda most: most and most + 60_000),
    reported=st.lists(st.integers(0, 30_000), min_size=1, max_size=4), own=st.integers(0, 3),
)  # fmt: skip
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_no_pool_is_exceeded_and_undoing_restores_what_was(
    late, by, tree, hospital_clerk, a, b, c, reported, own
):
    number = Filing.objects.count()
    project = late(code=f"FL{number}", reported=reported, A=a, B=b, C=c or None)
    _typed_by_the_clerk(project, tree, hospital_clerk, own)
    end_window(project)
    before = standing(project)

    substitute_missing(project=project, by=by)

    assert list(differences(project)) == []
    for row in AllocationRow.objects.filter(project=project, pending__gt=0):
        assert row.is_confirmed
        assert not any(row.state(slot) == SlotState.DRAFT for slot in (Slot.LOWEST, Slot.HIGHEST))
    used = CapacityPool.objects.filter(project=project).aggregate(Sum("allocated"))
    assert (used["allocated__sum"] or 0) >= 0
    undo_all(project=project, by=by)
    assert standing(project) == before
    assert list(differences(project)) == []


def _typed_by_the_clerk(project, tree, clerk, how_far):
    """Nothing, a draft outside its bounds, one slot placed, or the row confirmed as far as capacity lets."""
    row = make.row_of(project, tree["H42010600001"], make.UNSELECTED)
    if not how_far or not row.pending:
        return
    products = {
        p.product.item.item_code: p.product_id
        for p in CapacityPool.objects.filter(project=project).with_offer()
    }
    typed = {"A": None, "B": None, "C": 30 if how_far == 1 else row.other // 30 * 30}
    contracts = {products[code]: quantity for code, quantity in typed.items()}
    with contextlib.suppress(CapacityExceeded, SlotsNotFilled):
        save_slot(
            row=row, slot=Slot.OTHER, contracts=contracts, project=project, by=Actor.of(clerk)
        )
        if how_far == 3:
            confirm_pending(row=row, project=project, by=Actor.of(clerk))

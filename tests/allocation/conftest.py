"""The worked round: Hubei's institutions, products A, B and C, one hospital with 12,503 of an unselected item."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.allocation.domain.confirming import confirm_pending, confirm_selected
from apps.allocation.domain.slots.saving import save_slot
from apps.allocation.models import AllocationRow, Slot
from apps.organizations.models import Organization
from apps.projects.models import Project, WinningProduct
from apps.review.domain.performing import perform
from apps.review.models import Filing
from apps.review.models.statuses import Action
from apps.scope.context import whole_country
from tests import factories_allocation as make
from tests.cast import Tree


@dataclass
class Round:
    """A published allocation and the people in it."""

    project: Project
    products: dict[str, WinningProduct]
    hospital: Organization
    clerk: User

    @property
    def by(self) -> Actor:
        return Actor.of(self.clerk)

    def row(self, code: str = make.UNSELECTED, unit: Organization | None = None) -> AllocationRow:
        return make.row_of(self.project, unit or self.hospital, code)

    def filing(self, unit: Organization | None = None) -> Filing:
        return make.filing_of(self.project, unit or self.hospital)

    def contracts(self, **quantities: int | None) -> dict[int, int | None]:
        """By product id, as services want them."""
        return {self.products[code].pk: quantity for code, quantity in quantities.items()}


@pytest.fixture
def institutions(tree: Tree) -> list[Organization]:
    return [unit for unit in tree.values() if unit.tier == "institution"]


@pytest.fixture
def policies() -> dict[str, str]:
    """Policies of the worked round that differ from the defaults; a test names its own by parametrize."""
    return {}


@pytest.fixture
def worked(
    tree: Tree,
    institutions: list[Organization],
    hospital_clerk: User,
    alliance_officer: User,
    policies: dict[str, str],
) -> Round:
    """Published: the hospital has U 12,503 (L 2,000, H 3,000, O 5,002) and C 8,003 (K 5,761, P 641)."""
    project = make.allocation_project(institutions, **policies)
    products = make.worked_products(project)
    hospital = tree["H42010600001"]
    make.volume(project, hospital, make.UNSELECTED, 12_503)
    make.volume(project, hospital, "C", 8_003)
    make.published(project, alliance_officer)
    return Round(project, products, hospital, hospital_clerk)


@pytest.fixture
def fill() -> Callable[..., None]:
    """Fill the three slots of the worked row as in rules §3a.8, and confirm it."""

    def filled(round_: Round, *, confirm: bool = True) -> None:
        typed = {
            Slot.LOWEST: {"B": 1_008},
            Slot.HIGHEST: {"A": 4_500},
            Slot.OTHER: {"A": 2_988, "B": None, "C": 3_000},
        }
        context = {"project": round_.project, "by": round_.by}
        with whole_country(reason="test"):
            for slot, quantities in typed.items():
                save_slot(
                    row=round_.row(), slot=slot, contracts=round_.contracts(**quantities), **context
                )
            if confirm:
                confirm_pending(row=round_.row(), **context)

    return filled


@pytest.fixture
def time_machine_of() -> Iterator[Callable[..., None]]:
    """Travel forward from now."""
    with contextlib.ExitStack() as stack:

        def travel(**ahead: float) -> None:
            moment = timezone.now() + timedelta(**ahead)
            stack.enter_context(time_machine.travel(moment, tick=False))

        yield travel


@pytest.fixture
def fill_rest() -> Callable[[Round], None]:
    """Confirm the selected quantities and the small row."""

    def filled(round_: Round) -> None:
        with whole_country(reason="test"):
            confirm_selected(filing=round_.filing(), project=round_.project, by=round_.by)
            fill_small(round_, round_.row("C"))

    return filled


@pytest.fixture
def reported(worked: Round, fill: Callable[..., None], fill_rest: Callable[[Round], None]) -> Round:
    """The worked round with everything confirmed and reported."""
    fill(worked)
    fill_rest(worked)
    with whole_country(reason="test"):
        perform([worked.filing()], Action.SUBMIT, by=worked.by)
    return worked


def fill_small(round_: Round, row: AllocationRow) -> None:
    """The 641 of C: 128 on B, 192 on A, 321 on C, and confirm."""
    typed = {
        Slot.LOWEST: {"B": 72},
        Slot.HIGHEST: {"A": 288},
        Slot.OTHER: {"A": None, "B": None, "C": 330},
    }
    context = {"project": round_.project, "by": round_.by}
    for slot, quantities in typed.items():
        save_slot(row=row, slot=slot, contracts=round_.contracts(**quantities), **context)
    confirm_pending(row=row, **context)

"""Whatever institutions, bureaus and the alliance do, in any order, with products stopped and given back: after every
step figures that are computed here from the lines alone agree with what the product keeps.

1. Of a product what is confirmed and reserved is what its lines come to, and never more than its capacity.
2. Of a cancelled product nothing is left; of what is suspended nothing more is taken.
3. Of each row what is confirmed adds up, with what was left unplaced; a filled slot is inside its bounds, or short.
4. What is reported is summed all the way up, to the unit and the fen.
5. Taken back, every row that was touched stands as before; a refused step changes nothing.
"""

from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.allocation.domain.confirming import confirm_filled, confirm_selected
from apps.allocation.domain.slots.exhausting import move_exhausted
from apps.allocation.domain.stops.confirming import confirm_shares
from apps.allocation.domain.suggesting import fill_suggested, stamp_of, suggestions
from apps.allocation.domain.verification import differences
from apps.allocation.models import (
    AllocationRow,
    CapacityPool,
    ProductStop,
    Slot,
    SlotLine,
    StopShare,
    SupplyTotal,
)
from apps.projects.domain.refusals import ProjectRefused
from apps.review.domain.performing import perform
from apps.review.domain.refusals import ReviewRefused
from apps.review.models import Filing
from apps.review.models.statuses import FROZEN, Action
from apps.scope.context import whole_country
from tests import factories
from tests import factories_allocation as make
from tests.cast import Tree
from tests.stopping import LINES, ended, standing, stopped, suspended

CAPACITIES = {"A": 30_000, "B": 12_000, "C": None, "D": 9_000}
UNITS = ("H42010600001", "H42010600002")
which = st.sampled_from(sorted(CAPACITIES))
unit = st.integers(0, len(UNITS) - 1)


class Season(RuleBasedStateMachine):
    """One example: a round that is rolled back at its end."""

    project: object
    products: dict
    officer: object
    bureau: object
    clerks: list

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.scope = whole_country(reason="test")
        self.scope.__enter__()

    def teardown(self) -> None:
        self.scope.__exit__(None, None, None)
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    def filing(self, at: int) -> Filing:
        return make.filing_of(self.project, self.clerks[at].organization)

    def attempt(self, run) -> bool:
        before = standing(self.project)
        try:
            with transaction.atomic():
                run()
        except (ReviewRefused, ProjectRefused):
            assert standing(self.project) == before
            return False
        return True

    @initialize(reported=st.integers(0, 2))
    def begin(self, reported) -> None:
        for at in range(reported):
            self.fill(at % len(UNITS))
            self.report(at % len(UNITS))

    @rule(at=unit)
    def fill(self, at) -> None:
        """As far as suggestions go; what is exhausted moves on."""
        filing, by = self.filing(at), Actor.of(self.clerks[at])
        context = {"project": self.project, "by": by}
        seen = str(stamp_of(suggestions(self.project, filing)))
        self.attempt(lambda: fill_suggested(filing=filing, seen=seen, **context))
        for row in (
            AllocationRow.objects.of_filing(filing).to_allocate().select_related("filing", "item")
        ):
            for slot in (Slot.LOWEST, Slot.HIGHEST, Slot.OTHER):
                self.attempt(
                    lambda row=row, slot=slot: move_exhausted(row=row, slot=slot, **context)
                )

    @rule(at=unit)
    def report(self, at) -> None:
        filing, by = self.filing(at), Actor.of(self.clerks[at])
        self.attempt(lambda: confirm_selected(filing=filing, project=self.project, by=by))
        self.attempt(lambda: confirm_filled(filing=filing, project=self.project, by=by))
        self.attempt(lambda: perform([filing], Action.SUBMIT, by=by))

    @rule(at=unit, act=st.sampled_from([Action.APPROVE, Action.RETURN, Action.UNAPPROVE]))
    def review(self, at, act) -> None:
        by = Actor.of(self.bureau)
        self.attempt(lambda: perform([self.filing(at)], act, by=by, reason="核对"))

    @rule()
    def hand_in(self) -> None:
        package = make.filing_of(self.project, self.bureau.organization)
        self.attempt(
            lambda: perform([package], Action.SUBMIT, by=Actor.of(self.bureau), confirmed=True)
        )

    @rule(code=which, other=which | st.none())
    def cancel(self, code, other) -> None:
        self.attempt(
            lambda: stopped(
                self.project, self.officer, self.products[code],
                replacement=self.products[other] if other else None,
            )
        )  # fmt: skip

    @rule(code=which)
    def suspend(self, code) -> None:
        self.attempt(lambda: suspended(self.project, self.officer, self.products[code]))

    @rule(latest=st.integers(0, 2))
    def take_back(self, latest) -> None:
        stops = list(ProductStop.objects.of_project(self.project).in_force().order_by("-number"))
        if not stops:
            return
        stop = stops[latest % len(stops)]
        if self.attempt(lambda: ended(stop, self.officer)):
            for share in StopShare.objects.filter(stop=stop):
                rows = [row[0] for row in share.before["rows"]]
                lines = SlotLine.objects.filter(row__in=rows).values_list(*LINES)
                assert sorted(map(list, lines), key=lambda line: line[:3]) == share.before["lines"]

    @rule(at=unit)
    def confirm(self, at) -> None:
        by = Actor.of(self.clerks[at])
        self.attempt(lambda: confirm_shares(filing=self.filing(at), project=self.project, by=by))

    @invariant()
    def holds(self) -> None:
        lines = list(
            SlotLine.objects.select_related("row", "product").filter(filing__project=self.project)
        )
        rows = {
            row.pk: row
            for row in AllocationRow.objects.filter(project=self.project).select_related("item")
        }
        pools = {
            p.product_id: p
            for p in CapacityPool.objects.of_project(self.project).select_related("terms")
        }
        self.check_pools(lines, pools)
        self.check_rows(lines, rows, pools)
        self.check_totals(lines, pools)
        assert list(differences(self.project)) == []

    def check_pools(self, lines, pools) -> None:
        kept = Counter[int]()
        reserved = Counter[int]()
        for line in lines:
            (kept if line.slot == "selected" else reserved)[line.product_id] += (
                line.contract if line.slot == "selected" else line.reserved
            )
        for product, pool in pools.items():
            assert (pool.fixed, pool.allocated) == (kept[product], reserved[product])
            assert pool.capacity is None or kept[product] + reserved[product] <= pool.capacity
            if pool.stopped == "cancelled":
                assert not [line for line in lines if line.product_id == product and line.contract]

    def check_rows(self, lines, rows, pools) -> None:
        for row in rows.values():
            own = [line for line in lines if line.row_id == row.pk]
            taken = sum(line.taken for line in own if line.slot == "selected")
            assert taken + row.kept_unplaced == row.kept
            for slot in ("lowest", "highest", "other"):
                if getattr(row, f"{slot}_state") == "placed":
                    self.check_slot(row, slot, [line for line in own if line.slot == slot], pools)

    def check_slot(self, row, slot, lines, pools) -> None:
        moved = (row.moved_lowest, row.moved_highest)
        target = row.other + sum(moved) if slot == "other" else getattr(row, slot)
        usage = Fraction(row.item.daily_usage)
        filled = [line for line in lines if line.contract is not None]
        terms = {line.pk: pools[line.product_id].terms for line in filled}
        placed = sum(
            Fraction(line.contract) / Fraction(terms[line.pk].daily_usage) * usage
            for line in filled
        )
        positive = [line for line in filled if line.contract] or filled
        largest = max(terms[line.pk].pack for line in positive)
        widest = max(
            Fraction(terms[line.pk].pack) / Fraction(terms[line.pk].daily_usage) * usage
            for line in positive
            if terms[line.pk].pack == largest
        )
        assert abs(placed - target) < widest
        assert all(line.reserved == line.contract for line in filled)

    def check_totals(self, lines, pools) -> None:
        filings = {filing.pk: filing for filing in Filing.objects.of_project(self.project)}
        due = Counter[tuple[int, int]]()
        money: dict[tuple[int, int], Decimal] = {}
        own = Counter[tuple[int, int]]()
        for line in lines:
            if filings[line.filing_id].state in FROZEN and line.contract:
                own[line.filing_id, line.product_id] += line.contract
        for (filing, product), quantity in own.items():
            terms = self.terms_of(filing, product, pools)
            exact = terms.price * quantity / terms.pack
            cents = exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
            place = filings[filing]
            while place is not None:
                if place.state in FROZEN:
                    due[place.pk, product] += quantity
                    money[place.pk, product] = money.get((place.pk, product), Decimal(0)) + cents
                if place.status != "approved":
                    break
                place = filings.get(place.parent_id or 0)
        kept = SupplyTotal.objects.filter(filing__project=self.project)
        found = {(t.filing_id, t.product_id): (t.quantity, t.amount) for t in kept}
        assert found == {key: (quantity, money[key]) for key, quantity in due.items()}

    def terms_of(self, filing, product, pools):
        """At which terms an amount was reported."""
        return pools[product].terms


def seasons(machine: type[Season], tree: Tree, officer: User, *, examples: int, steps: int) -> None:
    """Plays seasons of the machine over one published round of two institutions of a county."""
    units = [tree[UNITS[0]], factories.InstitutionFactory.create(parent=tree["420106"])]
    project = make.allocation_project(units, chain=["county", "city", "province"])
    products = make.worked_products(project, CAPACITIES)
    with whole_country(reason="test"):
        products["D"] = make.winner(project, "D", terms=("6", 20, "36.00", "44"), capacity=9_000)
    for hospital in units:
        make.volume(project, hospital, make.UNSELECTED, 12_503)
        make.volume(project, hospital, "C", 8_003)
        make.volume(project, hospital, "D", 1_001)
    make.published(project, officer)
    told = {
        "project": project,
        "products": products,
        "officer": officer,
        "bureau": factories.account_of(tree["420106"]),
        "clerks": [factories.account_of(hospital) for hospital in units],
    }
    run_state_machine_as_test(
        type("World", (machine,), told),
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            phases=[Phase.explicit, Phase.reuse, Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.django_db
def test_the_invariants_hold(tree, alliance_officer):
    seasons(Season, tree, alliance_officer, examples=8, steps=12)

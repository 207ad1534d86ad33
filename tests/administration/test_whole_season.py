"""A season that does not go by the book: an allocation in which values are corrected, products stopped, institutions
closed and merged, tiers above act in their place, time is over and extended, late ones report after all, the round is
concluded and reopened, in any order. After every step all that `allocation/test_stop_machine.py` and
`changing_units.py` hold, and besides:

1. What is reported and was not moved by an act of its own stands line by line as it stood.
2. What units were allocated is what was published, whatever happens.
3. An amount is that of the terms at which it was reported.

At the end the four checks of the operators pass, and the case of the whole round is put together and checked without
the product: every report that there ever was, with its counts and amounts.
"""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from hypothesis import event
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.approvals import decide
from apps.allocation.models import CapacityPool, SlotLine, SupplyTotal
from apps.organizations.models import Tier
from apps.projects.domain.windows.extending import Cause, extend
from apps.projects.models import Phase, Project
from apps.review.domain.performing import perform
from apps.review.domain.returning import packages_over
from apps.review.domain.returns.deadlines import proposed
from apps.review.domain.rounds.concluding import conclude_project
from apps.review.domain.rounds.supplementing import supplement_filings
from apps.review.domain.rounds.undoing import Undoing, ask_undo, undo
from apps.review.models import Filing
from apps.review.models.statuses import FROZEN, Action
from tests.administration.changing_units import Changing
from tests.allocation.test_stop_machine import seasons, unit, which
from tests.casefiles import case_of, members, problems
from tests.correcting import PAPER, corrected
from tests.review.planting import move_window

FIELDS = ("price", "pack", "daily_usage", "capacity")
DAY = timedelta(days=1)


class Whole(Changing):
    """The alliance does what a season asks for; `keeper` approves what takes two."""

    keeper: object

    def __init__(self) -> None:
        super().__init__()
        self.stood: dict[int, tuple[int, list[object]]] = {}
        self.dealt_out: list[tuple[object, ...]] = []

    @rule(code=which, field=st.sampled_from(FIELDS), step=st.integers(1, 9))
    def correct(self, code, field, step) -> None:
        product = self.products[code]
        pool = CapacityPool.objects.select_related("terms").get(product=product)
        now = {
            "price": pool.terms.price,
            "pack": pool.terms.pack,
            "daily_usage": pool.terms.daily_usage,
            "capacity": max(pool.used - 2, 0),
        }
        values = {field: now[field] + (Decimal(step) if field != "capacity" else step)}
        done = self.attempt(lambda: corrected(self.project, self.officer, product, **values))
        event(f"{field} corrected: {done}")

    @rule(at=unit, act=st.sampled_from([Action.SUBMIT, Action.APPROVE, Action.RETURN]))
    def act_for(self, at, act) -> None:
        """上级代办: the county for the hospital, the alliance for the county."""
        place = self.clerks[at] if act == Action.SUBMIT else self.bureau
        above = self.bureau if act == Action.SUBMIT else self.officer
        by = Actor.of(above).acting_for(place.organization, reason="代办")
        event(
            f"acted for: {self.attempt(lambda: perform([self.filing(at)], act, by=by, reason='核对'))}"
        )

    @rule(at=unit)
    def time_is_over(self, at) -> None:
        now = timezone.now()
        move_window(self.project, Tier.INSTITUTION, now - 3 * DAY, now - DAY)
        by = Actor.of(self.bureau)
        self.attempt(lambda: perform([self.filing(at)], Action.LAPSE, by=by, reason="逾期"))

    @rule(days=st.integers(1, 5))
    def prolong(self, days) -> None:
        told = {"span": days * DAY, "cause": Cause.FAULT, "reason": "停电", "reopens": True}
        by = Actor.of(self.officer)
        self.attempt(lambda: extend(project=self.project, until=None, by=by, **told))

    @rule(at=unit)
    def supplement(self, at) -> None:
        by, filing, now = Actor.of(self.officer), self.filing(at), timezone.now()
        ends = proposed(Tier.values, last=now + 5 * DAY, now=now)
        told = {"closes_at": ends.pop(Tier.INSTITUTION), "deadlines": ends, "reason": "断网"}
        packages = [package.pk for package in packages_over([filing], by)]
        done = self.attempt(lambda: supplement_filings([filing], by=by, packages=packages, **told))
        event(f"supplemented: {done}")

    @rule()
    def conclude(self) -> None:
        by = Actor.of(self.officer)
        event(
            f"concluded: {self.attempt(lambda: conclude_project(self.project, by=by, confirmed=True))}"
        )

    @rule()
    def reopen(self) -> None:
        if Project.objects.get(pk=self.project.pk).phase != Phase.CONCLUDED:
            return
        by, what = Actor.of(self.officer), Undoing.CONCLUSION

        def taken_back() -> None:
            asked = ask_undo(self.project, what, reason="数据有误", by=by)
            decide(by=Actor.of(self.keeper), pk=asked.pk, approve=True)
            undo(self.project, what, by=by)

        event(f"reopened: {self.attempt(taken_back)}")

    @invariant()
    def frozen_stays(self) -> None:
        stood = {}
        for filing in Filing.objects.of_project(self.project).filter(status__in=FROZEN):
            lines = SlotLine.objects.filter(filing_id=filing.pk).order_by("row", "slot", "product")
            kept = list(
                lines.values_list("row", "slot", "product", "contract", "reserved", "taken")
            )
            version, before = self.stood.get(filing.pk, (filing.version, kept))
            assert version != filing.version or before == kept
            stood[filing.pk] = (filing.version, kept)
        self.stood = stood
        volumes = self.volumes()
        assert (self.dealt_out or volumes) == volumes
        self.dealt_out = volumes

    def terms_of(self, filing, product, pools):
        total = SupplyTotal.objects.filter(filing=filing, product=product).first()
        return total.terms if total and total.terms else pools[product].terms

    def check_slot(self, row, slot, lines, pools) -> None:
        """Below a package that counts without it a slot rests on what held before."""
        filing = Filing.objects.get(pk=row.filing_id)
        above = Filing.objects.filter(project=self.project, status__in=FROZEN)
        if filing.state in FROZEN or filing.parent_id not in set(
            above.values_list("pk", flat=True)
        ):
            super().check_slot(row, slot, lines, pools)

    def teardown(self) -> None:
        try:
            root = Filing.objects.of_project(self.project).get(tier=Tier.ALLIANCE)
            assert problems(members(case_of(root, self.officer))) == []
        finally:
            super().teardown()


@pytest.mark.django_db
def test_the_invariants_hold(tree, alliance_officer, administrator):
    default_storage.save(PAPER.stored, ContentFile(b"%PDF"))  # which the case takes along
    machine = type("Whole", (Whole,), {"keeper": administrator})
    seasons(machine, tree, alliance_officer, examples=4, steps=16)

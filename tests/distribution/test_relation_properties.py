"""Whatever manufacturer and distributors try, in any order, with distributors disabled and enabled and limits moved:
these invariants hold after every step.

1. A relation's status is what its events come to by the table, one event a version; a refused step writes nothing.
2. Of one product, a distributor's live places never contain one another, and none is there twice.
3. Where a step let a distributor take a place, that place and every place around it is within the limit of the moment.
4. Only enabled distributors are chosen, proposed to and agree.
5. What institutions agreed to take is covered exactly where a relation that reaches them is agreed.
6. What is answered says when; a refusal and a voided agreement have their reasons; what is void says since when.
"""

from itertools import combinations

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.scopes import scope_of
from apps.distribution.domain.policy import set_limit
from apps.distribution.domain.relations.machine import TRANSITIONS
from apps.distribution.domain.relations.refusals import RelationRefused
from apps.distribution.models import DeliveryPolicy, DeliveryRelation, RelationEvent
from apps.distribution.models.relation_places import crowded, overlap
from apps.distribution.models.relation_statuses import COUNTED, LIVE, Action, Status
from apps.scope.context import enter, whole_country
from tests import factories_relations as make
from tests.factories_agreements import take_all
from tests.live_progress import counted, figures

PLACES = (make.WUHAN, make.HUANGSHI, make.DIRECT, make.WUCHANG, make.HUBEI)
LIKELY = {
    status: [action for action, law in TRANSITIONS.items() if status in law.sources]
    for status in Status
}
REASONS = st.sampled_from(["运力不足", "运力不足", ""])


class Dealings(RuleBasedStateMachine):
    """One example: a trade that is rolled back at its end."""

    trade: make.Trade
    officer: object

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.before: dict[int, DeliveryRelation] = {}
        self.refused = False
        self.action: Action | None = None
        self.enabled = [True] * len(self.trade.carriers)
        self.look()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    def look(self) -> dict[int, DeliveryRelation]:
        with whole_country(reason="test"):
            return {each.pk: each for each in DeliveryRelation.objects.order_by("pk")}

    def attempt(self, action, run) -> None:
        self.before, self.refused, self.action = self.look(), False, action
        try:
            run()
        except RelationRefused:
            self.refused = True

    @initialize(most=st.sampled_from([1, 2, None]), submit=st.booleans())
    def begin(self, most, submit) -> None:
        """Something is there from the start: one distributor everywhere, drafts of the second one."""
        self.limit(most)
        places = (make.WUHAN, make.HUANGSHI)
        first = [self.trade.proposal(0, 0, path) for path in places]
        self.attempt(None, lambda: self.trade.chosen(*first, submit=submit))
        second = [self.trade.proposal(p, 1, path) for p in (0, 1) for path in places]
        self.attempt(None, lambda: self.trade.chosen(*second))

    @rule(
        product=st.integers(0, 1),
        carriers=st.sets(st.integers(0, 2), min_size=1),
        place=st.sampled_from(PLACES),
        submit=st.booleans(),
    )
    def choose(self, product, carriers, place, submit) -> None:
        wanted = [self.trade.proposal(product, carrier, place) for carrier in sorted(carriers)]
        self.attempt(None, lambda: self.trade.chosen(*wanted, submit=submit))

    @rule(at=st.integers(0, 9), legal=st.integers(0, 3), more=st.booleans(), reason=REASONS)
    def move(self, at, legal, more, reason) -> None:
        """What the law allows one of them, together with all others of its status and distributor if `more`."""
        known = list(self.look().values())
        one = known[at % len(known)]
        wanted = LIKELY[Status(one.status)]
        action = wanted[legal % len(wanted)]
        alike = [
            each
            for each in known
            if (each.status, each.distributor_id) == (one.status, one.distributor_id)
        ]
        self.take(action, alike if more else [one], reason)

    @rule(action=st.sampled_from(Action), some=st.sets(st.integers(0, 9), min_size=1, max_size=3))
    def mistake(self, action, some) -> None:
        """Anything on anything."""
        known = list(self.look().values())
        chosen = {known[n % len(known)].pk: known[n % len(known)] for n in some}
        self.take(action, [chosen[pk] for pk in sorted(chosen)], "有原因")

    def take(self, action, relations, reason) -> None:
        is_distributor = TRANSITIONS[action].party == "distributor"
        by = self.trade.by_carrier if is_distributor else self.trade.by_maker
        self.attempt(action, lambda: by(action, *relations, reason=reason))

    @rule(carrier=st.integers(0, 2), active=st.sampled_from([True, False, True]))
    def switch(self, carrier, active) -> None:
        make.set_enabled(self.trade.carriers[carrier], active=active)
        self.enabled[carrier] = active
        self.before, self.refused = self.look(), False

    @rule(most=st.sampled_from([1, 2, None]))
    def limit(self, most) -> None:
        with enter(scope_of(self.officer)):
            set_limit(self.trade.project, most, by=Actor.of(self.officer))
        self.before, self.refused = self.look(), False

    @invariant()
    def holds(self) -> None:
        after = self.look()
        self.check_history(after)
        self.check_places(after)
        self.check_entries(after)
        with whole_country(reason="test"):
            assert figures(self.trade.project, make.HUBEI) == counted(
                self.trade.project, make.HUBEI
            )
        for each in after.values():
            assert (each.answered_at is not None) or each.status not in (
                Status.AGREED,
                Status.REFUSED,
            )
            assert (each.voided_at is not None) == (each.status == Status.VOID)
            assert each.reason or not (each.status == Status.REFUSED or each.was_agreed_before)

    def check_history(self, after) -> None:
        """Invariant 1."""
        if self.refused:
            assert [(r.pk, r.status, r.version) for r in after.values()] == [
                (r.pk, r.status, r.version) for r in self.before.values()
            ]
        status = dict.fromkeys(after, int(Status.DRAFT))
        count = dict.fromkeys(after, 1)
        with whole_country(reason="test"):
            events = list(RelationEvent.objects.order_by("pk"))
        for event in events:
            law = TRANSITIONS[Action(event.action)]
            assert event.source == status[event.relation_id]
            assert event.source in law.sources
            assert event.target == law.target
            status[event.relation_id] = event.target
            count[event.relation_id] += 1
        assert status == {pk: r.status for pk, r in after.items()}
        assert count == {pk: r.version for pk, r in after.items()}

    def check_places(self, after) -> None:
        """Invariant 2."""
        live = [each for each in after.values() if each.status in LIVE]
        for one, other in combinations(live, 2):
            if (one.product_id, one.distributor_id) == (other.product_id, other.distributor_id):
                assert not overlap(one.path, other.path)

    def check_entries(self, after) -> None:
        """Invariants 3 and 4."""
        was = {pk: each.status for pk, each in self.before.items()}
        entered = [
            e for pk, e in after.items() if e.status in COUNTED and was.get(pk) not in COUNTED
        ]
        moved = [e for pk, e in after.items() if e.status in COUNTED and was.get(pk) != e.status]
        with whole_country(reason="test"):
            policy = DeliveryPolicy.objects.filter(project=self.trade.project).first()
        for each in entered if policy and policy.most else ():
            holders: dict[str, set[int]] = {}
            for other in after.values():
                if other.product_id == each.product_id and other.status in COUNTED:
                    holders.setdefault(other.path, set()).add(other.distributor_id)
            assert not any(overlap(each.path, place) for place in crowded(holders, policy.most))
        ids = [carrier.pk for carrier in self.trade.carriers]
        new = [each for pk, each in after.items() if pk not in self.before]
        for each in [*moved, *new] if self.action != Action.RETRACT else ():
            assert self.enabled[ids.index(each.distributor_id)]


@pytest.mark.django_db
@pytest.mark.covers("S4-02", "S4-03")
def test_the_invariants_hold(tree, manufacturer_agent, alliance_officer):
    trade = make.trade(manufacturer_agent, tree["42"], carriers=3)
    for code in ("H42010600001", "H42010000001", "H42000000001", "H42020200001"):
        take_all(trade.products, tree[code])
    world = type("World", (Dealings,), {"trade": trade, "officer": alliance_officer})

    run_state_machine_as_test(
        world,
        settings=settings(
            max_examples=10,
            stateful_step_count=16,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

"""Whatever people try, in any order, on trees of any depth: the invariants of the chain hold after every step.

1. Frozen means frozen: no filing moves while an ancestor was submitted or approved before the step.
2. One event for each change, and none for a refusal.
3. A submitted or approved bureau has no submitted or returned child.
4. The version counts the events.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.accounts.actors import Actor
from apps.accounts.models import User
from apps.accounts.roles import Role
from apps.organizations.models import Organization
from apps.projects.models import Gate, Project
from apps.review.exceptions import ReviewRefused
from apps.review.models import Filing, FilingEvent
from apps.review.seals import differences
from apps.review.services import perform
from apps.review.statuses import FROZEN, Action, Status
from tests.cast import Tree
from tests.factories import InstitutionFactory, account_of
from tests.review.planting import planted, register_paper

CHAINS = [
    ["province"],
    ["city", "province"],
    ["county", "city", "province"],
    ["county", "province"],
]
MOVES = [
    Action.SUBMIT, Action.WITHDRAW, Action.APPROVE, Action.UNAPPROVE, Action.RETURN,
]  # fmt: skip
numbers = count(1)


@contextmanager
def undone() -> Iterator[None]:
    """Run the block in a transaction that is rolled back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def snapshot(project: Project) -> dict[int, Filing]:
    return {filing.pk: filing for filing in Filing.objects.of_project(project)}


def frozen_above(filing: Filing, filings: dict[int, Filing]) -> bool:
    parent = filings.get(filing.parent_id or 0)
    while parent:
        if parent.state in FROZEN:
            return True
        parent = filings.get(parent.parent_id or 0)
    return False


def check_step(before: dict[int, Filing], after: dict[int, Filing]) -> None:
    moved = [pk for pk in after if after[pk].status != before[pk].status]
    for pk in moved:
        assert not frozen_above(before[pk], before)
        assert after[pk].version == before[pk].version + 1
    assert [pk for pk in after if after[pk].version != before[pk].version] == moved
    for filing in after.values():
        parent = after.get(filing.parent_id or 0)
        if parent and parent.state in FROZEN:
            assert filing.state not in (Status.SUBMITTED, Status.RETURNED)


def actor_for(filing: Filing, action: Action, people: dict[int, User]) -> Actor | None:
    """The person whose turn it would be."""
    unit = filing.organization_id
    if action in (Action.APPROVE, Action.UNAPPROVE, Action.RETURN):
        parent = filing.parent
        if parent is None:
            return None
        unit = parent.organization_id
    return Actor.of(people[unit])


def people_of(tree: Tree, extra: list[Organization]) -> dict[int, User]:
    held = {user.organization_id: user for user in User.objects.filter(role__in=Role.values)}
    for unit in [*tree.values(), *extra]:
        if unit.pk not in held:
            held[unit.pk] = account_of(unit, username=f"u{unit.pk}")
    return held  # type: ignore[return-value]


@pytest.mark.covers("S0-24", "S0-28")
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_the_chain_keeps_its_invariants(tree: Tree, country: object, data: st.DataObject) -> None:
    del country
    register_paper()
    with undone():
        extra = InstitutionFactory.create_batch(data.draw(st.integers(0, 2)), parent=tree["420202"])
        units = [unit for unit in tree.values() if unit.tier == "institution"]
        project = planted(
            [*units, *extra],
            code=f"P{next(numbers)}",
            chain=data.draw(st.sampled_from(CHAINS)),
            gate=data.draw(st.sampled_from(Gate.values)),
            institution_withdrawal=data.draw(st.sampled_from(["direct", "on_request", "none"])),
            bureau_withdrawal=data.draw(st.sampled_from(["direct", "on_request", "none"])),
        )
        people = people_of(tree, extra)
        for _step in range(data.draw(st.integers(1, 30))):
            before = snapshot(project)
            action = data.draw(st.sampled_from(MOVES))
            chosen = data.draw(
                st.lists(st.sampled_from(sorted(before)), min_size=1, max_size=3, unique=True)
            )
            first = before[chosen[0]]
            same_tier = [before[pk] for pk in chosen if before[pk].parent_id == first.parent_id]
            actor = actor_for(first, action, people)
            if actor is None:
                continue
            events = FilingEvent.objects.filter(filing__project=project).count()
            try:
                with transaction.atomic():
                    moved = perform(same_tier, action, by=actor, reason="核对", confirmed=True)
            except ReviewRefused:
                moved = []
            check_step(before, snapshot(project))
            assert FilingEvent.objects.filter(filing__project=project).count() == events + len(
                moved
            )
        assert list(differences(project)) == []
        assert timezone.now() > project.published_at

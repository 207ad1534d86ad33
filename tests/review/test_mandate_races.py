"""A save under a mandate and its end at the same moment, on real transactions: what is written stood under it."""

from functools import partial

import pytest
from django.utils import timezone

from apps.accounts.domain.acting.lent import Lent, lent_to
from apps.accounts.domain.actors import Actor
from apps.accounts.domain.scopes import scope_of
from apps.accounts.models import User
from apps.reporting.domain.sheet.saving import Entry, save_lines
from apps.review.domain.mandates.acts import end_mandate
from apps.review.models import Filing, Mandate
from apps.scope.context import enter
from tests import factories_demand as demand
from tests.cast import Tree
from tests.racing import at_once
from tests.review.lending import LENDER, Pair, lend, pair_of

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 5


@pytest.fixture
def pair(tree: Tree, alliance_officer: User, hospital_clerk: User) -> Pair:
    return pair_of(tree, alliance_officer, hospital_clerk)


def test_what_is_saved_was_saved_before_the_end(pair: Pair, tree: Tree) -> None:
    for quantity in range(1, ROUNDS + 1):
        mandate = lend(pair)
        lent = lent_to(pair.holder, mandate.pk)
        assert lent is not None
        save = partial(saved, pair, lent, demand.filing_of(pair.project, tree[LENDER]), quantity)

        outcome, ended = at_once(save, partial(end, pair, mandate))

        assert ended == "done"
        assert outcome in {"done", "NotEditable"}
        line = demand.line_of(pair.project, tree[LENDER], "P0001")
        assert (line is not None and line.planned == quantity) == (outcome == "done")
        assert at_once(save) == ["NotEditable"]


def saved(pair: Pair, lent: Lent, filing: Filing, quantity: int) -> None:
    entry = Entry(demand.items_of(pair.project)["P0001"].pk, quantity)
    by = lent.actor(pair.holder, arrived_at=timezone.now())
    with enter(lent.scope(pair.holder)):
        save_lines(filing=filing, project=pair.project, entries=[entry], by=by)


def end(pair: Pair, mandate: Mandate) -> None:
    with enter(scope_of(pair.lender)):
        end_mandate(mandate_id=mandate.pk, by=Actor.of(pair.lender))

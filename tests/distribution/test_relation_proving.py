"""A relation whose status was moved without a step is found."""

import pytest

from apps.distribution.domain.relations.proving import differences
from apps.distribution.models.relation_statuses import Action, Status
from apps.scope.context import whole_country
from tests import factories_relations as make
from tests.audit.tampering import tamper, verified

pytestmark = pytest.mark.django_db


@pytest.fixture
def agreed(tree, manufacturer_agent):
    """One that was agreed, refused before; beside it one that was never submitted."""
    trade = make.trade(manufacturer_agent, tree["42"])
    (relation,) = trade.chosen(trade.proposal())
    trade.by_maker(Action.SUBMIT, relation)
    trade.by_carrier(Action.REFUSE, relation, reason="运力不足")
    trade.by_maker(Action.RESUBMIT, relation)
    trade.by_carrier(Action.AGREE, relation)
    with whole_country(reason="test"):
        assert list(differences()) == []
    return relation


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (
            "UPDATE distribution_deliveryrelation SET status = 99, voided_at = now()",
            "状态为已作废，最后一步记录的是已同意",
        ),
        ("UPDATE distribution_deliveryrelation SET version = 2", "版本为 2，记录了 4 步"),
        ("DELETE FROM distribution_relationevent WHERE target = 2", "最后一步记录的是已提交"),
    ],
)  # fmt: skip
def test_what_was_moved_without_a_step_is_found(agreed, change: str, found: str):
    assert agreed.status != Status.VOID

    tamper(change)

    assert found in verified()

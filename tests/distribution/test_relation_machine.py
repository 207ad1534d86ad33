"""The law of delivery relations, row by row: what is legal is listed here by hand, everything else is refused."""

from itertools import product

import pytest

from apps.distribution.domain.relations import diagram
from apps.distribution.domain.relations.machine import (
    TRANSITIONS,
    Situation,
    available,
    needs_reason,
    refusal,
    takes_a_place,
)
from apps.distribution.models.relation_places import crowded, overlap, place_of, serving
from apps.distribution.models.relation_statuses import Action, Status

LEGAL = {
    ("DRAFT", "submit", "SUBMITTED"),
    ("SUBMITTED", "agree", "AGREED"),
    ("SUBMITTED", "refuse", "REFUSED"),
    ("AGREED", "retract", "SUBMITTED"),
    ("REFUSED", "retract", "SUBMITTED"),
    ("DRAFT", "void", "VOID"),
    ("SUBMITTED", "void", "VOID"),
    ("AGREED", "void", "VOID"),
    ("REFUSED", "resubmit", "SUBMITTED"),
    ("VOID", "resubmit", "SUBMITTED"),
}
OF_DISTRIBUTORS = {"agree", "refuse", "retract"}


@pytest.mark.covers("S4-02", "S4-03")
@pytest.mark.parametrize(("status", "action"), list(product(Status, Action)))
def test_the_table_is_the_law(status, action):
    relation = Situation(status)
    legal = {(source, name) for source, name, _ in LEGAL}

    assert (refusal(action, relation) == "") == ((status.name, action.value) in legal)
    if (status.name, action.value) in legal:
        target = TRANSITIONS[action].target
        assert (status.name, action.value, target.name) in LEGAL
        party = "distributor" if action.value in OF_DISTRIBUTORS else "manufacturer"
        assert action in available(relation, party)


def test_each_party_has_its_own_actions():
    offered = {
        (status, party): {action.label for action in available(Situation(status), party)}
        for status in Status
        for party in ("manufacturer", "distributor")
    }

    assert offered == {
        (Status.DRAFT, "manufacturer"): {"提交", "作废"},
        (Status.SUBMITTED, "manufacturer"): {"作废"},
        (Status.AGREED, "manufacturer"): {"作废"},
        (Status.REFUSED, "manufacturer"): {"重新提交"},
        (Status.VOID, "manufacturer"): {"重新提交"},
        (Status.DRAFT, "distributor"): set(),
        (Status.SUBMITTED, "distributor"): {"同意", "拒绝"},
        (Status.AGREED, "distributor"): {"撤回答复"},
        (Status.REFUSED, "distributor"): {"撤回答复"},
        (Status.VOID, "distributor"): set(),
    }


def test_a_disabled_distributor_is_neither_proposed_nor_agrees():
    for status, action in ((0, "submit"), (3, "resubmit"), (99, "resubmit"), (1, "agree")):
        relation = Situation(Status(status), is_usable=False)
        assert "未启用" in refusal(Action(action), relation)
    assert refusal(Action.VOID, Situation(Status.AGREED, is_usable=False)) == ""


def test_what_was_replaced_or_is_relied_on_stays():
    assert "已有有效的配送关系" in refusal(
        Action.RESUBMIT, Situation(Status.VOID, is_replaced=True)
    )
    assert "已有有效的配送关系" in refusal(
        Action.RETRACT, Situation(Status.REFUSED, is_replaced=True)
    )
    assert "协议" in refusal(Action.RETRACT, Situation(Status.AGREED, is_bound=True))
    assert refusal(Action.VOID, Situation(Status.AGREED, is_bound=True)) == ""


def test_reasons_and_places():
    asked = {
        (status, action) for status in Status for action in Action if needs_reason(action, status)
    }

    assert asked == {(Status.SUBMITTED, Action.REFUSE), (Status.AGREED, Action.VOID)}
    taking = {(s, a) for s, a in product(Status, Action) if (s.name, a.value) in
              {(x, y) for x, y, _ in LEGAL} and takes_a_place(a, s)}  # fmt: skip
    assert taking == {
        (Status.DRAFT, Action.SUBMIT),
        (Status.REFUSED, Action.RETRACT),
        (Status.REFUSED, Action.RESUBMIT),
        (Status.VOID, Action.RESUBMIT),
    }


def test_the_diagram_draws_every_arrow():
    drawn = diagram.mermaid()

    for source, action, target in LEGAL:
        arrow = f"{source.lower()} --> {target.lower()}: {Action(action).label}（"
        assert arrow in drawn
    assert drawn.count("-->") == len(LEGAL) + 1


def test_places_contain_one_another_or_stand_apart():
    hubei, wuhan, wuchang = "/0/42/", "/0/42/420100/", "/0/42/420100/420106/"
    direct = place_of(hubei, direct=True)

    assert overlap(hubei, wuchang)
    assert overlap(wuchang, wuhan)
    assert overlap(hubei, direct)
    assert not overlap(direct, wuhan)
    assert not overlap(wuhan, "/0/42/420200/")
    assert serving(f"{hubei}H6/") == ["/0/", hubei, f"{hubei}H6/", direct]
    assert serving(f"{wuchang}H1/")[-1] == place_of(wuchang, direct=True)
    assert direct not in serving(f"{wuchang}H1/")


def test_a_limit_holds_at_every_place():
    hubei, wuhan, huangshi = "/0/42/", "/0/42/420100/", "/0/42/420200/"
    holders = {hubei: {1}, wuhan: {2}, huangshi: {1}}

    assert crowded(holders, 2) == []
    assert crowded(holders, 1) == [wuhan]
    assert crowded({**holders, wuhan: {2, 3}}, 2) == [wuhan]

"""Saving a slot as the page's script does: small answers, few statements."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.allocation.domain.refusals import CapacityExceeded
from apps.allocation.domain.slots.candidates import candidates_of
from apps.allocation.domain.slots.saving import save_slot
from apps.allocation.models import Slot, SlotState
from tests import factories_allocation as make
from tests.allocation.reading import url
from tests.correcting import limited

SCRIPT = {"Accept": "application/json"}


def send(round_, client_of, slot="lowest", seen=None, **typed):
    products = {code: round_.products[code].pk for code in typed}
    data = {f"contract-{products[code]}": value for code, value in typed.items()}
    data["seen"] = seen if seen is not None else " ".join(f"{pk}:" for pk in products.values())
    address = url("slot_edit", round_.project.code, round_.row().pk, slot)
    return client_of(round_.clerk).post(address, data, headers=SCRIPT)


def test_a_saved_slot_says_how_it_stands(worked, client_of):
    pk = worked.products["B"].pk

    answer = send(worked, client_of, B="42盒").json()

    assert answer == {
        "tone": "success",
        "message": "已保存，合同量在允许范围内，产能已为本机构占用。",
        "onward": {
            "url": url("slot_edit", "FL", worked.row().pk, "highest"),
            "label": "下一项：降幅最高",
            "may_confirm": False,
        },
        "seen": f"{pk}:1008",
        "reserved": {f"contract-{pk}": 1_008},
        "marks": {
            "lowest": {"label": "已保存", "tone": "info"},
            "row": {"label": "已保存", "tone": "working"},
        },
    }


def test_a_draft_reserves_nothing(worked, client_of):
    answer = send(worked, client_of, B="900").json()

    assert (answer["tone"], set(answer["reserved"].values())) == ("warning", {0})
    assert answer["onward"] is None
    assert "还差 200 粒" in answer["message"]


def test_what_cannot_be_read_is_named_by_input(worked, client_of):
    response = send(worked, client_of, B="很多")

    assert response.status_code == 422
    (name,) = response.json()["errors"]
    assert name == f"contract-{worked.products['B'].pk}"


@pytest.mark.parametrize(
    ("capacity", "typed", "exhausted"), [(900, "4500", True), (4_500, "4535", False)]
)
def test_a_refusal_says_what_is_left(
    worked, institutions, alliance_officer, client_of, capacity, typed, exhausted
):
    project = make.allocation_project(institutions, code="FL2")
    worked.products = make.worked_products(project, {"A": capacity})
    make.volume(project, worked.hospital, make.UNSELECTED, 12_503)
    worked.project = make.published(project, alliance_officer)

    response = send(worked, client_of, slot="highest", A=typed)

    answer = response.json()
    assert response.status_code == 409
    assert [lack["free"] for lack in answer["lacks"]] == [capacity]
    assert answer["exhausted"] is exhausted


def test_a_session_that_ended_is_told_where_to_sign_in(worked):
    address = url("slot_edit", "FL", worked.row().pk, "lowest")
    response = Client().post(address, {}, headers=SCRIPT)

    assert response.status_code == 401
    assert "/accounts/login/" in response.json()["url"]


def test_one_product_is_saved_in_nine_statements(worked, country):
    row = worked.row()
    with CaptureQueriesContext(connection) as counted:
        saved = save_slot(
            row=row,
            slot=Slot.LOWEST,
            contracts=worked.contracts(B=1_008),
            project=worked.project,
            by=worked.by,
        )

    assert saved.state == SlotState.PLACED
    assert len(without_savepoints(counted)) == 9


def test_three_products_cost_one_more(worked, country):
    row = worked.row()
    with CaptureQueriesContext(connection) as counted:
        save_slot(
            row=row,
            slot=Slot.OTHER,
            contracts=worked.contracts(A=2_988, B=0, C=3_000),
            project=worked.project,
            by=worked.by,
        )

    assert len(without_savepoints(counted)) == 10


def test_what_did_not_even_fit_when_it_was_read_is_refused_without_a_lock(worked, country):
    row = worked.row()
    product = worked.products["B"].pk
    pool = make.pool_of(worked.products["B"])
    limited(pool, pool.fixed + 100)
    offered = candidates_of(worked.project, row, Slot.LOWEST)

    with CaptureQueriesContext(connection) as counted, pytest.raises(CapacityExceeded) as refused:
        save_slot(
            row=row,
            slot=Slot.LOWEST,
            contracts={product: 1_008},
            offered=offered,
            project=worked.project,
            by=worked.by,
        )

    assert [lack.left for lack in refused.value.lacks] == [100]
    assert len(counted) == 0


def without_savepoints(counted):
    return [each for each in counted if "SAVEPOINT" not in (each["sql"] or "")]


def test_the_whole_request_takes_twelve(worked, client_of):
    address = url("slot_edit", "FL", worked.row().pk, "lowest")
    pk = worked.products["B"].pk
    client = client_of(worked.clerk)
    client.get(address)

    with CaptureQueriesContext(connection) as counted:
        response = client.post(
            address, {f"contract-{pk}": "1008", "seen": f"{pk}:"}, headers=SCRIPT
        )

    assert response.status_code == 200
    assert len(without_savepoints(counted)) == 12

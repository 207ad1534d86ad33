"""待分配量选择和确认 (S1-14, S1-21..26, S1-43..48)."""

import re

import pytest

from apps.allocation.domain.slots.saving import save_slot
from apps.allocation.models import Slot
from apps.scope.context import whole_country
from tests import factories_allocation as make
from tests.allocation.reading import rows_of, text_of, url


def page(round_, client_of, query=""):
    return client_of(round_.clerk).get(f"{url('pending_list', 'FL')}?{query}")


@pytest.mark.covers("S1-14", "S1-22", "S1-23", "S1-24", "S1-25", "S1-32")
def test_one_row_per_demand_with_three_slots(worked, client_of):
    response = page(worked, client_of)

    first, second = rows_of(response)
    assert first[1] == "10,002 粒 = 416 盒 余 18 粒"
    assert [cell.split()[0] for cell in first[2:5]] == ["2,000", "3,000", "5,002"]
    assert [cell.split()[0] for cell in second[2:5]] == ["128", "192", "321"]
    links = re.findall(r'href="([^"]+)"\s*>\s*分量', response.content.decode())
    pk = worked.row().pk
    assert links[:3] == [
        url("slot_edit", "FL", pk, slot) for slot in ("lowest", "highest", "other")
    ]


@pytest.mark.covers("S1-26")
def test_no_lowest_slot_where_one_enterprise_is_both(
    worked, institutions, alliance_officer, client_of
):
    project = make.allocation_project(institutions, code="FL2")
    make.merged_products(project)
    make.volume(project, worked.hospital, make.UNSELECTED, 12_503)
    make.published(project, alliance_officer)
    row = make.row_of(project, worked.hospital, make.UNSELECTED)

    client = client_of(worked.clerk)
    (cells,) = rows_of(client.get(url("pending_list", "FL2")))

    assert (row.lowest, row.highest, row.other) == (0, 5_001, 5_001)
    assert cells[2] == "不分"
    assert client.get(url("slot_edit", "FL2", row.pk, "lowest")).status_code == 404


def test_a_share_of_nothing_hides_its_column(worked, institutions, alliance_officer, client_of):
    shares = {"share_lowest": "0", "share_highest": "0.3", "share_other": "0.7"}
    project = make.allocation_project(institutions, code="FL2", **shares)
    make.worked_products(project)
    make.volume(project, worked.hospital, make.UNSELECTED, 12_503)
    make.published(project, alliance_officer)

    text = text_of(client_of(worked.clerk).get(url("pending_list", "FL2")))

    assert "日均费用最低" not in text
    assert "降幅最高" in text


@pytest.mark.covers("S1-21")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("unified_code=ZAU", ["U"]),
        ("variety=胶囊C", ["C"]),
        ("enterprise=U制", ["U"]),
        ("status=empty", ["U", "C"]),
        ("status=confirmed", []),
    ],
)
def test_it_filters(worked, client_of, query, found):
    response = page(worked, client_of, query)

    assert [row[0].split()[1] for row in rows_of(response)] == found
    assert "重置" in text_of(response)


@pytest.mark.covers("S1-48")
def test_the_status_follows_the_work(worked, client_of, fill):
    def status():
        return rows_of(page(worked, client_of, "unified_code=ZAU"))[0][5]

    assert status() == "未分配"
    with whole_country(reason="test"):
        save_slot(
            row=worked.row(), slot=Slot.LOWEST, contracts=worked.contracts(B=900),
            project=worked.project, by=worked.by,
        )  # fmt: skip
    assert status() == "已保存"
    fill(worked)
    assert status() == "已确认"


@pytest.mark.covers("S1-48")
def test_the_status_after_the_report(reported, client_of):
    assert [row[5] for row in rows_of(page(reported, client_of))] == ["已上报", "已上报"]


@pytest.mark.covers("S1-43", "S1-44")
def test_confirming_from_the_list(worked, client_of, fill):
    client = client_of(worked.clerk)
    address = url("pending_confirm", "FL", worked.row().pk)

    refused = client.post(address, follow=True)
    fill(worked, confirm=False)
    done = client.post(address, follow=True)

    assert "还没有分配完成" in text_of(refused)
    assert "已确认“测试胶囊U 0.3g×24粒”的待分配量" in text_of(done)
    assert worked.row().is_confirmed


@pytest.mark.covers("S1-46")
def test_withdrawing_from_the_list(worked, client_of, fill):
    fill(worked)
    client = client_of(worked.clerk)
    address = url("pending_withdraw", "FL", worked.row().pk)

    text = text_of(client.post(address, follow=True))

    assert "已撤回“测试胶囊U 0.3g×24粒”" in text
    assert not worked.row().is_confirmed


@pytest.mark.covers("S1-47")
def test_after_the_report_nothing_can_be_withdrawn(reported, client_of):
    client = client_of(reported.clerk)
    response = client.get(url("pending_list", "FL"))
    refused = client.post(url("pending_withdraw", "FL", reported.row().pk), follow=True)

    assert "data-dialog-open" not in response.content.decode()
    assert "不能修改" in text_of(refused)
    assert reported.row().is_confirmed


def test_rows_of_others_are_not_found(worked, client_of, neighbour_clerk):
    client = client_of(neighbour_clerk)
    pk = worked.row().pk

    assert client.get(url("slot_edit", "FL", pk, "other")).status_code == 404
    assert client.post(url("pending_confirm", "FL", pk)).status_code == 404

"""中选产品采购量确认 (S1-13, S1-18..20)."""

import re

import pgtrigger
import pytest

from apps.allocation.models import Slot, SlotLine
from apps.scope.context import whole_country
from tests import factories_allocation as make
from tests.allocation.reading import rows_of, text_of, url
from tests.factories import sub_account_of
from tests.pages import shown


@pytest.mark.covers("S1-13")
def test_it_lists_what_is_kept_of_selected_products(worked, client_of):
    response = client_of(worked.clerk).get(url("selected_list", "FL"))

    (row,) = rows_of(response)
    assert row == [
        "测试胶囊C C · 0.3g×30粒", "C制药", "5,761 粒 = 192 盒 余 1 粒", "7,681.33", "6,402", "未确认",
        "641", "8,003", "ZAC", "供应中", "确认 测试胶囊C 0.3g×30粒 申诉 测试胶囊C 0.3g×30粒",
    ]  # fmt: skip
    assert "全部确认" in text_of(response)


@pytest.mark.covers("S1-18", "S1-19")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("unified_code=ZAC", 1),
        ("unified_code=ZAX", 0),
        ("variety=测试胶囊C", 1),
        ("enterprise=A制药", 0),
        ("status=no", 1),
        ("status=yes", 0),
    ],
)
def test_it_filters(worked, client_of, query, found):
    response = client_of(worked.clerk).get(f"{url('selected_list', 'FL')}?{query}")

    assert len(rows_of(response)) == found
    assert f'href="{url("selected_list", "FL")}"' in response.content.decode()


@pytest.mark.covers("S1-20")
@pytest.mark.parametrize("alone", [True, False], ids=["one row", "all"])
def test_confirming(worked, client_of, alone):
    client = client_of(worked.clerk)
    address = (
        url("selected_confirm", "FL", worked.row("C").pk)
        if alone
        else url("selected_confirm_all", "FL")
    )

    response = client.post(address, shown(client, url("selected_list", "FL")), follow=True)

    assert "已确认 1 项中选产品采购量" in text_of(response)
    assert worked.row("C").selected_confirmed_by == worked.clerk
    assert rows_of(response)[0][5] == "已确认"
    assert "去分配待分配量" in text_of(response)


def shared_by_two(round_):
    """The confirmed quantity of C goes to two winners, as ranks share it."""
    with whole_country(reason="test"), pgtrigger.ignore():
        line = SlotLine.objects.get(row=round_.row("C"), slot=Slot.SELECTED)
        SlotLine.objects.filter(pk=line.pk).update(contract=5_000, taken=5_000)
        SlotLine.objects.create(
            row=line.row, filing=line.filing, path=line.path, slot=Slot.SELECTED,
            product=round_.products["A"], contract=761, taken=761,
        )  # fmt: skip


def figure(response, label):
    """The number of the figure at the head of the page."""
    return re.search(rf"{label} ([\d,]+) 项", text_of(response)).group(1)


def test_what_is_to_be_confirmed_counts_the_lines_of_the_list(worked, client_of):
    shared_by_two(worked)
    client = client_of(worked.clerk)

    page = client.get(url("selected_list", "FL"))
    report = client.get(url("report_detail", "FL"))
    done = client.post(url("selected_confirm", "FL", worked.row("C").pk), follow=True)

    pending = len(rows_of(client.get(url("pending_list", "FL"))))
    assert len(rows_of(page)) == 2
    assert "确认 2 项中选产品采购量无误" in text_of(page)
    assert "中选产品采购量还有 2 项没有确认" in text_of(report)
    assert f"待分配量还有 {pending} 项没有确认" in text_of(report)
    assert "已确认 2 项中选产品采购量" in text_of(done)
    assert figure(done, "要确认") == str(2 + pending)
    assert figure(done, "已确认") == "2"


def test_rows_of_others_are_not_found(worked, client_of, neighbour_clerk, tree):
    address = url("selected_confirm", "FL", worked.row("C").pk)

    assert client_of(neighbour_clerk).post(address).status_code == 404
    assert worked.row("C").selected_confirmed_at is None


def test_reading_accounts_confirm_nothing(worked, client_of):
    reader = sub_account_of(worked.clerk)
    client = client_of(reader)

    assert "全部确认" not in text_of(client.get(url("selected_list", "FL")))
    assert client.post(url("selected_confirm_all", "FL")).status_code == 403


def test_before_the_window_it_is_read_only(worked, client_of):
    make.move_window(worked.project, "institution", hours=5)

    text = text_of(client_of(worked.clerk).get(url("selected_list", "FL")))

    assert "填报时间还没有开始" in text
    assert "全部确认" not in text
    refused = client_of(worked.clerk).post(url("selected_confirm_all", "FL"), follow=True)
    assert "现在不在填报时间内" in text_of(refused)

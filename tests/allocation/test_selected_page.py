"""中选产品采购量确认 (S1-13, S1-18..20)."""

import pytest

from tests import factories_allocation as make
from tests.allocation.reading import rows_of, text_of, url
from tests.factories import sub_account_of


@pytest.mark.covers("S1-13")
def test_it_lists_what_is_kept_of_selected_products(worked, client_of):
    response = client_of(worked.clerk).get(url("selected_list", "FL"))

    (row,) = rows_of(response)
    assert row == [
        "测试胶囊C C · 0.3g×30粒", "C制药", "5,761 粒 = 192 盒 余 1 粒", "7,681.33", "6,402", "未确认",
        "641", "8,003", "ZAC", "确认 测试胶囊C 0.3g×30粒",
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

    response = client.post(address, follow=True)

    assert "已确认 1 项中选产品采购量" in text_of(response)
    assert worked.row("C").selected_confirmed_by == worked.clerk
    assert rows_of(response)[0][5] == "已确认"
    assert "去分配待分配量" in text_of(response)


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

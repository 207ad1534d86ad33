"""打印: a list goes to the printer whole, at the cost of one page, without what can only be pressed."""

import pytest
from django_filters import FilterSet

from apps.organizations.models import Division
from apps.ui import lists, paging
from apps.ui.filters import NameFilter
from apps.ui.lists import build_table, render_list
from tests.ui.test_lists import DivisionTable, bare_template, divisions, get

__all__ = ["bare_template", "divisions"]


class DivisionFilter(FilterSet):
    name = NameFilter("name", label="名称")

    class Meta:
        model = Division
        fields = ["name"]


def printed(rows, **parameters):
    response = render_list(
        get(print="1", **parameters),
        "ui/table_only.html",
        table_class=DivisionTable,
        queryset=rows,
        filterset_class=DivisionFilter,
    )
    return response.content.decode()


def test_all_rows_are_there_at_the_cost_of_a_page(divisions, django_assert_num_queries):
    with django_assert_num_queries(2):
        html = printed(divisions, page="3", per_page="10")

    assert html.count('<th scope="row"') == 250
    assert "全部" in html
    assert "250" in html


def test_filter_and_order_hold_on_paper(divisions):
    html = printed(divisions, name="第1组", sort="-name")

    assert html.count('<th scope="row"') == 50
    assert "符合条件的" in html
    assert html.index("第1组246") < html.index("第1组001")


def test_nothing_on_paper_can_be_ticked_or_pressed(divisions):
    html = printed(divisions)

    table = build_table(get(print="1"), DivisionTable, divisions)
    assert [column.name for column in table.columns] == ["name", "level"]
    assert "data-select-row" not in html
    assert 'class="pager"' not in html


def test_what_is_beyond_is_said(divisions, monkeypatch):
    monkeypatch.setattr(lists, "PRINTED_ROWS", 100)

    html = printed(divisions)

    assert html.count('<th scope="row"') == 100
    assert "打印前" in html
    assert "导出 Excel" in html


@pytest.mark.parametrize("page", ["1", "2"])
def test_every_list_leads_to_its_print_and_back(divisions, page):
    response = render_list(
        get(page=page, name="第1组"),
        "ui/table_only.html",
        table_class=DivisionTable,
        queryset=divisions,
        filterset_class=DivisionFilter,
    )

    assert 'href="?name=%E7%AC%AC1%E7%BB%84&amp;print=1"' in response.content.decode()
    assert 'href="?name=%E7%AC%AC1%E7%BB%84"' in printed(divisions, name="第1组")


def test_as_many_rows_as_are_counted_for_sure():
    assert paging.PRINTED_ROWS <= paging.COUNT_CAP

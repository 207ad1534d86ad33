"""供应清单列表 (S1-12, S1-16, S1-17)."""

import pytest

from apps.projects.models import PrimaryProvince
from apps.scope.context import whole_country
from tests import factories_allocation as make
from tests.allocation.reading import rows_of, sheet_of, text_of, url
from tests.factories import account_of


@pytest.mark.covers("S1-12", "S1-16", "S1-38")
def test_it_lists_the_winners_with_their_terms(worked, client_of):
    response = client_of(worked.clerk).get(url("supply_list", "FL"))

    assert rows_of(response)[0] == [
        "测试胶囊A A · 0.3g×36粒", "A制药", "28.80", "36", "52", "不限", "不限", "产品组一", "ZAA",
        "9", "7.20", "供应中", "主供",
    ]  # fmt: skip
    assert "查询" in text_of(response)
    assert "重置" in text_of(response)


@pytest.mark.covers("S1-16")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("unified_code=ZAB", ["B制药"]),
        ("variety=csjn", ["A制药", "B制药", "C制药"]),
        ("enterprise=C制", ["C制药"]),
        ("product_group=组二", []),
    ],
)
def test_it_filters(worked, client_of, query, found):
    response = client_of(worked.clerk).get(f"{url('supply_list', 'FL')}?{query}")
    assert [row[1] for row in rows_of(response)] == found


def test_it_shows_only_what_supplies_the_own_province(
    tree, institutions, hospital_clerk, alliance_officer, client_of
):
    project = make.allocation_project(institutions, code="FL")
    make.supplied_products(project, {"A": ["42"], "B": ["14"]}, tree)
    make.volume(project, tree["H42010600001"], "A", 100)
    make.published(project, alliance_officer)

    def seen(user):
        return [row[1] for row in rows_of(client_of(user).get(url("supply_list", "FL")))]

    assert seen(hospital_clerk) == ["A制药", "C制药"]
    assert seen(account_of(tree["14"])) == ["B制药", "C制药"]
    assert seen(alliance_officer) == ["A制药", "B制药", "C制药"]


def test_primary_provinces_decide_who_is_primary_where(
    tree, institutions, hospital_clerk, alliance_officer, client_of
):
    project = make.allocation_project(institutions, code="FL")
    products = make.supplied_products(project, {}, tree)
    with whole_country(reason="test"):
        for code, province in (("A", "42"), ("B", "14")):
            PrimaryProvince.objects.create(product=products[code], province=tree[province])
    make.volume(project, tree["H42010600001"], "A", 100)
    make.published(project, alliance_officer)

    def ranks(user):
        return [row[-1] for row in rows_of(client_of(user).get(url("supply_list", "FL")))]

    assert ranks(hospital_clerk) == ["主供", "备供", "主供"]
    assert ranks(account_of(tree["14"])) == ["备供", "主供", "主供"]
    assert ranks(alliance_officer) == ["分省主供", "分省主供", "主供"]
    heading, *rows = sheet_of(client_of(hospital_clerk), url("supply_export", "FL"))
    assert [row[heading.index("主供/备供")] for row in rows] == ["主供", "备供", "主供"]


@pytest.mark.covers("S1-17")
def test_it_is_exported_as_filtered(worked, client_of):
    address = f"{url('supply_export', 'FL')}?enterprise=B制"
    heading, *rows = sheet_of(client_of(worked.clerk), address)

    found = dict(zip(heading, rows[0], strict=True))
    assert len(rows) == 1
    assert found["中选企业"] == "B制药"
    assert (found["包装中选价（元）"], found["日均使用金额（元）"], found["降幅（%）"]) == (
        45.6,
        5.7,
        41.35,
    )


@pytest.mark.covers("S1-42")
def test_what_is_left_is_what_all_institutions_left(worked, fill, client_of, institutions, tree):
    fill(worked)
    stranger = account_of(tree["H42010600002"])
    address = f"{url('supply_export', 'FL')}?enterprise=C制"
    heading, row = sheet_of(client_of(stranger), address)

    assert dict(zip(heading, row, strict=True))["剩余产能"] == "不限"

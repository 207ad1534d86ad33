"""固定份额企业 and 指定, and the capacities of a project: the alliance's pages."""

import pytest

from apps.allocation.models import DesignationPick
from apps.scope.context import whole_country
from tests import factories_allocation as make
from tests.allocation.reading import rows_of, text_of, url


@pytest.fixture
def client(client_of, alliance_officer):
    return client_of(alliance_officer)


@pytest.fixture
def tied(tree, institutions):
    project = make.allocation_project(institutions)
    with whole_country(reason="test"):
        make.winner(project, "A", terms=("6", 30, "40.00", "50"))
        make.winner(project, "B", terms=("6", 30, "40.00", "40"))
        make.catalog_item(project, "U")
    for code in ("H42010600001", "H14010500001"):
        make.volume(project, tree[code], "U", 100)
    return project


def test_designations_before_and_after_publication(worked, client):
    response = client.get(url("designation_list", "FL"))

    assert rows_of(response) == [["产品组一", "B制药", "A制药", "—", "湖北省", "2"]]
    assert "发布时已确定" in text_of(response)


def test_a_tie_is_decided_for_all_its_provinces(tied, client):
    page = client.get(url("designation_list", "FL"))
    assert "并列，请先指定" in text_of(page)
    assert "日均费用最低（山西省、湖北省）" in text_of(page)
    (tie,) = page.context["ties"]

    done = client.post(
        url("designation_pick", "FL"),
        {"product_group": "产品组一", "slot": "lowest", "enterprise": tie.enterprises[1].pk},
        follow=True,
    )

    assert "已指定B制药（2 个省）" in text_of(done)
    assert rows_of(done)[0][1:3] == ["B制药", "A制药"]
    with whole_country(reason="test"):
        assert DesignationPick.objects.count() == 2


def test_what_a_colleague_decided_meanwhile_is_told_and_kept(tied, client):
    (tie,) = client.get(url("designation_list", "FL")).context["ties"]
    sent = {"product_group": "产品组一", "slot": "lowest"}
    client.post(url("designation_pick", "FL"), {**sent, "enterprise": tie.enterprises[1].pk})

    late = client.post(
        url("designation_pick", "FL"), {**sent, "enterprise": tie.enterprises[0].pk}, follow=True
    )

    assert "已指定B制药" in text_of(late)
    assert "没有改动" in text_of(late)
    with whole_country(reason="test"):
        assert {pick.enterprise.name for pick in DesignationPick.objects.all()} == {"B制药"}


def test_groups_without_a_winner_are_listed(tree, institutions, client):
    project = make.allocation_project(institutions)
    make.supplied_products(project, {code: ["14"] for code in "ABC"}, tree)
    make.volume(project, tree["H42010600001"], "U", 100)

    assert "产品组一：湖北省，共 1 行" in text_of(client.get(url("designation_list", "FL")))


def test_capacities(reported, client):
    rows = {row[1]: row for row in rows_of(client.get(url("pool_list", "FL")))}
    assert rows["C制药"][4:8] == ["不限", "不限", "5,761", "3,330"]


@pytest.mark.parametrize("page", ["designation_list", "pool_list"])
def test_these_pages_are_the_alliance_s(worked, client_of, province_officer, page):
    assert client_of(province_officer).get(url(page, "FL")).status_code == 403

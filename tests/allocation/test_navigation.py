"""From the rail to the pages of allocation (S1-08, S1-12..15, S0-29)."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from tests import factories_allocation as make
from tests.allocation.reading import text_of, url

FOUR_PAGES = [
    "供应清单列表",
    "中选产品采购量确认",
    "待分配量选择和确认",
    "分配采购量确认上报",
]
REAL_HOSTS = ("ybj.hubei.gov.cn", "ggfw.ybj.ln.gov.cn")


def rail_of(response):
    """Title and address of every item in the rail."""
    html = response.content.decode()
    rail = html[html.index('id="rail"') : html.index("<main")]
    items = re.findall(
        r'<a\s+class="rail-link"\s+href="([^"]+)".*?rail-text">([^<]+)<', rail, re.DOTALL
    )
    return {title: address for address, title in items}


@pytest.mark.covers("S1-08", "S1-12", "S1-13", "S1-14", "S1-15")
def test_the_subsystem_opens_the_institution_s_side(worked, client_of):
    client = client_of(worked.clerk)
    home = client.get("/").content.decode()
    assert f'href="{url("supply_list_latest")}"' in home

    response = client.get(url("supply_list_latest"), follow=True)

    assert response.redirect_chain[-1][0] == url("supply_list", "FL")
    assert list(rail_of(response))[:4] == FOUR_PAGES


@pytest.mark.covers("S0-29", "S0-30")
def test_bureaus_find_the_agreements_and_none_of_the_institution_s_pages(
    worked, client_of, city_reviewer
):
    rail = rail_of(client_of(city_reviewer).get(url("agreement_list", "FL")))

    assert "中选企业协议量明细" in rail
    assert not {"待分配量选择和确认", "分配采购量确认上报", "分配量", "产能"} & set(rail)


def test_the_rail_leads_back_to_the_project_last_looked_at(
    worked, institutions, alliance_officer, client_of
):
    later = make.allocation_project(institutions, code="FL2")
    make.worked_products(later)
    make.volume(later, worked.hospital, make.UNSELECTED, 10)
    make.published(later, alliance_officer)
    client = client_of(worked.clerk)

    assert client.get(url("pending_list_latest")).url == url("pending_list", "FL2")
    client.get(url("selected_list", "FL"))
    assert client.get(url("pending_list_latest")).url == url("pending_list", "FL")


def test_without_a_project_it_says_so(hospital_clerk, client_of):
    response = client_of(hospital_clerk).get(url("supply_list_latest"))
    assert "现在没有分量项目" in text_of(response)


@pytest.mark.covers("S1-05")
def test_nothing_of_the_manuals_real_systems_is_in_the_product():
    root = Path(settings.BASE_DIR)
    files = [
        path
        for folder in ("apps", "templates", "static/js", "fixtures")
        for path in (root / folder).rglob("*")
        if path.suffix in {".py", ".html", ".js", ".csv", ".json"}
    ]

    assert files
    named = [path for path in files if any(host in path.read_text("utf-8") for host in REAL_HOSTS)]
    assert named == []


def test_a_batch_of_allocation_keeps_allocation_s_rail(reported, client_of, city_reviewer):
    client = client_of(city_reviewer)
    ticked = {"action": "approve", "selected": [reported.filing().pk]}

    asked = client.post("/review/FL/", ticked, follow=True)

    assert "将审核通过" in asked.content.decode()
    assert asked.wsgi_request.subject == "allocation"


def test_the_rail_leads_from_a_concluded_round_to_the_one_with_work(
    worked, institutions, alliance_officer, client_of
):
    other = [unit for unit in institutions if unit != worked.hospital]
    later = make.allocation_project(other, code="FL2")
    make.worked_products(later)
    make.volume(later, other[0], make.UNSELECTED, 10)
    make.published(later, alliance_officer)
    client = client_of(worked.clerk)

    assert client.get(url("pending_list_latest")).url == url("pending_list", "FL")

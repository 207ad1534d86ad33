"""Every page of allocation opens for those who may see it, says what it should, and costs what it may."""

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"allocation:{name}", args=args)


INSTITUTION_PAGES = (
    "supply_list",
    "selected_list",
    "pending_list",
    "report_detail",
    "agreement_list",
)
ALLIANCE_PAGES = ("volume_list", "designation_list", "pool_list", "supply_list", "agreement_list")


@pytest.mark.parametrize("page", INSTITUTION_PAGES)
def test_the_institution_opens_its_pages(worked, client_of, page):
    response = client_of(worked.clerk).get(url(page, "FL"))

    assert response.status_code == 200
    assert "测试中成药分量" in response.content.decode()


@pytest.mark.parametrize("page", ALLIANCE_PAGES)
def test_the_alliance_opens_its_pages(reported, client_of, alliance_officer, page):
    assert client_of(alliance_officer).get(url(page, "FL")).status_code == 200


@pytest.mark.parametrize("slot", ["lowest", "highest", "other"])
def test_the_slot_pages(worked, client_of, slot):
    response = client_of(worked.clerk).get(url("slot_edit", "FL", worked.row().pk, slot))
    assert response.status_code == 200

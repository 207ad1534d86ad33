"""Addresses and forms of allocation that nobody's page makes."""

import pytest

from tests.allocation.reading import url

NONSENSE = ["", "a/b", "OTHER", "../"]


@pytest.mark.parametrize("project", NONSENSE)
def test_a_project_that_nobody_knows_is_not_found(project, reported, client_of, city_reviewer):
    response = client_of(city_reviewer).get(url("agreement_list", "FL"), {"project": project})

    assert response.status_code == 404


@pytest.mark.parametrize("enterprise", ["", "abc", "0", "9" * 25, "9" * 5_000])
def test_an_enterprise_that_is_none_is_not_found(enterprise, reported, client_of, alliance_officer):
    form = {"enterprise": enterprise, "slot": "lowest", "product_group": "甲"}

    response = client_of(alliance_officer).post(url("designation_pick", "FL"), form)

    assert response.status_code == 404

"""The cast itself: who sees whom."""

import pytest

from apps.accounts.models import User
from apps.organizations.models import Organization


def test_each_sees_its_own_subtree(
    scope_of_user, hospital_clerk, county_reviewer, city_reviewer, province_officer, neighbour_clerk
):
    expected = {
        hospital_clerk: {hospital_clerk},
        county_reviewer: {hospital_clerk, county_reviewer},
        city_reviewer: {hospital_clerk, county_reviewer, city_reviewer},
        province_officer: {hospital_clerk, county_reviewer, city_reviewer, province_officer},
        neighbour_clerk: {neighbour_clerk},
    }

    for person, seen in expected.items():
        with scope_of_user(person):
            assert set(User.objects.all()) == seen


def test_enterprises_see_no_units(scope_of_user, manufacturer_agent, distributor_agent):
    for person in (manufacturer_agent, distributor_agent):
        with scope_of_user(person):
            assert list(User.objects.all()) == [person]
            assert not Organization.objects.exists()


@pytest.mark.covers("S0-10")
def test_bureaus_see_only_their_own_units(scope_of_user, city_reviewer, tree):
    with scope_of_user(city_reviewer):
        codes = set(Organization.objects.values_list("code", flat=True))

    assert codes == {"420100", "420106", "H42010600001", "H42010600002", "H42010000001"}

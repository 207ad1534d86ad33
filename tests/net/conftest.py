"""The people of the access matrix, by the titles of its columns."""

from collections.abc import Callable

import pytest
from django.test import Client

from apps.accounts.models import User
from tests import factories
from tests.cast import Tree
from tests.net.access_world import World, build


@pytest.fixture
def people(
    hospital_clerk: User,
    county_reviewer: User,
    city_reviewer: User,
    province_officer: User,
    alliance_officer: User,
    neighbour_clerk: User,
    neighbour_officer: User,
    manufacturer_agent: User,
    distributor_agent: User,
    administrator: User,
) -> dict[str, User]:
    """The cast; the onlooker is a sub-account of 武汉市 that may only query."""
    return {
        "hospital": hospital_clerk,
        "county": county_reviewer,
        "city": city_reviewer,
        "province": province_officer,
        "alliance": alliance_officer,
        "stranger": neighbour_clerk,
        "foreign": neighbour_officer,
        "maker": manufacturer_agent,
        "carrier": distributor_agent,
        "onlooker": factories.sub_account_of(city_reviewer, name="何查询"),
        "admin": administrator,
    }


@pytest.fixture
def world(tree: Tree, people: dict[str, User], client_of: Callable[[User], Client]) -> World:
    """One of everything in Hubei, and the same in Shanxi."""
    return build(tree, people, client_of)

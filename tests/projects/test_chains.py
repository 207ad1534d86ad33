"""A province's own chain: chosen in 筹备 only, always with the province, back to the project's when equal."""

import pytest

from apps.accounts.domain.actors import Actor
from apps.organizations.models import Tier
from apps.projects.domain.chains import (
    ChainInvalid,
    province_ways,
    set_province_chain,
    set_province_settings,
)
from apps.projects.domain.publication import tiers_of
from apps.projects.domain.refusals import NotAllowed, ProjectFrozen
from apps.projects.models import Phase, ProvinceSettings
from tests.factories_projects import ProjectFactory, ready_project, walk_to

pytestmark = pytest.mark.usefixtures("db", "country")


@pytest.mark.covers("S0-09")
def test_province_chain_is_the_projects_until_chosen(province_officer, tree):
    project = ready_project(tree["H42010600001"])

    assert province_ways(project, tree["42"]).chain == ("city", "province")
    set_province_chain(
        project=project,
        province=tree["42"],
        chain=["province", "county", "city"],
        by=Actor.of(province_officer),
    )

    assert province_ways(project, tree["42"]).chain == ("county", "city", "province")
    assert province_ways(project, tree["14"]).chain == ("city", "province")
    assert tiers_of(project) == [Tier.INSTITUTION, Tier.COUNTY, Tier.CITY, Tier.PROVINCE]


def test_set_province_settings_returns_to_the_projects_chain(province_officer, tree):
    project = ready_project(tree["H42010600001"])
    by = Actor.of(province_officer)

    for chain in (["province"], ["city", "province"]):
        set_province_settings(project=project, province=tree["42"], chain=chain, windows={}, by=by)

    assert not ProvinceSettings.objects.exists()


def test_set_province_chain_needs_the_province(province_officer, tree):
    with pytest.raises(ChainInvalid):
        set_province_chain(
            project=ready_project(tree["H42010600001"]),
            province=tree["42"],
            chain=["city"],
            by=Actor.of(province_officer),
        )


@pytest.mark.parametrize("phase", [Phase.DRAFT, Phase.PUBLISHED])
def test_set_province_chain_happens_in_preparation_only(phase, province_officer, tree):
    project = (
        ProjectFactory()
        if phase == Phase.DRAFT
        else walk_to(ready_project(tree["H42010600001"]), phase)
    )

    with pytest.raises(ProjectFrozen, match="筹备"):
        set_province_chain(
            project=project,
            province=tree["42"],
            chain=["province"],
            by=Actor.of(province_officer),
        )


def test_set_province_chain_is_for_one_s_own_province(neighbour_officer, city_reviewer, tree):
    project = ready_project(tree["H42010600001"])

    for stranger in (neighbour_officer, city_reviewer):
        with pytest.raises(NotAllowed):
            set_province_chain(
                project=project, province=tree["42"], chain=["province"], by=Actor.of(stranger)
            )

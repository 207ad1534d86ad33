"""Who sees a project and what belongs to it, by phase and by who looks (S0-10)."""

import pytest

from apps.organizations.models import Enterprise
from apps.projects.models import (
    CatalogItem,
    Participation,
    Phase,
    Project,
    ProjectWindow,
    ProvinceSettings,
    SupplyProvince,
    WinningProduct,
    WinningTerms,
)
from apps.scope.context import Scope, ScopeNotSet, enter
from tests.factories_projects import (
    ProjectFactory,
    WinningProductFactory,
    enroll,
    open_windows,
    walk_to,
)

ALL = {"draft", "preparing", "published", "closed", "concluded"}
BEGUN = ALL - {"draft", "preparing"}


@pytest.fixture
def projects(tree, manufacturer_agent):
    """One project per phase, with a hospital of Hubei and the manufacturer's winning product in each."""
    made = {}
    for phase in Phase:
        project = ProjectFactory(code=str(phase))
        WinningProductFactory(
            item__project=project, enterprise=manufacturer_agent.enterprise, supplied=[tree["42"]]
        )
        WinningProductFactory(item__project=project)
        enroll(project, tree["H42010600001"])
        open_windows(project)
        ProvinceSettings.objects.create(
            project=project, province=tree["42"], path=tree["42"].path, chain=["province"]
        )
        made[phase] = walk_to(project, phase)
    return made


SEEN = {
    "alliance_officer": ALL,
    "province_officer": ALL - {"draft"},
    "city_reviewer": BEGUN,
    "county_reviewer": BEGUN,
    "hospital_clerk": BEGUN,
    "manufacturer_agent": BEGUN,
    "neighbour_officer": set(),
    "neighbour_clerk": set(),
    "distributor_agent": set(),
}


@pytest.mark.covers("S0-10")
@pytest.mark.parametrize(("persona", "seen"), SEEN.items())
def test_projects_are_seen_by_phase_and_participation(
    persona, seen, projects, scope_of_user, request
):
    with scope_of_user(request.getfixturevalue(persona)):
        assert set(Project.objects.values_list("code", flat=True)) == seen
        assert CatalogItem.objects.count() == 2 * len(seen)
        assert ProjectWindow.objects.count() == 3 * len(seen)
        assert Project.objects.exists() == bool(seen)
        assert Project.objects.filter(items__item_code="none").count() == 0


@pytest.mark.parametrize(
    ("persona", "each"),
    [
        ("province_officer", 1),
        ("city_reviewer", 1),
        ("manufacturer_agent", 0),
        ("neighbour_officer", 0),
    ],
)
def test_participations_are_seen_by_their_own_path(persona, each, projects, scope_of_user, request):
    with scope_of_user(request.getfixturevalue(persona)):
        assert Participation.objects.count() == each * len(SEEN[persona])
        assert ProvinceSettings.objects.count() == each * len(SEEN[persona])


def test_enterprise_sees_no_rival_s_capacity(projects, manufacturer_agent, scope_of_user):
    own = manufacturer_agent.enterprise

    with scope_of_user(manufacturer_agent):
        assert set(WinningProduct.objects.values_list("enterprise", flat=True)) == {own.pk}
        assert set(WinningTerms.objects.values_list("product__enterprise", flat=True)) == {own.pk}
        assert SupplyProvince.objects.count() == len(BEGUN)


def test_writes_reach_no_further_than_reads(projects, hospital_clerk, scope_of_user):
    with scope_of_user(hospital_clerk):
        assert Project.objects.update(description="x") == len(BEGUN)
        assert Project.objects.filter(code="draft").delete() == (0, {})
        assert CatalogItem.objects.filter(project__code="preparing").update(position=9) == 0


def test_account_limited_to_projects_sees_those_only(projects, tree):
    scope = Scope(
        paths=(tree["H42010600001"].path,), project_ids=frozenset({projects["closed"].pk})
    )

    with enter(scope):
        assert list(Project.objects.values_list("code", flat=True)) == ["closed"]
        assert CatalogItem.objects.count() == 2
        assert Participation.objects.count() == 1


def test_stranger_enterprise_sees_nothing(projects):
    rival = Enterprise.named("91420100MA4KXXXXXX", "别家制药")
    rival.save()

    with enter(Scope(enterprise_id=rival.pk)):
        assert not Project.objects.exists()
        assert not WinningProduct.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "read", [Project.objects.exists, lambda: list(WinningTerms.objects.all().current())]
)
def test_query_without_a_scope_does_not_run(read):
    with pytest.raises(ScopeNotSet):
        read()

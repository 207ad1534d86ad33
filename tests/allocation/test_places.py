"""How many volumes an item has in each province is kept with them, whoever writes (rules §3a.3)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.domain.actors import Actor
from apps.allocation.domain.verification import differences
from apps.allocation.domain.volumes.acts import remove_volumes
from apps.allocation.models import AllocationRow, VolumePlace
from apps.projects.domain.lifecycle import delete_draft
from apps.projects.models import Project, ProjectKind
from tests import factories_allocation as make
from tests.allocation.reading import url

WUHAN, DATONG = "H42010600001", "H14010500001"
pytestmark = pytest.mark.usefixtures("country")


@pytest.fixture
def draft(tree, institutions):
    project = make.allocation_project(institutions)
    make.worked_products(project)
    for code, item in ((WUHAN, "U"), (WUHAN, "C"), (DATONG, "U")):
        make.volume(project, tree[code], item, 100)
    return project


def kept(project):
    places = VolumePlace.objects.filter(project=project).order_by("item__item_code", "path")
    assert list(differences(project)) == []
    return list(places.values_list("item__item_code", "path", "rows"))


def test_added_rows_count(draft):
    assert kept(draft) == [("C", "/0/42/", 1), ("U", "/0/14/", 1), ("U", "/0/42/", 1)]


def test_rows_taken_out_no_longer_count(draft, alliance_officer):
    rows = AllocationRow.objects.filter(path__startswith="/0/42/")

    remove_volumes(project=draft, rows=rows, by=Actor.of(alliance_officer))

    assert kept(draft) == [("C", "/0/42/", 0), ("U", "/0/14/", 1), ("U", "/0/42/", 0)]


def test_a_row_that_moves_counts_where_it_is(draft):
    AllocationRow.objects.filter(item__item_code="C").update(path="/0/14/1401/140105/x/")

    assert kept(draft)[:2] == [("C", "/0/14/", 1), ("C", "/0/42/", 0)]


def test_a_draft_goes_with_its_counts(tree, alliance_officer):
    kind = ProjectKind.ALLOCATION
    project = Project.objects.create(code="NEW", name="草稿", kind=kind, **make.SHARES)
    make.catalog_item(project, "U")
    make.volume(project, tree[WUHAN], "U", 100)

    delete_draft(project=project, by=Actor.of(alliance_officer))

    assert not VolumePlace.objects.exists()


def test_a_count_that_is_off_is_named(draft):
    VolumePlace.objects.filter(item__item_code="C").update(rows=2)

    assert list(differences(draft)) == ["FL C /0/42/：分配量记为 2 行，实有 1 行"]


def test_designations_are_read_without_the_rows(draft, client_of, alliance_officer):
    client = client_of(alliance_officer)
    with CaptureQueriesContext(connection) as captured:
        client.get(url("designation_list", "FL"))

    assert not any("allocation_allocationrow" in query["sql"] for query in captured)

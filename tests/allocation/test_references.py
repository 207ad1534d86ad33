"""Volumes and their lines point to what is there, though no foreign key looks at each row (`reference_triggers`)."""

from functools import partial

import pgtrigger
import pytest

from apps.allocation.models import AllocationRow, SlotLine
from apps.scope.context import whole_country
from tests.dangling import NOBODY, execute, refused

POINTING = {
    AllocationRow: {
        "project": "projects_project",
        "organization": "organizations_organization",
        "item": "projects_catalogitem",
        "filing": "review_filing",
    },
    SlotLine: {
        "row": "allocation_allocationrow",
        "filing": "review_filing",
        "product": "projects_winningproduct",
    },
}
PLACES = [(model, field) for model, fields in POINTING.items() for field in fields]
ELSEWHERE = (
    "allocation.AllocationRow:quantities_frozen",
    "allocation.AllocationRow:no_late_rows",
    "allocation.AllocationRow:no_lost_rows",
    "allocation.AllocationRow:frozen_branch_insert",
    "allocation.AllocationRow:frozen_branch_update",
    "allocation.AllocationRow:frozen_branch_delete",
    "allocation.SlotLine:frozen_branch_insert",
    "allocation.SlotLine:frozen_branch_update",
    "allocation.SlotLine:frozen_branch_delete",
    "projects.CatalogItem:frozen_with_project",
    "projects.WinningProduct:frozen_with_project",
    "projects.Project:policies_frozen",
    "projects.Project:only_drafts_deleted",
)


@pytest.fixture(autouse=True)
def volumes(reported):
    """A reported allocation, and no trigger that refuses its change before the references are looked at."""
    with whole_country(reason="test"), pgtrigger.ignore(*ELSEWHERE):
        yield


@pytest.mark.parametrize(("model", "field"), PLACES)
def test_a_row_that_points_to_nothing_is_refused(model, field) -> None:
    row = model.objects.filter(filing__isnull=False).first()
    if model is SlotLine:
        model.objects.filter(pk=row.pk).delete()
    else:
        SlotLine.objects.filter(row=row).delete()
        model.objects.filter(pk=row.pk)._raw_delete(using="default")
    row.pk = None
    setattr(row, f"{field}_id", NOBODY)

    assert refused(model.objects.bulk_create, [row])


@pytest.mark.parametrize(("model", "field"), PLACES)
def test_a_row_that_comes_to_point_to_nothing_is_refused(model, field) -> None:
    one = model.objects.filter(pk=model.objects.first().pk)

    assert refused(partial(one.update, **{f"{field}_id": NOBODY}))


@pytest.mark.parametrize(("model", "field"), PLACES)
def test_what_is_pointed_to_neither_goes_nor_changes_its_id(model, field) -> None:
    table = POINTING[model][field]
    pointed = model.objects.filter(filing__isnull=False).values_list(f"{field}_id", flat=True)[0]
    if model is AllocationRow:
        SlotLine.objects.all().delete()

    assert refused(execute, f"UPDATE {table} SET id = {NOBODY} WHERE id = %s", [pointed])
    assert refused(execute, f"DELETE FROM {table} WHERE id = %s", [pointed])

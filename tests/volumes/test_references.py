"""Quantities point to what is there, though no foreign key looks at each row: by whoever, and in whichever order."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pgtrigger
import pytest
from django.db import connection, transaction

from apps.scope.context import whole_country
from apps.volumes.models import AgreedQuantity, AgreedVersion, RankQuantity
from tests.dangling import NOBODY, execute, refused
from tests.volumes import rounds
from tests.volumes.conftest import Stage
from tests.waiting import wait_for_waiting

POINTING = {
    AgreedQuantity: {
        "version": "volumes_agreedversion",
        "filing": "review_filing",
        "item": "projects_catalogitem",
    },
    RankQuantity: {
        "version": "volumes_agreedversion",
        "filing": "review_filing",
        "item": "projects_catalogitem",
        "won": "projects_catalogitem",
        "enterprise": "organizations_enterprise",
    },
}
PLACES = [(model, field) for model, fields in POINTING.items() for field in fields]


@pytest.fixture
def version(stage: Stage) -> Iterator[AgreedVersion]:
    """A draft, with quantities of every rule."""
    rounds.published_base(stage.project, stage.officer)
    found = rounds.generated(stage.project, stage.officer)
    with whole_country(reason="test"):
        yield found


def test_a_row_that_points_to_nothing_is_refused(version) -> None:
    for model, field in PLACES:
        row = model.objects.filter(version=version).first()
        setattr(row, f"{field}_id", NOBODY)
        row.pk = tuple(getattr(row, name) for name in model._meta.pk.field_names)

        assert refused(model.objects.bulk_create, [row]), (model, field)


def test_a_row_that_comes_to_point_to_nothing_is_refused(version) -> None:
    for model, field in PLACES:
        one = model.objects.filter(pk=model.objects.filter(version=version).first().pk)

        assert refused(partial(one.update, **{f"{field}_id": NOBODY})), (model, field)


def test_what_is_pointed_to_neither_goes_nor_changes_its_id(version) -> None:
    for model, field in PLACES:
        table = POINTING[model][field]
        pointed = model.objects.filter(version=version).values_list(f"{field}_id", flat=True)[0]

        with pgtrigger.ignore("projects.CatalogItem:frozen_with_project"), transaction.atomic():
            for other in POINTING.keys() - {model}:
                other.objects.filter(version=version).delete()
            rename = f"UPDATE {table} SET id = {NOBODY} WHERE id = %s"
            assert refused(execute, rename, [pointed]), (model, field)
            assert refused(execute, f"DELETE FROM {table} WHERE id = %s", [pointed]), (model, field)
            transaction.set_rollback(True)


def test_a_version_goes_with_its_quantities(version) -> None:
    version.delete()

    assert not AgreedQuantity.objects.exists()
    assert not RankQuantity.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_who_takes_away_waits_for_who_points_to_it_and_is_refused(version) -> None:
    row = AgreedQuantity.objects.filter(version=version).first()
    AgreedQuantity.objects.filter(version=version).delete()
    RankQuantity.objects.filter(version=version).delete()

    def take_away() -> bool:
        try:
            return refused(execute, "DELETE FROM volumes_agreedversion WHERE id = %s", [version.pk])
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            AgreedQuantity.objects.bulk_create([row])
            waiting = pool.submit(take_away)
            with connection.cursor() as cursor:
                wait_for_waiting(cursor)
        assert waiting.result()
    assert AgreedQuantity.objects.filter(version=version).count() == 1


@pytest.mark.django_db(transaction=True)
def test_who_points_to_what_is_being_taken_away_waits_and_is_refused(version) -> None:
    row = AgreedQuantity.objects.filter(version=version).first()
    AgreedQuantity.objects.filter(version=version).delete()
    RankQuantity.objects.filter(version=version).delete()

    def point() -> bool:
        try:
            with whole_country(reason="test"):
                return refused(AgreedQuantity.objects.bulk_create, [row])
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            version.delete()
            waiting = pool.submit(point)
            with connection.cursor() as cursor:
                wait_for_waiting(cursor)
        assert waiting.result()
    assert not AgreedQuantity.objects.exists()

"""Whoever looks at a pool to reserve holds it until the commit; foreign keys to it never wait."""

import psycopg
import pytest
from django.db import connection, transaction

from apps.allocation.domain.slots.capacity import lock_pools
from apps.scope.context import whole_country
from tests import factories
from tests import factories_allocation as make

pytestmark = pytest.mark.django_db(transaction=True)
PACK = 30


@pytest.fixture
def product(tree, alliance_officer):
    unit = factories.InstitutionFactory(parent=tree["420106"])
    project = make.allocation_project([unit])
    with whole_country(reason="test"):
        product = make.winner(project, "A", terms=("6", PACK, "40", "50"), capacity=100 * PACK)
        make.catalog_item(project, "U0")
    make.volume(project, unit, "U0", PACK, kept=0, pending=PACK, highest=PACK)
    make.published(project, alliance_officer)
    return product


def locked(product, how):
    """Whether somebody else can lock the pool so at this moment."""
    raw = connection.connection
    statement = f"SELECT id FROM allocation_capacitypool WHERE product_id = %s FOR {how} NOWAIT"
    with psycopg.connect(raw.info.dsn, password=raw.info.password) as other:
        try:
            return other.execute(statement, [product.pk]).fetchone() is not None
        except psycopg.errors.LockNotAvailable:
            return False


def test_a_pool_that_was_looked_at_is_held_until_the_commit(product):
    with transaction.atomic():
        assert lock_pools([product.pk]) == {product.pk: 100 * PACK}

        assert not locked(product, "NO KEY UPDATE")
        assert not locked(product, "SHARE")

    assert locked(product, "NO KEY UPDATE")


def test_lines_of_a_held_pool_are_inserted_without_waiting(product):
    with transaction.atomic():
        lock_pools([product.pk])

        assert locked(product, "KEY SHARE")

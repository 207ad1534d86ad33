"""What a search by text costs over the whole country: 46,000 units, 2,000 distributors, and no index (decision 0074).

The budget is the database's time for one page, the best of a few tries; it is some three times what was measured.
"""

import time
from collections.abc import Iterator
from typing import Any

import pgtrigger
import pytest
from django.db import connection

from apps.distribution.models import DistributorAccount
from apps.organizations.models import Enterprise, Organization
from tests import factories_distribution as make
from tests.running import as_owner

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("country")]

UNITS, DISTRIBUTORS, TRIES = 46_000, 2_000, 5
MILLISECONDS = {"units": 600, "distributors": 150}


def multiplied(model: Any, row: Any, number: int, **values: str) -> None:
    """Copies of a row with other values, SQL over `n`."""
    fields = [f for f in model._meta.concrete_fields if not f.primary_key and not f.generated]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    chosen = ", ".join(values.get(field.column, f'"{field.column}"') for field in fields)
    table = model._meta.db_table
    with as_owner(), pgtrigger.ignore(), connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{table}" ({columns}) SELECT {chosen} FROM "{table}",'
            f" generate_series(1, {number}) AS n WHERE id = %s",
            [row.pk],
        )
        cursor.execute(f'ANALYZE "{table}"')


@pytest.fixture
def units(tree: Any) -> None:
    name = "'测试' || n || CASE WHEN n %% 100 = 0 THEN '人民（中心）' ELSE '第二中医' END || '医院'"
    multiplied(
        Organization,
        tree["H42010600001"],
        UNITS,
        code="'H9' || n",
        path=f"'{tree['420106'].path}H9' || n || '/'",
        name=name,
        pinyin="'CSYY' || n",
    )


@pytest.fixture
def distributors(tree: Any) -> None:
    first = make.distributor(tree["42"], "测试配送有限公司")
    multiplied(
        Enterprise,
        first.enterprise,
        DISTRIBUTORS,
        name="'测试' || n || '（医药）配送有限公司'",
        uscc="'9142' || lpad(n::text, 14, '0')",
    )
    known = Enterprise.objects.exclude(pk=first.enterprise_id).order_by("pk")
    DistributorAccount.objects.bulk_create(
        DistributorAccount(
            province=tree["42"], enterprise=each, path=f"{tree['42'].path}E{each.pk}/",
            legal_representative="法人", authorized_person="经办", phone="13800000000",
        )
        for each in known
    )  # fmt: skip


class Clock:
    """Milliseconds that the database took."""

    taken = 0.0

    def __call__(self, execute: Any, *args: Any) -> Any:
        begin = time.perf_counter()
        try:
            return execute(*args)
        finally:
            self.taken += (time.perf_counter() - begin) * 1_000


def tried(client: Any, url: str, query: dict[str, str]) -> Iterator[tuple[float, str]]:
    for _ in range(TRIES):
        with connection.execute_wrapper(clock := Clock()):
            page = client.get(url, query).content.decode()
        yield clock.taken, page


@pytest.mark.usefixtures("units")
@pytest.mark.parametrize("asked", ["人民(中心)", "CSYY45999", "h945999", "没有这家"])
def test_a_unit_among_46000_is_found_in_time(
    asked: str, client_of: Any, alliance_officer: Any
) -> None:
    seen = list(tried(client_of(alliance_officer), "/organizations/", {"unit": asked}))

    taken = min(each for each, _ in seen)
    assert ("没有符合条件的记录" in seen[0][1]) == (asked == "没有这家")
    assert taken < MILLISECONDS["units"], f"{taken:.0f} ms"


@pytest.mark.usefixtures("distributors")
@pytest.mark.parametrize("asked", ["(医药)", "测试1999", "没有这家"])
def test_a_distributor_among_2000_is_found_in_time(
    asked: str, client_of: Any, province_officer: Any
) -> None:
    url = "/distribution/distributors/"
    seen = list(tried(client_of(province_officer), url, {"name": asked}))

    taken = min(each for each, _ in seen)
    assert ("没有符合条件的记录" in seen[0][1]) == (asked == "没有这家")
    assert taken < MILLISECONDS["distributors"], f"{taken:.0f} ms"

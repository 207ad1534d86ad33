"""A round on the small tree with items that differ in unit, maker and group, and what each unit wants and bought."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.projects.models import CatalogItem, Project
from apps.reporting.domain.rollup import refresh
from apps.review.models.statuses import Status
from apps.scope.context import whole_country
from tests import factories_demand as make
from tests.analysis.wants import BOUGHT, DRAFT, ITEMS, PLANNED
from tests.cast import Tree
from tests.factories_review import put


@dataclass
class Round:
    """A published round; all but `DRAFT` have reported."""

    project: Project
    tree: Tree

    def refresh(self) -> None:
        with whole_country(reason="test"):
            refresh(self.project)


@pytest.fixture
def round_(tree: Tree, alliance_officer: User) -> Round:
    units = [tree[code] for code in PLANNED]
    project = make.demand_project(
        units, items=0, chain=["county", "city", "province"], attachment="none"
    )
    with whole_country(reason="test"):
        CatalogItem.objects.bulk_create(
            CatalogItem(
                project=project, position=place, item_code=code, lot="标的一", product_group=group,
                competition_unit="竞争单元一", variety=variety, pinyin="x", specification=f"规格{place}",
                unit=unit, pack_quantity=pack, manufacturer_name=maker, daily_usage=Decimal(1),
                reference_price=price and Decimal(price),
            )
            for place, (code, (variety, unit, pack, price, maker, group)) in enumerate(ITEMS.items(), 1)
        )  # fmt: skip
    for code, bought in BOUGHT.items():
        make.bought(project, tree[code], bought)
    make.published(project, alliance_officer)
    for code, wanted in PLANNED.items():
        make.planned(project, tree[code], wanted)
    reported = [make.filing_of(project, tree[code]) for code in PLANNED if code != DRAFT]
    put(Status.SUBMITTED, *reported)
    made = Round(project, tree)
    made.refresh()
    return made


@pytest.fixture
def page_of(client_of: Callable[[User], Client]) -> Callable[..., Any]:
    """The answer to a pivot of the round, with the given parameters."""

    def asked(user: User, page: str = "", **params: Any) -> Any:
        return client_of(user).get(f"/analysis/BL/{page}", params)

    return asked

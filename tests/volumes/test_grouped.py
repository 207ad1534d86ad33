"""Sums per main specification and per lot, on the pages and in the workbooks; nothing of different units is added."""

import io
from collections.abc import Callable
from decimal import Decimal

import pgtrigger
import pytest
from django.test import Client

from apps.accounts.models import User
from apps.projects.models import CatalogItem, Project
from apps.scope.context import whole_country
from apps.volumes.models import Conversion
from tests import factories_demand as make
from tests.cast import Tree
from tests.exported import opened_export
from tests.pages import tags
from tests.volumes import rounds

ClientOf = Callable[[User], Client]
UNITS = {"A": "甲单元", "B": "甲单元", "C": "丙单元", "D": "丁单元"}


@pytest.fixture
def project(tree: Tree, alliance_officer: User) -> Project:
    """B counts half of A; C has A's lot in pieces of its own, D another unit of measure; nobody won D."""
    quantities = {"A": 100, "B": 31, "C": 10, "D": 7}
    found = rounds.approved_round(
        {tree["H42010600001"]: quantities}, alliance_officer, units=UNITS, code="BL-G"
    )
    items = make.items_of(found)
    with whole_country(reason="test"), pgtrigger.ignore():
        CatalogItem.objects.filter(project=found).exclude(item_code="D").update(lot="甲标的")
        CatalogItem.objects.filter(project=found, item_code="D").update(lot="甲标的", unit="支")
        Conversion.objects.create(
            project=found, item=items["B"], main=items["A"], coefficient=Decimal("0.5")
        )
    rounds.won(found, ("A", "甲厂", None, 1), ("B", "甲厂", None, 1), ("C", "丙厂", None, 1))
    return found


def cells(client: Client, url: str) -> list[str]:
    response = client.get(url)
    assert response.status_code == 200
    return [tag.words for tag in tags(response.content.decode(), "td", "th")]


def test_the_base_is_summed_per_main_specification_and_lot(
    project: Project, client_of: ClientOf, alliance_officer: User
) -> None:
    rounds.published_base(project, alliance_officer)
    client, url = client_of(alliance_officer), f"/analysis/{project.code}/base/"

    mains, lots = cells(client, f"{url}?by=main"), cells(client, f"{url}?by=lot")

    assert [words for words in mains if words[:1].isdigit() or words in "片支"] == [
        *("片", "115.5", "片", "10", "支", "7")
    ]
    assert "B 5mg×28片 × 0.531 片" in "".join(mains)
    assert [words for words in lots if words[:1].isdigit() or words in "片支"] == [
        *("片", "125.5", "支", "7")
    ]
    assert "甲标的2 个主规格 · 3 个品规" in "".join(lots)


def test_agreed_kept_and_pending_are_summed_too_and_nothing_without_a_winner(
    project: Project, client_of: ClientOf, alliance_officer: User
) -> None:
    rounds.published_base(project, alliance_officer)
    rounds.published_agreed(project, alliance_officer)
    client, url = client_of(alliance_officer), f"/analysis/{project.code}/agreed/"

    lots, items = cells(client, f"{url}?by=lot"), cells(client, url)

    figures = [words for words in lots if words[:1].isdigit() or words in "片支"]
    assert figures == ["片", "125.5", "62.5", "62.5", "0", "支", "7", "0", "0", "0"]
    at = items.index("支")
    assert items[at + 1 : at + 5] == ["7", "无中选", "0%", "0"]


def test_a_filter_narrows_the_sums_without_changing_them(
    project: Project, client_of: ClientOf, alliance_officer: User
) -> None:
    rounds.published_base(project, alliance_officer)
    client, url = client_of(alliance_officer), f"/analysis/{project.code}/base/"

    narrowed = cells(client, f"{url}?by=main&variety=b")

    assert [words for words in narrowed if words[:1].isdigit()] == ["115.5"]
    assert "A" not in {words[:1] for words in cells(client, f"{url}?by=main&variety=zzz")}


@pytest.mark.parametrize("page", ["base", "agreed"])
def test_the_workbooks_have_sheets_of_the_sums(
    project: Project, client_of: ClientOf, alliance_officer: User, page: str
) -> None:
    rounds.published_base(project, alliance_officer)
    rounds.published_agreed(project, alliance_officer)

    response = client_of(alliance_officer).get(f"/analysis/{project.code}/{page}/export/")
    book = opened_export(io.BytesIO(response.getvalue()))

    mains = [[cell.value for cell in row] for row in book["按主规格"].iter_rows(min_row=3)]
    lots = [[cell.value for cell in row] for row in book["按标的"].iter_rows(min_row=3)]
    first = ["全国"] if page == "base" else []
    assert mains[0][: len(first) + 1] == [*first, "A"]
    assert mains[0][len(first) + 4 : len(first) + 6] == ["A×1、B×0.5", 115.5]
    sums = [125.5] if page == "base" else [125.5, 62.5, 62.5, 0]
    assert lots[0] == [*first, "甲标的", "片", 2, "A×1、B×0.5", *sums]

"""Coefficients between manufacturers: confirmed in the file, remembered, listed before the base is published."""

import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pgtrigger
import pytest
from django.test import Client
from openpyxl import load_workbook

from apps.accounts.models import User
from apps.exchange.models import StoredUpload
from apps.projects.models import CatalogItem, Project
from apps.scope.context import whole_country
from apps.volumes.models import Conversion
from tests import factories_demand as make
from tests.cast import Tree
from tests.volumes import rounds
from tests.volumes.test_rules import imported, workbook

ClientOf = Callable[[User], Client]
HEAD = ["品规编号", "品种名称", "规格", "主规格品规编号", "折算系数", "确认跨企业折算"]


@pytest.fixture
def project(tree: Tree, alliance_officer: User) -> Project:
    """B is another manufacturer's."""
    units = {"A": "甲单元", "B": "甲单元"}
    found = rounds.approved_round({tree["H42010600001"]: {"A": 1}}, alliance_officer, units=units)
    with whole_country(reason="test"), pgtrigger.ignore():
        CatalogItem.objects.filter(project=found, item_code="B").update(manufacturer_name="乙厂")
    return found


def url_of(project: Project) -> str:
    return f"/analysis/{project.code}/base/conversions/"


def upload(client: Client, project: Project, *row: Any) -> str:
    return imported(client, url_of(project), {"折算系数": [HEAD, [row[0], "", "", *row[1:]]]})


def known() -> list[tuple[Decimal, bool]]:
    with whole_country(reason="test"):
        return list(Conversion.objects.values_list("coefficient", "is_across_confirmed"))


def test_two_manufacturers_need_the_tick_and_it_is_remembered(
    project: Project, client_of: ClientOf, alliance_officer: User
) -> None:
    client = client_of(alliance_officer)

    refused = upload(client, project, "B", "A", 0.5, "")
    upload(client, project, "B", "A", 0.5, "是")
    changed = upload(client, project, "B", "A", 0.25, "")
    taken_back = upload(client, project, "B", "A", 0.25, "否")

    assert "确要折算请在“确认跨企业折算”填“是”" in refused
    assert "检查通过" in changed
    assert "确要折算请在“确认跨企业折算”填“是”" in taken_back
    assert known() == [(Decimal("0.25"), True)]


@pytest.mark.parametrize("confirmed", [True, False])
def test_the_template_goes_round_without_a_change(
    project: Project, client_of: ClientOf, alliance_officer: User, *, confirmed: bool
) -> None:
    items = make.items_of(project)
    with whole_country(reason="test"):
        Conversion.objects.create(
            project=project,
            item=items["B"],
            main=items["A"],
            coefficient=Decimal("0.5"),
            is_across_confirmed=confirmed,
        )
    client = client_of(alliance_officer)

    template = io.BytesIO(client.get(f"{url_of(project)}?template").getvalue())
    row = next(
        load_workbook(template)["折算系数"].iter_rows(min_row=4, max_row=4, values_only=True)
    )
    template.seek(0)
    template.name = "模板.xlsx"
    page = client.post(url_of(project), {"file": template}, follow=True).content.decode()

    assert ("是" in row) is confirmed
    assert "文件内容与系统中的数据完全相同" in page
    with whole_country(reason="test"):
        assert StoredUpload.objects.get().counts == {
            "new": 0, "changed": 0, "unchanged": 2, "wrong": 0,
        }  # fmt: skip


def test_what_was_never_confirmed_needs_the_tick_to_change(
    project: Project, client_of: ClientOf, alliance_officer: User
) -> None:
    items = make.items_of(project)
    with whole_country(reason="test"):
        Conversion.objects.create(project=project, item=items["B"], main=items["A"])
    client = client_of(alliance_officer)

    refused = upload(client, project, "B", "A", 0.5, "")
    shown = client.post(
        url_of(project),
        {"file": workbook({"折算系数": [HEAD, ["B", "", "", "A", 0.5, "是"]]})},
        follow=True,
    ).content.decode()

    assert "填“是”" in refused
    for words in ("将变更的内容", "0.5", "确认跨企业折算", "否", "是"):
        assert words in shown


def test_conversions_between_manufacturers_are_listed_until_the_base_is_published(
    project: Project, client_of: ClientOf, alliance_officer: User, province_officer: User
) -> None:
    upload(client_of(alliance_officer), project, "B", "A", 0.5, "是")
    url = f"/analysis/{project.code}/base/"

    before = client_of(alliance_officer).get(url).content.decode()
    rounds.published_base(project, alliance_officer)
    after = [
        client_of(person).get(url).content.decode()
        for person in (alliance_officer, province_officer)
    ]

    assert "有跨企业的折算，发布前请核对" in before
    assert "B 5mg×28片（乙厂）× 0.5" in " ".join(before.split())
    assert all("跨企业" not in page for page in after)

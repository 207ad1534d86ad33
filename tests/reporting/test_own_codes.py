"""The sheet by other codes than ours: imported from Excel, pasted from the clipboard."""

import pytest
from django.urls import reverse

from apps.projects.models import CatalogItem, OwnCode
from tests import factories_demand as make
from tests.reporting.conftest import Round
from tests.reporting.uploads import book, uploaded

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("country")]
TITLES = ("本院编码", "数量")


@pytest.fixture
def round_(tree, hospital_clerk, alliance_officer):
    unit = tree["H42010600001"]
    project = make.demand_project([unit], explanation_scope="none")
    CatalogItem.objects.filter(item_code="P0002").update(unified_code="XA0002")
    make.published(project, alliance_officer)
    item = make.items_of(project)["P0001"]
    OwnCode.objects.create(organization=unit, path=unit.path, code="Y100", item=item)
    return Round(project, unit, hospital_clerk)


@pytest.fixture
def clerk(round_, client_of):
    return client_of(round_.clerk)


def imported(clerk, *rows):
    address = reverse("reporting:demand_import", args=["BL"])
    return uploaded(clerk, address, book("采购需求", TITLES, *rows))


def test_a_file_of_the_hospitals_own_codes_is_imported(clerk, round_):
    upload, address = imported(clerk, ["y100", "2800"], ["XA0002", 1_000], ["P0003", 90])
    assert upload.problems == []

    clerk.post(address)

    assert [round_.line(f"P000{n}").planned for n in (1, 2, 3)] == [2_800, 1_000, 90]


def test_unknown_codes_are_listed_and_nothing_is_written(clerk, round_):
    upload, _ = imported(clerk, ["Y100", 1], ["Y999", 1], ["测试片2", 1], ["P0001", 2])

    assert [(row, words) for _, row, _, words in upload.problems] == [
        (3, "这个品规不在本项目的目录里；本院自己的编码请先在“编码对照”里对应"),
        (4, "这个品规不在本项目的目录里；本院自己的编码请先在“编码对照”里对应"),
        (5, "与第 2 行是同一个品规（P0001）"),
    ]
    assert not upload.can_apply
    assert round_.line("P0001") is None


def test_the_browser_is_told_every_code_that_names_one_item(clerk):
    rows = clerk.get(reverse("reporting:demand_rows", args=["BL"])).json()["rows"]

    assert {row[1]: sorted(row[-1]) for row in rows} == {
        "P0001": ["p0001", "y100"], "P0002": ["p0002", "xa0002"], "P0003": ["p0003"],
        "P0004": ["p0004"],
    }  # fmt: skip


def test_the_page_of_the_import_leads_to_the_codes(clerk):
    codes = reverse("projects:own_code_list", args=["BL"])

    assert codes in clerk.get(reverse("reporting:demand_import", args=["BL"])).content.decode()

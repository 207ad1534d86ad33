"""填报进度: every institution counted once, level by level, at a constant cost (S3-02)."""

from collections.abc import Callable
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import User
from apps.portal.domain.progress import Stage, overall
from apps.projects.models import Project
from apps.review.models.statuses import Status
from tests.cast import Tree
from tests.exported import opened_export
from tests.factories import InstitutionFactory
from tests.factories_review import put
from tests.pages import tags, words_of
from tests.review.planting import Paper, filing_of, planted, register_paper

ClientOf = Callable[[User], Client]
URL = "/progress/PAPER/"
UNITS = f"{URL}institutions/"
HUBEI = ("H42010600001", "H42010600002", "H42010000001", "H42000000001", "H42020200001")


@pytest.fixture
def paper() -> Paper:
    return register_paper()


@pytest.fixture
def begun(tree: Tree, country: object, paper: Paper) -> Project:
    """Under the city: one saved, one reported, one not started; the second city approved, the province's own back."""
    del country
    project = planted([unit for unit in tree.values() if unit.tier == "institution"])
    saved, submitted, _idle, returned, approved = (filing_of(project, tree[code]) for code in HUBEI)
    paper.begun[saved.pk] = timezone.now()
    put(Status.SUBMITTED, submitted)
    put(Status.RETURNED, returned)
    put(Status.APPROVED, approved)
    return project


def counts(project: Project, person: User) -> dict[str, dict[str, int]]:
    areas = overall(filing_of(project, person)).areas
    return {area.name: {s.value: n for s, n in area.figures if n} for area in areas}


@pytest.mark.covers("S3-02")
def test_every_institution_is_counted_once_in_its_area(
    begun: Project, province_officer: User, city_reviewer: User
) -> None:
    assert counts(begun, province_officer) == {
        "武汉市医疗保障局": {"saved": 1, "submitted": 1, "not_started": 1},
        "黄石市医疗保障局": {"approved": 1},
        "直属医疗机构": {"returned": 1},
    }
    whole = overall(filing_of(begun, province_officer)).whole
    assert (whole.total, whole.done, whole.late) == (5, 2, 3)
    assert counts(begun, city_reviewer) == {
        "直属医疗机构": {"saved": 1, "submitted": 1, "not_started": 1}
    }


def test_removed_institutions_are_not_counted(
    begun: Project, tree: Tree, city_reviewer: User
) -> None:
    put(Status.EXCLUDED, filing_of(begun, tree["H42010600001"]))

    assert overall(filing_of(begun, city_reviewer)).whole.total == 2


@pytest.mark.parametrize("number", [1, 40])
def test_the_count_takes_two_statements_however_many(
    number: int, tree: Tree, country: object, paper: Paper, province_officer: User
) -> None:
    units = InstitutionFactory.create_batch(number, parent=tree["420106"])
    project = planted(units, chain=["county", "city", "province"])
    top = filing_of(project, province_officer)

    with CaptureQueriesContext(connection) as statements:
        report = overall(top)

    assert len(statements) == 2
    assert report.whole.counts == {Stage.NOT_STARTED: number}


def test_the_page_drills_down_to_the_institution(
    begun: Project, tree: Tree, province_officer: User, client_of: ClientOf
) -> None:
    client = client_of(province_officer)
    city = filing_of(begun, tree["420100"])

    page = client.get(URL).content.decode()
    deeper = client.get(URL, {"at": city.pk})
    units = client.get(UNITS, {"at": city.pk, "stage": "all"}).content.decode()

    assert tags(page, "a", href=f"{URL}?at={city.pk}")
    assert deeper["Location"] == f"{UNITS}?at={city.pk}"
    assert {"武昌区人民医院", "武昌区中医医院", "武汉市第一医院"} <= words_of(units, "th")
    assert "黄石港区人民医院" not in units


def test_the_list_shows_the_late_unless_asked_otherwise(
    begun: Project, city_reviewer: User, client_of: ClientOf
) -> None:
    client = client_of(city_reviewer)

    late = client.get(UNITS).content.decode()

    assert "武昌区人民医院" in late
    assert "武昌区中医医院" not in late
    for stage, name in (("saved", "武昌区人民医院"), ("submitted", "武昌区中医医院"),
                        ("not_started", "武汉市第一医院")):  # fmt: skip
        assert words_of(client.get(UNITS, {"stage": stage}).content.decode(), "th") >= {name}


def test_another_bureau_is_not_found(
    begun: Project, tree: Tree, city_reviewer: User, neighbour_officer: User, client_of: ClientOf
) -> None:
    other = filing_of(begun, tree["420200"])

    assert client_of(city_reviewer).get(UNITS, {"at": other.pk}).status_code == 404
    page = client_of(neighbour_officer).get(UNITS, {"stage": "all"}).content.decode()
    assert "武昌区人民医院" not in page


def test_the_export_and_the_phone_list_carry_the_filter(
    begun: Project, city_reviewer: User, client_of: ClientOf
) -> None:
    client = client_of(city_reviewer)

    file = BytesIO(client.get(f"{URL}export/", {"stage": "all"}).getvalue())
    sheet = opened_export(file)["填报进度"]
    phones = client.get(f"{URL}phones/").getvalue()

    rows = list(sheet.iter_rows(values_only=True))
    names = {row[0] for row in rows}
    assert {"武昌区人民医院", "武昌区中医医院", "武汉市第一医院"} <= names
    stages = {row[0]: row[3] for row in rows}
    assert stages["武昌区人民医院"] == "已保存"
    assert phones.startswith(b"%PDF")

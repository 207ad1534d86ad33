"""变更记录: who changed what, in words, within the reader's scope only."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.audit.domain.authorship import authored
from apps.audit.models import Change
from apps.organizations.models import Organization
from apps.portal.domain.changes import told
from apps.projects.models import CatalogItem, Phase, Project, ProjectWindow
from apps.scope.context import whole_country
from tests.cast import Tree
from tests.exported import opened_export
from tests.factories_projects import ProjectFactory, ready_project

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
LIST = "/audit/changes/"
UNIT = "organizations.organization"


@pytest.fixture
def renamed(tree: Tree, province_officer: User) -> Organization:
    """A hospital in 武昌 that its province has renamed; one in Shanxi was changed by its own."""
    unit = tree["H42010600001"]
    with whole_country(reason="test"):
        with authored(Actor.of(province_officer)):
            Organization.objects.filter(pk=unit.pk).update(name="武昌新院", is_active=False)
        Organization.objects.filter(path__startswith="/0/14/", tier="institution").update(phone="1")
    return unit


def rows_of(response: Any) -> list[Any]:
    assert response.status_code == 200
    return response.context["changes"]


def lines_of(row: Any) -> list[tuple[str, str, str]]:
    return [(line.label, line.before, line.after) for line in row.lines]


def units_of(response: Any) -> list[str]:
    return [row.name for row in rows_of(response) if row.change.kind == UNIT]


def test_a_change_is_told_in_words(
    renamed: Organization, client_of: ClientOf, province_officer: User
) -> None:
    (row,) = rows_of(client_of(province_officer).get(LIST, {"kind": UNIT}))

    assert (row.kind, row.name) == ("机构", "武昌新院")
    assert row.change.actor_name == province_officer.name
    assert lines_of(row) == [("机构名称", renamed.name, "武昌新院"), ("启用", "是", "否")]


def test_superiors_see_it_and_neighbours_do_not(
    renamed: Organization, client_of: ClientOf, county_reviewer: User, city_reviewer: User,
    alliance_officer: User, neighbour_province: User,
) -> None:  # fmt: skip
    for reader in (county_reviewer, city_reviewer):
        assert units_of(client_of(reader).get(LIST)) == ["武昌新院"]
    assert "武昌新院" in units_of(client_of(alliance_officer).get(LIST))
    neighbour = client_of(neighbour_province)
    assert "武昌新院" not in units_of(neighbour.get(LIST))
    assert "武昌新院".encode() not in neighbour.get(LIST).content
    assert neighbour.get(f"{LIST}{UNIT}/{renamed.pk}/").status_code == 404
    assert neighbour.get(f"{LIST}{UNIT}/{renamed.pk}/export/").status_code == 404


@pytest.fixture
def neighbour_province(tree: Tree) -> User:
    with whole_country(reason="test"):
        account = User.for_organization(
            tree["14"], "p14", name="晋省医保", must_change_password=False
        )
        account.set_unusable_password()
        account.save()
    return account


def test_institutions_and_enterprises_have_no_such_page(
    client_of: ClientOf, hospital_clerk: User, manufacturer_agent: User
) -> None:
    for reader in (hospital_clerk, manufacturer_agent):
        assert client_of(reader).get(LIST).status_code == 403
        assert LIST.encode() not in client_of(reader).get("/notices/").content


def test_a_draft_is_the_alliances_alone(
    client_of: ClientOf, alliance_officer: User, province_officer: User
) -> None:
    draft = ProjectFactory(code="FL-D", name="没有公开的草稿", phase=Phase.DRAFT)

    assert "没有公开的草稿".encode() in client_of(alliance_officer).get(LIST).content
    assert "没有公开的草稿".encode() not in client_of(province_officer).get(LIST).content
    assert client_of(province_officer).get(f"{LIST}projects.project/{draft.pk}/").status_code == 404


def test_the_page_of_a_project_has_its_catalogue_and_windows(
    client_of: ClientOf, alliance_officer: User
) -> None:
    project, other = ready_project(code="FL-A"), ready_project(code="FL-B")
    with whole_country(reason="test"):
        CatalogItem.objects.filter(project__in=[project, other]).update(unit="支")
        ProjectWindow.objects.filter(project=project, tier="city").update(is_on=False)

    response = client_of(alliance_officer).get(f"{LIST}projects.project/{project.pk}/")

    assert {row.change.project_id for row in rows_of(response)} == {project.pk}
    assert {"品规", "时间窗口", "项目"} <= {row.kind for row in rows_of(response)}
    assert "变更记录：" + project.name in response.content.decode()
    page = client_of(alliance_officer).get(f"/projects/{project.code}/").content.decode()
    assert f"{LIST}projects.project/{project.pk}/" in page


def test_policies_read_as_on_their_page(tree: Tree) -> None:
    project = ProjectFactory(code="FL-W", phase=Phase.DRAFT)
    with whole_country(reason="test"):
        source = ProjectFactory(code="FL-S", name="来源")
        Project.objects.filter(pk=project.pk).update(
            chain=["county", "province"], agreed_ratio="0.75", history_project=source
        )
        (row,) = told(Change.objects.filter(object_id=project.pk, operation="update"))

    assert set(lines_of(row)) == {
        ("审核层级", "市医保、省医保", "区县医保、省医保"),
        ("约定比例", "0.8000", "0.7500"),
        ("历史采购量来源", "—", "来源"),
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"name": "武昌"}, ["武昌新院"]),
        ({"name": "没有这家"}, []),
        ({"kind": UNIT}, ["武昌新院"]),
        ({"kind": "projects.project"}, []),
        ({"kind": "nonsense"}, []),
        ({"until": "2020-01-01"}, []),
        ({"since": "2020-01-01"}, ["武昌新院"]),
        ({"since": "nonsense"}, []),
        ({"actor": "没有"}, []),
    ],
)
def test_filters(
    renamed: Organization, client_of: ClientOf, province_officer: User, query: dict[str, str], found: list[str]
) -> None:  # fmt: skip
    assert units_of(client_of(province_officer).get(LIST, query)) == found


def test_the_person_is_found_by_the_beginning_of_the_name(
    renamed: Organization, client_of: ClientOf, province_officer: User
) -> None:
    response = client_of(province_officer).get(LIST, {"actor": province_officer.name[:1]})

    assert units_of(response) == ["武昌新院"]


def test_pages_go_on_by_key_without_gap_or_repetition(
    tree: Tree, client_of: ClientOf, province_officer: User
) -> None:
    with whole_country(reason="test"):
        for number in range(25):
            Organization.objects.filter(pk=tree["420100"].pk).update(phone=f"{number}")
    client = client_of(province_officer)
    seen: list[int] = []
    address = f"?per_page=10&kind={UNIT}"

    while address:
        response = client.get(f"{LIST}{address}")
        seen += [row.change.pk for row in rows_of(response)]
        address = response.context["older"]

    assert len(seen) == len(set(seen)) == 25


def test_an_empty_list_says_what_to_do(client_of: ClientOf, city_reviewer: User) -> None:
    response = client_of(city_reviewer).get(LIST, {"name": "没有"})

    assert "没有符合条件的变更" in response.content.decode()


def test_what_is_unknown_is_not_found(client_of: ClientOf, alliance_officer: User) -> None:
    client = client_of(alliance_officer)
    for address in ("projects.project/0/", "accounts.session/1/", "nonsense/1/"):
        assert client.get(LIST + address).status_code == 404


def test_administrators_read_the_whole_country(
    renamed: Organization, client_of: ClientOf, auditor: User
) -> None:
    client = client_of(auditor)

    assert "武昌新院" in units_of(client.get(LIST))
    assert LIST in client.get("/admin/").content.decode()


@pytest.fixture
def administrator() -> User:
    with whole_country(reason="test"):
        account: User = User.objects.create_superuser("root", "Fenliang#2026", name="管理员")
        User.objects.filter(pk=account.pk).update(must_change_password=False)
        account.refresh_from_db()
    return account


def test_the_export_has_a_row_for_each_field(
    renamed: Organization, client_of: ClientOf, province_officer: User
) -> None:
    response = client_of(province_officer).get(f"{LIST}export/", {"kind": UNIT})

    sheet = opened_export(BytesIO(b"".join(response.streaming_content)))["变更记录"]
    title, *rows = [
        row for row in sheet.iter_rows(values_only=True) if row[3] in {"对象类别", "机构"}
    ]
    assert title[7:10] == ("字段", "原值", "新值")
    assert [row[7:10] for row in rows] == [
        ("机构名称", renamed.name, "武昌新院"),
        ("启用", "是", "否"),
    ]
    assert {row[1] for row in rows} == {province_officer.name}


def test_pages_of_things_lead_to_their_changes(
    tree: Tree, client_of: ClientOf, province_officer: User, hospital_clerk: User
) -> None:
    client = client_of(province_officer)
    unit = tree["H42010600001"]

    assert f"{LIST}{UNIT}/{unit.pk}/" in client.get(f"/organizations/{unit.pk}/").content.decode()
    accounts = client.get("/accounts/subordinates/").content.decode()
    assert f"{LIST}accounts.user/{hospital_clerk.pk}/" in accounts
    assert LIST in client.get("/audit/").content.decode()


def test_a_page_costs_the_same_with_many_changes(
    tree: Tree, client_of: ClientOf, alliance_officer: User
) -> None:
    counts = []
    client = client_of(alliance_officer)
    for phone in ("1", "2"):
        with whole_country(reason="test"):
            units = Organization.objects.filter(tier="institution")
            units.filter(path__startswith="/0/42/").update(phone=phone)
            units.update(reports_through=tree["42"] if phone == "1" else tree["14"])
        client.get(LIST)
        with CaptureQueriesContext(connection) as queries:
            assert len(rows_of(client.get(LIST))) > 1
        counts.append(len(queries))

    assert counts == [4, 4]

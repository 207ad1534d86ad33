"""审核列表: who sees it, what it lists, what it costs."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import User
from apps.projects.models import Project
from apps.review.domain.figures import counted, money
from apps.review.models import Filing
from apps.review.models.statuses import Action, Status
from tests.allocation.reading import rows_of
from tests.cast import Tree
from tests.exported import opened_export
from tests.factories_review import filings_of, put, units_below
from tests.pages import tags, words_of
from tests.review.acting import act
from tests.review.planting import filing_of, planted

ClientOf = Callable[[User], Client]
URL = "/review/PAPER/"
CITY = ("H42010600001", "H42010600002", "H42010000001")


def names(response: Any) -> list[str]:
    return [row.record.organization.name for row in response.context["table"].paginated_rows]


@pytest.fixture
def city_units(round_on_paper: Project, tree: Tree) -> list[Filing]:
    """The institutions that answer to the city: two of the district, one of the city itself."""
    return filings_of(round_on_paper, [tree[code] for code in CITY])


@pytest.mark.covers("S0-04", "S0-05", "S0-06", "S0-09", "S0-10")
def test_each_tier_lists_its_direct_children(
    round_on_paper: Project,
    client_of: ClientOf,
    city_reviewer: User,
    province_officer: User,
    alliance_officer: User,
) -> None:
    expected = {
        city_reviewer: ["武昌区人民医院", "武昌区中医医院", "武汉市第一医院"],
        province_officer: ["湖北省人民医院", "武汉市医疗保障局", "黄石市医疗保障局"],
        alliance_officer: ["山西省医疗保障局", "湖北省医疗保障局"],
    }

    for person, units in expected.items():
        response = client_of(person).get(URL, {"status": "all"})
        assert sorted(names(response)) == sorted(units)


@pytest.mark.covers("S0-15", "S0-17")
def test_shows_what_was_reported_and_on_query_everybody(
    city_units: list[Filing], client_of: ClientOf, city_reviewer: User
) -> None:
    put(Status.SUBMITTED, city_units[0])
    client = client_of(city_reviewer)

    assert names(client.get(URL)) == ["武昌区人民医院"]
    assert len(names(client.get(URL, {"status": "all"}))) == 3


@pytest.mark.covers("S0-18", "S0-23")
def test_filters_by_review_status_and_names_the_tier(
    city_units: list[Filing], client_of: ClientOf, city_reviewer: User
) -> None:
    put(Status.SUBMITTED, city_units[0])
    put(Status.APPROVED, city_units[1])
    client = client_of(city_reviewer)

    response = client.get(URL, {"status": "approved"})

    assert names(response) == ["武昌区中医医院"]
    assert "市医保审核通过" in response.content.decode()
    assert names(client.get(URL, {"status": "submitted"})) == ["武昌区人民医院"]


@pytest.mark.parametrize("text", ["第一", "whs", "H4201000", "Ｈ４２０１０００"])
def test_finds_units_by_name_initials_and_code(
    city_units: list[Filing], client_of: ClientOf, city_reviewer: User, text: str
) -> None:
    put(Status.SUBMITTED, *city_units)

    assert names(client_of(city_reviewer).get(URL, {"unit": text})) == ["武汉市第一医院"]


def test_filters_by_region(
    city_units: list[Filing], client_of: ClientOf, city_reviewer: User
) -> None:
    put(Status.SUBMITTED, *city_units)

    response = client_of(city_reviewer).get(URL, {"region": "420106"})

    assert names(response) == ["武昌区人民医院", "武昌区中医医院"]


def test_a_filter_that_makes_no_sense_is_named(
    city_units: list[Filing], client_of: ClientOf, city_reviewer: User
) -> None:
    response = client_of(city_reviewer).get(URL, {"status": "nonsense"})

    assert response.status_code == 200
    assert names(response) == []


@pytest.mark.covers("S0-16")
def test_choosing_another_project_goes_there(
    round_on_paper: Project, tree: Tree, client_of: ClientOf, city_reviewer: User
) -> None:
    planted([tree["H42010600001"]], code="OTHER")

    response = client_of(city_reviewer).get(URL, {"project": "OTHER", "status": "all"})

    assert response.status_code == 302
    assert response["Location"] == "/review/OTHER/?status=all"


def test_projects_are_listed_with_what_waits(
    round_on_paper: Project, city_units: list[Filing], client_of: ClientOf, city_reviewer: User
) -> None:
    put(Status.SUBMITTED, *city_units[:2])

    (card,) = client_of(city_reviewer).get("/review/").context["cards"]

    assert (card.filing.project, card.waiting, card.total) == (round_on_paper, 2, 3)


@pytest.mark.covers("S0-13", "S0-15")
def test_the_rail_leads_to_the_latest_round_under_way(
    round_on_paper: Project, tree: Tree, client_of: ClientOf, city_reviewer: User
) -> None:
    client = client_of(city_reviewer)
    (link,) = tags(
        client.get("/review/").content.decode(), "a", href="/review/latest/", class_="rail-link"
    )
    assert link.words == "中选结果分量信息审核（市医保）"

    demand = "/review/latest/demand/list/"
    assert client.get(demand)["Location"] == URL
    planted([tree["H42010600001"]], code="NEWER")
    assert client.get(demand)["Location"] == "/review/NEWER/"
    assert client.get("/review/latest/")["Location"] == "/review/"


@pytest.mark.parametrize(
    ("page", "url"),
    [
        ("confirm", "confirm/"),
        ("withdrawals", "withdrawals/"),
        ("overdue", "overdue/"),
        ("progress", "/progress/PAPER/"),
    ],
)
def test_the_rail_of_demand_leads_to_every_page_of_its_latest_round(
    page: str, url: str, round_on_paper: Project, client_of: ClientOf, city_reviewer: User
) -> None:
    client = client_of(city_reviewer)

    location = client.get(f"/review/latest/demand/{page}/")["Location"]

    assert location == (url if url.startswith("/") else f"{URL}{url}")
    shown = client.get(URL).content.decode()
    assert tags(shown, "a", href=f"/review/latest/demand/{page}/", class_="rail-link")
    assert client.get("/review/latest/demand/nothing/").status_code == 404


def test_without_a_round_the_rail_leads_to_the_empty_list_of_projects(
    tree: Tree, client_of: ClientOf, city_reviewer: User
) -> None:
    client = client_of(city_reviewer)

    assert client.get("/review/latest/")["Location"] == "/review/"
    assert "还没有要审核的项目" in client.get("/review/").content.decode()


@pytest.mark.covers("S0-14")
def test_only_bureaus_review(
    round_on_paper: Project, client_of: ClientOf, hospital_clerk: User, manufacturer_agent: User
) -> None:
    for person in (hospital_clerk, manufacturer_agent):
        assert client_of(person).get(URL).status_code == 403
        assert client_of(person).get("/review/").status_code == 403


def test_a_project_without_the_unit_is_not_found(
    tree: Tree, country: object, paper: object, client_of: ClientOf, neighbour_officer: User
) -> None:
    planted([tree["H42010600001"]])

    assert client_of(neighbour_officer).get(URL).status_code == 404


@pytest.mark.covers("S0-20")
def test_approved_units_cannot_be_ticked(
    city_units: list[Filing], client_of: ClientOf, city_reviewer: User
) -> None:
    put(Status.SUBMITTED, city_units[0])
    put(Status.APPROVED, city_units[1])

    html = client_of(city_reviewer).get(URL).content.decode()

    ticks = {pk: f'value="{pk}"' in html for pk in (city_units[0].pk, city_units[1].pk)}
    assert ticks == {city_units[0].pk: True, city_units[1].pk: True}
    assert html.count("data-select-row disabled") == 1


def test_figures_and_columns_come_from_the_kind(
    city_units: list[Filing],
    paper: Any,
    client_of: ClientOf,
    city_reviewer: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    put(Status.SUBMITTED, *city_units)
    paper.shown = [("协议明细", "12 条"), ("合同金额", "¥ 3.00")]

    html = client_of(city_reviewer).get(URL).content.decode()

    assert html.count("12 条") == 3
    assert "合同金额" in html


def test_figures_of_bureaus_and_institutions_stand_under_their_own_names(
    round_on_paper: Project,
    tree: Tree,
    paper: Any,
    client_of: ClientOf,
    province_officer: User,
) -> None:
    put(Status.SUBMITTED, *filings_of(round_on_paper, [tree["420100"], tree["H42000000001"]]))
    paper.shown = [("明细", counted(12, "条")), ("估算金额", money(Decimal(3)))]
    paper.above = [("填报机构", counted(2, "家")), ("明细", counted(24, "条"))]

    response = client_of(province_officer).get(f"{URL}export/", {"status": "submitted"})

    book = opened_export(BytesIO(b"".join(response.streaming_content)))
    head, *rows = book["审核列表"].iter_rows(values_only=True)
    assert head[-3:] == ("填报机构（家）", "明细（条）", "估算金额（元）")
    assert {row[0]: row[-3:] for row in rows} == {
        "武汉市医疗保障局": (2, 24, None),
        "湖北省人民医院": (None, 12, 3),
    }
    shown = [
        row
        for row in rows_of(client_of(province_officer).get(URL))
        if row[-1] in ("查看详情", "审核")
    ]
    figures = {cell for row in shown for cell in row} & {"2 家", "24 条", "12 条", "¥ 3.00"}
    assert figures == {"2 家", "24 条", "12 条", "¥ 3.00"}
    hospital = next(row for row in shown if "12 条" in row)
    city = next(row for row in shown if "24 条" in row)
    assert hospital.index("12 条") == city.index("24 条")
    assert hospital[hospital.index("12 条") - 1] == city[city.index("24 条") + 1] == "—"


@pytest.mark.parametrize("count", [1, 50])
def test_the_list_costs_the_same_for_one_row_and_fifty(
    tree: Tree,
    country: object,
    paper: object,
    client_of: ClientOf,
    city_reviewer: User,
    count: int,
) -> None:
    project = planted(units_below(tree["420106"], count))
    put(Status.SUBMITTED, *Filing.objects.of_project(project).institutions())
    client = client_of(city_reviewer)
    client.get(URL)

    with CaptureQueriesContext(connection) as statements:
        response = client.get(URL, {"per_page": "50"})

    assert len(names(response)) == count
    assert len(statements) == 10


def test_a_page_of_fifty_stays_small(
    tree: Tree, country: object, paper: object, client_of: ClientOf, city_reviewer: User
) -> None:
    project = planted(units_below(tree["420106"], 100))
    put(Status.SUBMITTED, *Filing.objects.of_project(project).institutions())

    response = client_of(city_reviewer).get(URL, {"per_page": "100"})

    assert len(response.content) < 100_000


def test_a_province_with_thousands_of_units_reads_them_by_index(
    tree: Tree, country: object, paper: object, client_of: ClientOf, province_officer: User
) -> None:
    project = planted(units_below(tree["42"], 2_000))
    put(Status.SUBMITTED, *Filing.objects.of_project(project).institutions())
    own = filing_of(project, tree["42"])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE review_filing")
    rows = Filing.objects.children_of(own).filter(status="submitted").order_by("path")

    plan = rows[:20].explain()

    assert "Index Scan" in plan
    assert "Seq Scan" not in plan
    assert "Sort" not in plan


@pytest.mark.covers("S0-08")
def test_acts_are_offered_within_the_window_only(
    city_units: list[Filing],
    round_on_paper: Project,
    client_of: ClientOf,
    city_reviewer: User,
) -> None:
    put(Status.SUBMITTED, *city_units)
    client = client_of(city_reviewer)
    assert "审核通过" in words_of(client.get(URL).content.decode(), "button")

    round_on_paper.windows.filter(tier="city").update(is_on=False)

    assert "审核通过" not in words_of(client.get(URL).content.decode(), "button")


def test_the_list_is_exported_as_filtered(
    city_units: list[Filing], client_of: ClientOf, city_reviewer: User
) -> None:
    put(Status.SUBMITTED, city_units[0])
    put(Status.APPROVED, city_units[1])

    response = client_of(city_reviewer).get(f"{URL}export/", {"status": "approved"})

    book = opened_export(BytesIO(b"".join(response.streaming_content)))
    rows = list(book["审核列表"].iter_rows(values_only=True))
    assert rows[0][:2] == ("机构", "编码")
    assert [row[:2] for row in rows[1:]] == [("武昌区中医医院", "H42010600002")]


def test_an_export_says_of_the_unreported_no_more_than_the_page(
    city_units: list[Filing], paper: Any, client_of: ClientOf, city_reviewer: User
) -> None:
    put(Status.SUBMITTED, city_units[0])
    Filing.objects.filter(pk=city_units[0].pk).update(submitted_at=timezone.now())
    paper.shown = [("明细", counted(12, "条"))]

    response = client_of(city_reviewer).get(f"{URL}export/", {"status": "all"})

    book = opened_export(BytesIO(b"".join(response.streaming_content)))
    head, *rows = book["审核列表"].iter_rows(values_only=True)
    at, when = head.index("明细（条）"), head.index("上报时间")
    reported = [row for row in rows if row[at] is not None]
    assert [(row[0], row[at]) for row in reported] == [(city_units[0].organization.name, 12)]
    assert isinstance(reported[0][when], datetime)
    assert len(rows) > 1
    assert ("审核状态", "全部参加单位") in list(book["导出说明"].iter_rows(values_only=True))


def test_a_returned_package_shows_the_reason_and_the_deadline(
    round_on_paper: Project,
    tree: Tree,
    client_of: ClientOf,
    city_reviewer: User,
    province_officer: User,
) -> None:
    city = filing_of(round_on_paper, tree["420100"])
    act(Action.SUBMIT, city_reviewer, city, confirmed=True)
    act(Action.RETURN, province_officer, city, reason="请核对二院数据")

    html = client_of(city_reviewer).get(URL).content.decode()

    assert "省医保退回" in html
    assert "请核对二院数据" in html

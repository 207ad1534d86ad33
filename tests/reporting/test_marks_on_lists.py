"""审核列表 of a demand round: which filings are odd, how they changed, sorted and narrowed by it, exported alike."""

from decimal import Decimal
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from apps.projects.models import ExplanationScope
from apps.reporting.domain.reports import keep_reports
from apps.reporting.domain.totals import freeze_totals
from apps.reporting.models import DemandLine, DemandReport
from apps.review.domain.filings.marks import marked
from apps.review.domain.filters import FilingFilter
from apps.review.models import Filing
from apps.review.models.statuses import Action, Status
from apps.scope.context import whole_country
from tests import factories
from tests import factories_demand as make
from tests.factories_review import put
from tests.pages import words_of
from tests.review.acting import act
from tests.running import as_owner

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("country")]

SHEETS = {
    "正常医院": (1_000, 1_050),
    "偏高医院": (1_000, 1_600),
    "错零医院": (446, 5_740),
    "偏低医院": (1_000, 640),
}


@pytest.fixture
def demand_round(tree, alliance_officer):
    """Four hospitals of one county that have reported, one line each; a fifth hasn't."""
    county = tree["420106"]
    units = [
        factories.InstitutionFactory(parent=county, name=name) for name in (*SHEETS, "未报医院")
    ]
    project = make.demand_project(
        units,
        items=1,
        chain=["county", "city", "province"],
        explanation_scope=ExplanationScope.TOTAL,
    )
    for unit, (bought, _planned) in zip(units, SHEETS.values(), strict=False):
        make.bought(project, unit, {"P0001": bought})
    make.published(project, alliance_officer)
    for unit, (_bought, planned) in zip(units, SHEETS.values(), strict=False):
        make.planned(project, unit, {"P0001": planned})
    filings = list(Filing.objects.of_project(project).institutions().order_by("path"))[:4]
    put(Status.SUBMITTED, *filings)
    keep_reports(filings)
    return project


def page(client, **query):
    return client.get(reverse("review:filing_list", args=["BL"]), query)


def text_of(response):
    return response.content.decode()


def names(response):
    return [row.record.organization.name for row in response.context["table"].paginated_rows]


def test_the_list_says_what_is_odd(demand_round, client_of, county_reviewer):
    text = text_of(page(client_of(county_reviewer)))

    assert "测试片1 是上年量的 12.9 倍" in text
    assert "测试片1 比上年量少 36.0%" in text
    assert "+5.0%" in text


def test_the_worst_come_first_and_the_page_says_so(demand_round, client_of, county_reviewer):
    client = client_of(county_reviewer)
    first = page(client)
    by_name = page(client, sort="unit")

    assert names(first)[0] == "错零医院"
    assert names(first)[-1] == "正常医院"
    assert 'title="严重的先于一般的；点列名改变。"' in first.content.decode()
    assert "异常最多的在前" in text_of(first)
    assert "异常最多的在前" not in words_of(first.content.decode(), "a")
    assert names(by_name) != names(first)
    assert "异常最多的在前" in words_of(by_name.content.decode(), "a")
    assert by_name.context["worst_first"] == "?"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("odd", ["错零医院", "偏高医院", "偏低医院"]),
        ("grave", ["错零医院"]),
        ("none", ["正常医院"]),
        ("again", []),
    ],
)
def test_the_list_is_narrowed(demand_round, client_of, county_reviewer, asked, expected):
    assert names(page(client_of(county_reviewer), marks=asked)) == expected


@pytest.mark.parametrize("column", ["odd", "rise", "changed", "waited"])
@pytest.mark.parametrize("sign", ["", "-"])
def test_every_column_sorts(demand_round, client_of, county_reviewer, column, sign):
    response = page(client_of(county_reviewer), sort=f"{sign}{column}", status="all")

    assert len(names(response)) == 5


def test_who_reported_again_is_marked(demand_round, client_of, county_reviewer):
    filing = Filing.objects.of_project(demand_round).institutions().order_by("path")[0]
    put(Status.RETURNED, filing)
    DemandLine.objects.filter(filing=filing).update(planned=1_100)
    put(Status.SUBMITTED, filing, version=2)
    keep_reports([filing])

    response = page(client_of(county_reviewer), marks="again")

    assert names(response) == ["正常医院"]
    assert "改 1 条" in text_of(response)


def test_reports_that_are_older_show_a_dash(demand_round, client_of, county_reviewer):
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE reporting_demandreport DISABLE TRIGGER USER")
        DemandReport.objects.update(odd=None, grave=None, oddest=None, bought_amount=None)
        cursor.execute("ALTER TABLE reporting_demandreport ENABLE TRIGGER USER")

    response = page(client_of(county_reviewer), sort="-odd")

    assert names(response) == list(SHEETS)
    assert "12.9 倍" not in text_of(response)


def test_a_package_adds_up(demand_round, client_of, city_reviewer, tree):
    own = Filing.objects.of_project(demand_round).institutions()
    put(Status.APPROVED, *own.filter(status=Status.SUBMITTED))
    put(Status.LAPSED, *own.filter(status=Status.DRAFT))
    county = Filing.objects.get(project=demand_round, organization=tree["420106"])
    put(Status.SUBMITTED, county)
    freeze_totals([county])

    response = page(client_of(city_reviewer), sort="-odd", marks="odd")

    (row,) = response.context["table"].page_rows()
    assert (row.odd, row.grave) == (3, 1)
    planned, bought = 1_050 + 1_600 + 5_740 + 640, 1_000 + 1_000 + 446 + 1_000
    assert row.rise.quantize(Decimal("0.1")) == (Decimal(planned - bought) * 100 / bought).quantize(
        Decimal("0.1")
    )


def test_the_export_shows_the_same(demand_round, client_of, county_reviewer):
    url = reverse("review:filing_export", args=["BL"])

    answer = client_of(county_reviewer).get(url, {"marks": "grave"})

    sheet = load_workbook(BytesIO(b"".join(answer.streaming_content)))["审核列表"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    head = next(row for row in rows if "机构" in row)
    (row,) = rows[rows.index(head) + 1 :]
    shown = dict(zip(head, row, strict=True))
    assert shown["机构"] == "错零医院"
    assert (shown["异常（条）"], shown["严重异常（条）"]) == (1, 1)
    assert shown["最大异常"] == "测试片1 是上年量的 12.9 倍"
    assert float(shown["较上年（%）"]) == 1187.0


def test_the_list_stays_within_its_budget(demand_round, client_of, county_reviewer):
    client = client_of(county_reviewer)
    page(client)
    with CaptureQueriesContext(connection) as captured:
        page(client, sort="-odd", marks="odd")

    assert len(captured) <= 12


def test_what_is_not_reported_is_nobodys_figure(demand_round, tree):
    filing = Filing.objects.of_project(demand_round).institutions().order_by("path")[2]
    put(Status.DRAFT, filing)
    rows = Filing.objects.of_project(demand_round)
    own = Filing.objects.get(project=demand_round, organization=tree["420106"])

    with whole_country(reason="test"):
        (row,) = marked(rows.filter(pk=filing.pk), "demand")
        asked = FilingFilter(
            {"marks": "odd", "status": "all"}, queryset=rows, own=own, kind="demand"
        )

    assert row.odd is None
    assert filing not in asked.qs


def test_the_reviewers_page_shows_odd_lines_whatever_the_rule(
    demand_round, client_of, county_reviewer
):
    filing = Filing.objects.of_project(demand_round).institutions().order_by("path")[2]

    response = client_of(county_reviewer).get(f"/review/BL/filings/{filing.pk}/")

    assert response.context["detail"].context["show"] == "marked"
    text = text_of(response)
    assert "疑似多输一个零" in text
    assert "是上年量的 12.9 倍" in text


def frozen(client, project, action="approve"):
    """The confirmation of a batch act on everybody who reported."""
    pks = Filing.objects.of_project(project).filter(status=Status.SUBMITTED)
    answer = client.post(
        reverse("review:filing_list", args=["BL"]),
        {"action": action, "selected": [str(pk) for pk in pks.values_list("pk", flat=True)]},
    )
    assert answer.status_code == 302
    return answer.url


def test_a_batch_says_what_is_in_it(demand_round, client_of, county_reviewer):
    client = client_of(county_reviewer)

    text = text_of(client.get(frozen(client, demand_round)))

    assert "其中 3 家有异常（1 家严重）" in text
    assert "只审核通过没有异常的" in text
    assert text.index("错零医院") < text.index("偏高医院") < text.index("正常医院")


def test_only_those_without_oddities_are_passed(demand_round, client_of, county_reviewer):
    client = client_of(county_reviewer)
    url = frozen(client, demand_round)

    answer = client.post(url, {"only_clean": "1"}, follow=True)

    assert "已审核通过 1 家。另有 3 家没有处理。" in text_of(answer)
    left = Filing.objects.of_project(demand_round).filter(status=Status.SUBMITTED)
    assert left.count() == 3


def test_the_others_are_passed_though_an_odd_one_moved(demand_round, client_of, county_reviewer):
    client = client_of(county_reviewer)
    url = frozen(client, demand_round)
    odd = Filing.objects.of_project(demand_round).institutions().order_by("path")[2]
    Filing.objects.filter(pk=odd.pk).update(version=7)

    answer = client.post(url, {"only_clean": "1"}, follow=True)

    assert "已审核通过 1 家" in text_of(answer)


def test_a_return_of_many_offers_no_such_thing(demand_round, client_of, county_reviewer):
    client = client_of(county_reviewer)

    text = text_of(client.get(frozen(client, demand_round, "return")))

    assert "没有异常的" not in text


def test_who_moved_a_filing_meanwhile_is_named(
    demand_round, client_of, county_reviewer, city_reviewer
):
    client = client_of(county_reviewer)
    url = frozen(client, demand_round)
    filing = Filing.objects.of_project(demand_round).institutions().order_by("path")[0]
    act(Action.APPROVE, county_reviewer, filing)

    text = text_of(client.get(url))

    assert "正常医院（" in text
    assert f"{county_reviewer.organization.name} {county_reviewer}" in text


def test_ticks_that_came_too_late_say_so(demand_round, client_of, county_reviewer):
    filing = Filing.objects.of_project(demand_round).institutions().order_by("path")[0]
    act(Action.APPROVE, county_reviewer, filing)

    answer = client_of(county_reviewer).post(
        reverse("review:filing_list", args=["BL"]),
        {"action": "approve", "selected": [str(filing.pk)]},
        follow=True,
    )

    assert "勾选的单位已有变化，不能审核通过：正常医院（" in text_of(answer)


def test_the_next_one_is_the_next_of_the_list_as_it_is_sorted(
    demand_round, client_of, county_reviewer
):
    client = client_of(county_reviewer)
    worst = page(client).context["table"].page_rows()

    shown = client.get(f"/review/BL/filings/{worst[0].pk}/")

    assert shown.context["near"].place == 1
    assert f"/filings/{worst[1].pk}/" in shown.context["following"]

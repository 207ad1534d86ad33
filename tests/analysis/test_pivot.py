"""多维度查看: the figures shown are those of the lines, whoever looks and by whatever dimensions."""

from fractions import Fraction

import pytest

from apps.analysis.domain.figures import Figures
from apps.analysis.domain.view import Measure
from apps.jobs.models import Job
from apps.reporting.domain.rates import Baseline, rate_in_words
from apps.reporting.domain.rollup import Measures
from apps.reporting.models import DemandProgress
from apps.review.models.statuses import Action, Status
from apps.scope.context import whole_country
from tests import factories_demand as make
from tests.analysis.reading import Sum, added, body_of, table_of
from tests.analysis.wants import ITEMS, PLANNED
from tests.factories_demand import filing_of
from tests.factories_review import put
from tests.pages import tags
from tests.review.acting import act

pytestmark = pytest.mark.django_db
MEASURES = ["quantity", "previous", "change", "institutions", "amount"]
HUBEI = [code for code in PLANNED if code.startswith("H42")]
SHANXI = [code for code in PLANNED if code.startswith("H14")]
WUHAN = [code for code in PLANNED if code.startswith("H4201")]
WUCHANG = [code for code in PLANNED if code.startswith("H420106")]


def shown(found: Sum) -> list[str]:
    """What the page has to say of a hand-made sum: quantities of one unit only, half up, yuan by reference prices."""
    is_one = len(found.units) == 1
    cents = int(found.amount * 100 + Fraction(1, 2))
    return [
        f"{found.quantity:,}" if is_one else "—",
        f"{found.bought:,}" if is_one else "—",
        rate_in_words(found.quantity, Baseline(found.bought)) if is_one else "—",
        str(found.institutions),
        f"{cents // 100:,}.{cents % 100:02d}",
    ]


def of_variety(name: str):
    return lambda item: ITEMS[item][0] == name


@pytest.mark.covers("S2-08")
def test_provinces_by_variety_are_the_sums_of_the_lines(round_, page_of, alliance_officer):
    page = page_of(alliance_officer, rows="province", columns="variety", measures=MEASURES)

    rows = body_of(page.content.decode())
    varieties = ["阿司匹林片", "氯化钠注射液", "=SUM(A1)胶囊"]
    for label, codes in (("湖北", HUBEI), ("山西", SHANXI), ("合计", [*HUBEI, *SHANXI])):
        expected = [shown(added(codes, of_variety(name))) for name in varieties]
        for place, sums in enumerate(expected):
            if label != "合计" and sums[4] == "0.00":
                sums[4] = rows[label][5 * place + 4]  # without a price there is no amount
            assert rows[label][5 * place : 5 * place + 4] == sums[:4], (label, varieties[place])
        whole = shown(added(codes, any_of=False))
        assert rows[label][15:] == whole


@pytest.mark.covers("S2-08")
@pytest.mark.parametrize(
    ("rows", "labels"),
    [
        (
            "item",
            {
                f"{name[0]}规格{place}（{name[1]}）{code}": code
                for place, (code, name) in enumerate(ITEMS.items(), 1)
            },
        ),
    ],
)
def test_items_are_the_sums_of_their_lines(rows, labels, round_, page_of, alliance_officer):
    page = page_of(alliance_officer, rows=rows, measures=MEASURES[:4]).content.decode()

    found = body_of(page)
    for label, code in labels.items():
        assert found[label] == shown(added(PLANNED, lambda item, code=code: item == code))[:4]


def test_the_first_view_shows_quantities_where_they_add(round_, page_of, city_reviewer):
    page = page_of(city_reviewer).content.decode()

    rows = body_of(page)
    tablet = rows["阿司匹林片规格1（片）P0001"]
    assert tablet[-2] == f"{added(WUHAN, lambda item: item == 'P0001').quantity:,}"
    assert "武昌区" in page
    assert rows["合计"][-2] == "—"


@pytest.mark.parametrize("chart", ["bars", "tiles"])
def test_quantities_of_different_units_are_not_drawn_beside_each_other(
    chart, round_, page_of, alliance_officer
):
    asked = {"rows": "item", "columns": "province", "chart": chart, "charted": "quantity"}

    mixed = page_of(alliance_officer, **asked).content.decode()
    alike = page_of(alliance_officer, **asked, item=["P0001", "P0002"]).content.decode()

    assert "各行的计量单位不同，数量不能放在一起比" in mixed
    assert "各行的计量单位不同" not in alike


@pytest.mark.parametrize(
    ("dimension", "place"), [("manufacturer", 4), ("group", 5), ("variety", 0)]
)
def test_makers_and_groups_add_up_their_items(dimension, place, round_, page_of, alliance_officer):
    page = page_of(alliance_officer, rows=dimension, measures=["quantity", "institutions"])

    found = body_of(page.content.decode())
    for name in {item[place] for item in ITEMS.values()}:
        sums = shown(added(PLANNED, lambda item, name=name: ITEMS[item][place] == name))
        assert found[name] == [sums[0], sums[3]]


def test_a_city_sees_its_own_subtree_only(round_, page_of, city_reviewer):
    page = page_of(city_reviewer, rows="county", measures=MEASURES).content.decode()

    rows = body_of(page)
    assert set(rows) == {"区县", "武汉市（市直属）", "武昌区", "合计"} - {"区县"} | (
        rows.keys() & {"区县"}
    )
    assert rows["武昌区"] == shown(added(WUCHANG, any_of=False))
    assert rows["合计"] == shown(added(WUHAN, any_of=False))
    assert "山西" not in page
    assert "小店" not in page


def test_a_frozen_package_tells_the_same(round_, page_of, county_reviewer, city_reviewer):
    """Figures of an open bureau come from the summary, of a submitted one from its totals."""
    before = body_of(page_of(city_reviewer, rows="item", measures=MEASURES).content.decode())
    filings = [filing_of(round_.project, round_.tree[code]) for code in WUCHANG]
    put(Status.APPROVED, *filings)
    act(
        Action.SUBMIT,
        county_reviewer,
        filing_of(round_.project, round_.tree["420106"]),
        confirmed=True,
    )
    round_.refresh()

    after = body_of(page_of(city_reviewer, rows="item", measures=MEASURES).content.decode())

    assert after == before
    assert len(after) > len(ITEMS)


def test_quantities_of_different_units_are_never_added(round_, page_of, alliance_officer):
    page = page_of(alliance_officer, rows="group", measures=["quantity"]).content.decode()

    rows = body_of(page)
    assert rows["一组"] == [f"{added(PLANNED, lambda i: ITEMS[i][5] == '一组').quantity:,}"]
    assert (rows["二组"], rows["合计"]) == (["—"], ["—"])
    assert "计量单位不同的数量不相加" in page


def test_subtotals_stand_above_their_rows(round_, page_of, alliance_officer):
    page = page_of(alliance_officer, rows="item", subtotals="1", measures=["quantity"])

    labels = [row[0] for row in table_of(page.content.decode())]
    assert labels[:3] == [
        "阿司匹林片小计",
        "阿司匹林片规格1（片）P0001",
        "阿司匹林片规格2（片）P0002",
    ]
    sums = body_of(page.content.decode())
    assert sums["阿司匹林片小计"] == [f"{added(PLANNED, of_variety('阿司匹林片')).quantity:,}"]


def test_rows_are_sorted_by_any_column_and_blanks_stand_last(round_, page_of, alliance_officer):
    def order(sort: str) -> list[str]:
        page = page_of(
            alliance_officer, rows="group", columns="province", measures=["quantity"], sort=sort
        )
        return [row[0] for row in table_of(page.content.decode())][:-1]

    assert order("quantity@14") == order("-quantity@14") == ["一组", "二组"]
    assert order("-label") == list(reversed(order("label")))
    assert order("nonsense") == ["一组", "二组"]


@pytest.mark.parametrize(
    ("params", "sentence"),
    [
        ({"rows": "weather"}, "行维度“weather”不存在"),
        ({"columns": "<b>"}, "列维度“&lt;b&gt;”不存在"),
        ({"measures": "joy"}, "指标“joy”不存在"),
        ({"chart": "pie"}, "图形“pie”不存在"),
        ({"rows": "city", "columns": "city"}, "行和列不能选同一个维度"),
        ({"item": [str(n) for n in range(61)]}, "最多 60 个"),
        ({"city": "x" * 201}, "筛选值不存在"),
    ],
)
def test_an_address_that_makes_no_sense_is_answered_with_a_sentence(
    params, sentence, round_, page_of, alliance_officer
):
    for page in ("", "institutions/"):
        answer = page_of(alliance_officer, page, **params)
        assert answer.status_code == 200
        assert sentence in answer.content.decode()


def test_what_is_too_wide_is_refused_with_a_sentence(tree, client_of, alliance_officer):
    project = make.demand_project([tree["H42010600001"]], code="WIDE", items=301)
    make.published(project, alliance_officer)
    client = client_of(alliance_officer)

    page = client.get("/analysis/WIDE/?rows=province&columns=item")
    export = client.get("/analysis/WIDE/export/?rows=province&columns=item")

    assert page.status_code == 200
    assert "按品规展开有 301 列" in page.content.decode()
    assert export["Location"] == "/analysis/WIDE/?rows=province&columns=item"


def test_what_was_chosen_stays_when_a_part_of_it_is_refused(round_, page_of, alliance_officer):
    many = [str(number) for number in range(61)]

    page = page_of(
        alliance_officer, rows="item", columns="grade", measures="amount", county=many, group="一组"
    ).content.decode()

    chosen = {each["value"] for each in tags(page, "option") if "selected" in each}
    ticked = {each["value"] for each in tags(page, "input", type="checkbox") if "checked" in each}
    assert chosen == {"item", "grade"}
    assert ticked == {"amount", "一组", *many[:60]}


def test_work_that_no_summary_has_reached_is_named_and_can_be_counted(
    round_, page_of, client_of, city_reviewer
):
    with whole_country(reason="test"):
        DemandProgress.objects.all().delete()

    page = page_of(city_reviewer).content.decode()
    answer = client_of(city_reviewer).post("/analysis/BL/refresh/?rows=county")

    assert "有数据还没有汇总" in page
    with whole_country(reason="test"):
        job = Job.objects.get()
    assert answer["Location"] == f"/jobs/{job.pk}/"
    assert job.back_url == "/analysis/BL/?rows=county"


def test_nothing_reported_says_what_to_do(round_, page_of, tree, alliance_officer):
    put(Status.DRAFT, *[filing_of(round_.project, tree[code]) for code in PLANNED])
    round_.refresh()

    page = page_of(alliance_officer).content.decode()

    assert "还没有医疗机构上报" in page
    assert 'href="/progress/BL/"' in page
    assert table_of(page) == []


def test_the_rate_is_of_the_exact_baseline():
    """Two years of 1 and 2 are 1.5 a year: 3 is +100 %, not +50 % of a rounded 2."""
    cell = Measures(quantity=3, previous=2, amount=None, institutions=1, bought=3)

    assert Figures(years=2).words(cell, Measure.CHANGE) == "+100.0%"

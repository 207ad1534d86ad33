"""协议量签章件: by enterprise, lines and sums as agreed, packs by the rule, amounts added as shown."""

from decimal import Decimal

import pytest

from apps.accounts.domain.actors import Actor
from apps.accounts.models.roles import Role
from apps.allocation.files import papers
from apps.allocation.files.papers import agreement_paper
from apps.allocation.models import SupplyTotal
from apps.review.domain.performing import perform
from apps.review.domain.rounds.concluding import conclude_project
from apps.review.models.statuses import Action
from apps.scope.context import whole_country
from apps.scope.paths import ROOT
from tests import factories_agreements as agreed
from tests import factories_allocation as make
from tests.allocation.reading import url
from tests.factories import enterprise_account
from tests.pages import tags
from tests.pdf_reading import content_of, pages_of, squeezed

PAGE = "agreement_paper"


def texts(client, query=""):
    return pages_of(content_of(client.get(f"{url(PAGE, 'FL')}{query}")))


def built(project, **context):
    defaults = {
        "project_id": project.pk,
        "place": ROOT,
        "enterprise": False,
        "by_province": False,
        "query": "",
    }
    with whole_country(reason="test"):
        return agreement_paper(defaults | context)


def test_each_enterprise_its_lines_sums_and_seal(
    reported, client_of, city_reviewer, province_officer
):
    pages = texts(client_of(province_officer))

    text = "\n".join(pages)
    assert "湖北省医疗保障局" in pages[0]
    assert "（FL）" in pages[0]
    first = next(page for page in pages if "A制药（" in page)
    (line,) = [each for each in first.split("\n") if "武昌区人民医院" in each]
    assert line.split() == [
        "1", "武昌区", "武昌区人民医院", "H42010600001", "A", "测试胶囊A", "0.3g×36粒",
        "粒", "7,776", "36", "216", "0", "28.80", "6,220.80",
    ]  # fmt: skip
    for name, amount in (("A", "6,220.80"), ("B", "2,052.00"), ("C", "12,121.33")):
        assert f"1 个产品，金额合计 {amount} 元" in text
        assert f"{name}制药 按产品合计" in text
    assert text.count("中选企业（盖章）：") == 3
    assert "合计：3 家中选企业，3 条，金额 20,394.13 元。" in text
    assert "注意：项目还没有办结，协议量可能变化，本件不能用于签章。" in squeezed(text)


@pytest.mark.parametrize(
    ("policies", "packs", "word"),
    [
        ({"pack_rounding": "down"}, ("303", "1"), "向下取整"),
        ({"pack_rounding": "up"}, ("304", "-29"), "向上取整"),
    ],
    ids=["down", "up"],
)
def test_packs_follow_the_rule_of_the_project(reported, packs, word):
    made = built(reported.project)

    rows = [row for section in made.sections for row in section.rows if "C" in row]
    assert [row[-6:-1][:4] for row in rows if len(row) == 14] == [("9,091", "30", *packs)]
    assert word in made.statement


@pytest.fixture
def many(institutions, alliance_officer):
    """Every hospital of Hubei takes an odd quantity of A and C, packs go up."""
    project = make.allocation_project(institutions, pack_rounding="up")
    products = make.worked_products(project)
    make.volume(project, institutions[0], make.UNSELECTED, 12_503)
    make.published(project, alliance_officer)
    for number, unit in enumerate(institutions):
        agreed.totals(project, unit, products, A=1_001 + 17 * number, C=333 + 41 * number)
    return project


def test_sums_are_those_of_the_lines(many):
    made = built(many)

    with whole_country(reason="test"):
        held = list(SupplyTotal.objects.select_related("product__pool__terms", "product__item"))
        amounts = {row.pk: row.amount for row in held}
    for code in ("A", "C"):
        own = [row for row in held if row.product.item.item_code == code]
        (total,) = [
            row
            for section in made.sections
            if section.title.endswith("按产品合计")
            for row in section.rows
            if row[1] == code
        ]
        units, pack, packs, rest = (int(cell.replace(",", "")) for cell in total[5:9])
        assert units == sum(row.quantity for row in own) == packs * pack + rest
        assert Decimal(total[9].replace(",", "")) == sum(amounts[row.pk] for row in own)
    whole = sum(amounts.values())
    assert f"金额 {whole:,.2f} 元" in made.closing


def test_a_filter_narrows_it_and_is_named(reported, client_of, alliance_officer):
    text = "\n".join(texts(client_of(alliance_officer), "?enterprise=C制药"))

    assert "查询条件：中选企业：C制药" in text
    assert "C制药（" in text
    assert "A制药" not in text


def test_provinces_before_and_institutions_after_the_conclusion(
    reported, tree, client_of, city_reviewer, province_officer, alliance_officer
):
    maker = enterprise_account(reported.products["C"].enterprise, Role.MANUFACTURER, tree["0"])
    client = client_of(maker)
    answer = client.get(url(PAGE, "FL"), follow=True)
    assert "没有符合条件的协议量，没有可以签章的内容。" in answer.content.decode()

    with whole_country(reason="test"):
        below = reported.filing()
        for person, code in ((city_reviewer, "420100"), (province_officer, "42")):
            by = Actor.of(person)
            perform([below], Action.APPROVE, by=by)
            (below,) = perform(
                [make.filing_of(reported.project, tree[code])], Action.SUBMIT, by=by, confirmed=True
            )
    before = "\n".join(texts(client))
    assert "（按省份）" in before
    assert "湖北省" in before
    assert "武昌区人民医院" not in before
    assert "A制药" not in before
    national = texts(client_of(alliance_officer), "?by=province&enterprise=C制药")
    assert "9,091 30 303 1" in national[0]

    with whole_country(reason="test"):
        perform([below], Action.APPROVE, by=Actor.of(alliance_officer))
        conclude_project(reported.project, by=Actor.of(alliance_officer), confirmed=True)
    after = "\n".join(texts(client))
    assert "武昌区人民医院" in after
    assert "不能用于签章" not in squeezed(after)
    assert "A制药" not in after


def test_too_long_a_paper_is_refused_with_a_way_out(
    reported, client_of, alliance_officer, monkeypatch
):
    monkeypatch.setattr(papers, "MOST", 2)

    answer = client_of(alliance_officer).get(url(PAGE, "FL"), follow=True)

    assert "一份签章件最多 2 条明细，请先按地区或中选企业查询缩小范围" in answer.content.decode()


def test_who_may(
    reported, client_of, county_reviewer, city_reviewer, hospital_clerk, neighbour_officer
):
    for person in (county_reviewer, city_reviewer, hospital_clerk):
        assert client_of(person).get(url(PAGE, "FL")).status_code == 403
    assert client_of(neighbour_officer).get(url(PAGE, "FL")).status_code in {302, 404}


def test_the_page_leads_to_it(reported, client_of, province_officer, city_reviewer):
    for person, found in ((province_officer, 2), (city_reviewer, 0)):
        html = client_of(person).get(f"{url('agreement_list', 'FL')}?lot=标的一").content.decode()
        links = [
            tag["href"] for tag in tags(html, "a") if "/agreements/paper/" in tag.get("href", "")
        ]
        assert len(links) == found
        assert all("lot=" in link for link in links)

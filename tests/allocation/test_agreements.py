"""中选企业协议量明细 (S0-29..33)."""

import pytest

from apps.accounts.domain.actors import Actor
from apps.accounts.models.roles import Role
from apps.review.domain.performing import perform
from apps.review.domain.rounds.concluding import conclude_project
from apps.review.models.statuses import Action
from apps.scope.context import whole_country
from tests import factories_allocation as make
from tests.allocation.reading import rows_of, sheet_of, text_of, url
from tests.factories import enterprise_account, sub_account_of

PAGE = "agreement_list"


@pytest.mark.covers("S0-29", "S0-30", "S0-31")
def test_the_city_sees_what_its_institutions_agreed_to(reported, client_of, city_reviewer):
    response = client_of(city_reviewer).get(url(PAGE, "FL"))

    assert rows_of(response)[0] == [
        "武昌区人民医院", "测试胶囊A A · 0.3g×36粒", "A制药", "7,776 粒 = 216 盒", "6,220.80",
        "武昌区", "待市医保审核", "标的一", "28.80", "供应中",
    ]  # fmt: skip
    text = text_of(response)
    assert "3 条 · 1 家医疗机构 · 3 个中选产品" in text
    assert "合同金额合计 ¥ 20,394.13" in text


def test_the_totals_are_exact(reported, client_of, city_reviewer):
    response = client_of(city_reviewer).get(url(PAGE, "FL"))

    assert str(response.context["amount"]) == "20394.13"
    assert response.context["spread"] == {"agreements": 3, "institutions": 1, "products": 3}


@pytest.mark.covers("S0-10", "S0-29")
def test_every_tier_sees_its_own_subtree(
    reported, client_of, hospital_clerk, county_reviewer, province_officer, alliance_officer,
    neighbour_officer, neighbour_clerk,
):  # fmt: skip
    def found(person):
        return len(rows_of(client_of(person).get(url(PAGE, "FL"))))

    inside = (hospital_clerk, county_reviewer, province_officer, alliance_officer)
    assert [found(person) for person in inside] == [3, 3, 3, 3]
    assert [found(person) for person in (neighbour_officer, neighbour_clerk)] == [0, 0]


@pytest.mark.covers("S0-32")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("lot=标的一", 3),
        ("lot=标的二", 0),
        ("institution=武昌区人民", 3),
        ("institution=wcq", 3),
        ("institution=中医", 0),
        ("enterprise=C制药", 1),
        ("variety=胶囊A", 1),
        ("variety=ZAB", 1),
        ("county=420106", 3),
    ],
)
def test_it_filters(reported, client_of, city_reviewer, query, found):
    response = client_of(city_reviewer).get(f"{url(PAGE, 'FL')}?{query}")
    assert len(rows_of(response)) == found


@pytest.mark.parametrize(("city", "found"), [("420100", 3), ("420200", 0)])
def test_the_province_filters_by_city(reported, client_of, province_officer, city, found):
    response = client_of(province_officer).get(f"{url(PAGE, 'FL')}?city={city}")
    assert len(rows_of(response)) == found


@pytest.mark.covers("S0-31")
def test_another_project_is_one_choice_away(
    reported, client_of, city_reviewer, institutions, alliance_officer
):
    project = make.allocation_project(institutions, code="FL2")
    make.worked_products(project)
    make.volume(project, reported.hospital, make.UNSELECTED, 10)
    make.published(project, alliance_officer)
    client = client_of(city_reviewer)

    page = client.get(url(PAGE, "FL"))
    response = client.get(f"{url(PAGE, 'FL')}?project=FL2")

    assert [code for code, _name in page.context["projects"]] == ["FL", "FL2"]
    assert response.url == url(PAGE, "FL2")


def test_returned_reports_don_t_count(reported, client_of, city_reviewer):
    with whole_country(reason="test"):
        perform([reported.filing()], Action.RETURN, by=Actor.of(city_reviewer), reason="请核对")

    assert rows_of(client_of(city_reviewer).get(url(PAGE, "FL"))) == []


@pytest.mark.covers("S0-33")
def test_it_is_exported_as_filtered(reported, client_of, city_reviewer):
    address = f"{url('agreement_export', 'FL')}?enterprise=C制药"
    heading, *rows = sheet_of(client_of(city_reviewer), address)

    (line,) = (dict(zip(heading, row, strict=True)) for row in rows)
    assert (line["机构编码"], line["医疗机构"]) == ("H42010600001", "武昌区人民医院")
    assert (line["省份"], line["地市"]) == ("湖北省", "武汉市")
    assert (line["标的"], line["中选企业"]) == ("标的一", "C制药")
    assert (line["协议采购量"], line["合同金额（元）"]) == (9_091, 12_121.33)
    assert line["申报状态"] == "待市医保审核"


def test_exporting_needs_the_right(reported, client_of, city_reviewer):
    reader = sub_account_of(city_reviewer)
    client = client_of(reader)

    assert "导出" not in text_of(client.get(url(PAGE, "FL")))
    assert client.get(url("agreement_export", "FL")).status_code == 403


@pytest.fixture
def maker_of_c(reported, tree):
    return enterprise_account(reported.products["C"].enterprise, Role.MANUFACTURER, tree["0"])


def climb(round_, tree, city_reviewer, province_officer):
    """The report approved up to the province, which submits."""
    with whole_country(reason="test"):
        below = round_.filing()
        for person, code in ((city_reviewer, "420100"), (province_officer, "42")):
            by = Actor.of(person)
            perform([below], Action.APPROVE, by=by)
            (below,) = perform(
                [make.filing_of(round_.project, tree[code])], Action.SUBMIT, by=by, confirmed=True
            )
    return below


def test_an_enterprise_sees_provinces_and_after_conclusion_institutions(
    reported, tree, client_of, maker_of_c, city_reviewer, province_officer, alliance_officer
):
    client = client_of(maker_of_c)
    assert rows_of(client.get(url(PAGE, "FL"))) == []

    province = climb(reported, tree, city_reviewer, province_officer)
    (by_province,) = rows_of(client.get(url(PAGE, "FL")))
    assert by_province[0] == "湖北省医疗保障局"
    assert "武昌区人民医院" not in client.get(url(PAGE, "FL")).content.decode()
    assert len(sheet_of(client, url("agreement_export", "FL"))) == 2

    with whole_country(reason="test"):
        perform([province], Action.APPROVE, by=Actor.of(alliance_officer))
        conclude_project(reported.project, by=Actor.of(alliance_officer), confirmed=True)
    (by_institution,) = rows_of(client.get(url(PAGE, "FL")))
    assert (by_institution[0], by_institution[2]) == ("武昌区人民医院", "C制药")


def test_a_rival_sees_nothing_of_others(reported, tree, client_of, city_reviewer, province_officer):
    climb(reported, tree, city_reviewer, province_officer)
    rival = enterprise_account(reported.products["B"].enterprise, Role.MANUFACTURER, tree["0"])

    rows = rows_of(client_of(rival).get(url(PAGE, "FL")))

    assert {row[2] for row in rows} == {"B制药"}

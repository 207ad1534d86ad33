"""中选结果签章件: every winner for the alliance, those that supply it for a province; blanks stay blank."""

import pytest
from django.urls import reverse

from apps.exchange.domain.paper_content import Paper
from apps.projects.files.papers import winner_paper
from apps.projects.models import Phase, WinningProduct, WinningTerms
from apps.scope.context import whole_country
from apps.scope.paths import ROOT
from tests.factories_projects import (
    ProjectFactory,
    WinningProductFactory,
    enroll,
    ready_project,
    walk_to,
)
from tests.pages import tags
from tests.pdf_reading import content_of, pages_of, squeezed

pytestmark = pytest.mark.usefixtures("db", "country")


@pytest.fixture
def project(tree):
    """Published: one product for all, one for Hubei, one for Shanxi."""
    project = ready_project(tree["H42010600001"], code="FL-1")
    enroll(project, tree["H14010500001"])
    for code, supplied, capacity in (("P-HB", ["42"], 4_000_000), ("P-SX", ["14"], None)):
        WinningProductFactory(
            item__project=project,
            item__item_code=code,
            item__competition_unit=f"单元{code}",
            supplied=[tree[province] for province in supplied],
            capacity=capacity,
        )
    return walk_to(project, Phase.PUBLISHED)


def address(project):
    return reverse("projects:winner_paper", args=[project.code])


def paper(client, project):
    return pages_of(content_of(client.get(address(project))))


def test_every_winner_with_its_terms(project, client_of, alliance_officer):
    whole = squeezed("".join(paper(client_of(alliance_officer), project)))

    products = WinningProduct.objects.filter(project=project).with_terms()
    assert len(products) == 3
    for product in products.select_related("item", "enterprise"):
        item, maker = product.item, product.enterprise
        for cell in (item.competition_unit, item.item_code, item.variety, maker.name, maker.uscc):
            assert squeezed(cell) in whole
        assert f"{product.price:,.2f}" in whole
        assert f"{product.pack:,}{item.unit}" in whole
    assert "4,000,000湖北" in whole
    assert "不限山西" in whole
    assert "1,000,000全部" in whole
    assert whole.count("全部") == 3  # of the range, of the winner for all, of what is signed for
    assert "共3个中选产品" in whole
    assert "（FL-1）" in whole
    assert "第1版" in whole
    assert "不能用于签章" not in whole


@pytest.mark.parametrize(
    ("persona", "own", "foreign"),
    [("province_officer", "P-HB", "P-SX"), ("neighbour_officer", "P-SX", "P-HB")],
)
def test_a_province_gets_what_supplies_it(project, client_of, request, persona, own, foreign):
    text = "".join(paper(client_of(request.getfixturevalue(persona)), project))

    assert own in text
    assert foreign not in text
    assert "全部" in text


def test_others_get_none(project, client_of, city_reviewer, hospital_clerk, manufacturer_agent):
    for person in (city_reviewer, hospital_clerk, manufacturer_agent):
        assert client_of(person).get(address(project)).status_code == 403


def test_before_publication_it_says_that_it_may_not_be_signed(tree, client_of, alliance_officer):
    draft = ProjectFactory(code="FL-2")
    WinningProductFactory(item__project=draft)

    text = squeezed(paper(client_of(alliance_officer), draft)[0])

    assert "项目还没有发布，中选结果可能变化，本件不能用于签章。" in text
    assert "未发布" in text


def test_the_latest_terms_number_it(tree, client_of, alliance_officer):
    draft = ProjectFactory(code="FL-2")
    product = WinningProductFactory(item__project=draft)
    WinningTerms.objects.create(
        product=product, version=2, price="27.5", pack=36, daily_usage=9, cut=54
    )

    text = paper(client_of(alliance_officer), draft)[0]

    assert "第 2 版" in text
    assert "27.50" in text
    assert "54%" in text


def test_open_terms_stay_open(tree):
    draft = ProjectFactory(code="FL-2")
    product = WinningProductFactory(item__project=draft)
    WinningTerms.objects.filter(product=product).delete()

    made: Paper = winner_paper({"project_id": draft.pk, "place": ROOT})

    (row,) = made.sections[0].rows
    assert (row[8], row[9], row[11]) == ("—", "—", "—")
    assert "有 1 个中选产品的价格、包装或降幅还没有补全。" in made.warning


def test_without_winners_the_page_says_so(tree, client_of, alliance_officer):
    draft = ProjectFactory(code="FL-2")

    answer = client_of(alliance_officer).get(address(draft), follow=True)

    assert "还没有中选结果，没有可以签章的内容。" in answer.content.decode()


def test_pages_lead_to_it(project, client_of, alliance_officer, province_officer, city_reviewer):
    for person, found in ((alliance_officer, 1), (province_officer, 1), (city_reviewer, 0)):
        with whole_country(reason="test"):
            client = client_of(person)
        for page in ("projects:winner_list", "allocation:supply_list"):
            html = client.get(reverse(page, args=["FL-1"])).content.decode()
            assert len(tags(html, "a", href=address(project))) == found

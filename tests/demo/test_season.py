"""`DEMO-LV` and `DEMO-LV-FL`: every way from a base to agreed volumes, and the allocation that was made of them."""

from collections import Counter

import pytest
from django.db.models import Count, F, Sum
from django.utils import timezone

from apps.accounts.domain.scopes import scope_of
from apps.accounts.models import User
from apps.allocation.models import AllocationRow, Generation, Slot, SlotLine
from apps.projects.models import Phase, Project, WinningProduct, WinningTerms, lacking_terms
from apps.review.domain.holding import editability
from apps.review.models import Filing
from apps.scope.context import enter
from apps.volumes.models import AgreedTerms, AgreedVersion, KeptBy, WinnerShare
from tests.allocation.reading import text_of

pytestmark = pytest.mark.usefixtures("demo", "db", "country")

RULES = {"r1": {0, 1, 2, 3, 4}, "r2": {0, 2}, "r4": {2}, "r6": {2, 3}}
"""By rule the numbers of winners of its competition units."""


@pytest.fixture
def version():
    return AgreedVersion.objects.published().get(project__code="DEMO-LV")


@pytest.fixture
def lines():
    rows = SlotLine.objects.filter(slot=Slot.SELECTED, row__project__code="DEMO-LV-FL")
    return rows.select_related("product__enterprise", "product__item", "row__item")


def test_the_round_is_concluded_and_has_every_rule(version):
    terms = AgreedTerms.objects.filter(version=version)
    found: dict[str, set[int]] = {}
    for rule, winners in terms.values_list("rule", "winners"):
        found.setdefault(rule, set()).add(winners)

    assert version.project.phase == Phase.CONCLUDED
    assert found == RULES
    assert {str(each) for each in terms.values_list("coefficient", flat=True)} == {
        "0.500000", "1.000000", "2.000000",
    }  # fmt: skip
    assert set(terms.values_list("ratio_class", flat=True)) == {"normal", "antibiotic", "strict"}


def test_only_two_provinces_take_part(version):
    paths = Filing.objects.filter(project=version.project, tier="institution").values_list(
        "path", flat=True
    )

    assert {path[:6] for path in paths} == {"/0/42/", "/0/14/"}


def test_one_unit_is_won_only_by_a_folded_specification(version):
    unit = AgreedTerms.objects.filter(
        version=version, item__competition_unit__startswith="普瑞巴林"
    )
    won = unit.filter(is_selected=True).values_list("item__item_code", "main__item_code")

    assert (unit.count(), list(won)) == (2, [("LV25", "LV24")])


def test_each_province_has_its_own_primary_supplier_of_one_item(version):
    kept = KeptBy.objects.filter(version=version, item__item_code="LV26")

    assert set(kept.values_list("path", "enterprise__name")) == {
        ("/0/42/", "江城制药股份有限公司"),
        ("/0/14/", "晋源中药制药有限公司"),
    }


def test_results_came_in_two_steps():
    terms = WinningTerms.objects.filter(product__project__code="DEMO-LV")
    products = WinningProduct.objects.filter(project__code="DEMO-LV")

    assert set(terms.filter(version=1).values_list("price", "pack", "daily_usage")) == {
        (None, None, None)
    }
    assert terms.filter(version=2).exclude(lacking_terms()).count() == products.count()


def test_published_shares_are_what_institutions_confirm(version, lines):
    ranked = WinnerShare.objects.filter(version=version).values_list("competition_unit", flat=True)
    confirmed: Counter[tuple[str, str]] = Counter()
    for unit, enterprise, total in (
        lines.filter(row__item__competition_unit__in=set(ranked))
        .values_list("row__item__competition_unit", "product__enterprise__name")
        .annotate(Sum("contract"))
    ):
        confirmed[unit, enterprise] = total
    published = {
        (share.competition_unit, share.enterprise.name): share.quantity
        for share in WinnerShare.objects.filter(version=version).select_related("enterprise")
        if share.enterprise and "人工晶状体" in share.competition_unit
    }

    assert len(set(ranked)) == 3
    assert {unit: total for unit, total in confirmed.items() if unit in published} == published


def test_the_allocation_stands_on_the_published_version(version):
    made = Generation.objects.get(project__code="DEMO-LV-FL")

    assert (made.version, made.source.code) == (version, "DEMO-LV")
    assert made.preview["problems"] == []


@pytest.mark.parametrize("number", [1, 2, 5, 6, 7])
def test_hospitals_confirm_ranks_of_several_enterprises_and_allocate(number, lines):
    account = User.objects.get(username=f"hospital{number}")
    with enter(scope_of(account)):
        project = Project.objects.get(code="DEMO-LV-FL")
        filing = Filing.objects.get(project=project)
        rows = AllocationRow.objects.of_filing(filing)
        shared = lines.filter(row__in=rows).values("row").annotate(n=Count("product__enterprise"))

        assert editability(project, filing, "分量", at=timezone.now())
        assert max(each["n"] for each in shared) == 3
        assert lines.filter(row__in=rows).exclude(row__item=F("product__item")).exists()
        assert rows.to_allocate().exists()


def test_agreements_of_those_who_have_reported_are_there(client_of):
    page = client_of(User.objects.get(username="alliance")).get(
        "/allocation/DEMO-LV-FL/agreements/"
    )

    assert "江城制药股份有限公司" in text_of(page)
    assert "武昌区紫阳街道社区卫生服务中心" in text_of(page)


def test_a_product_says_for_which_reported_item_it_is(client_of):
    page = client_of(User.objects.get(username="hospital1")).get("/allocation/DEMO-LV-FL/selected/")

    assert "LV01 · 疏水性丙烯酸酯 非球面 预装式；填报 LV02 · 亲水性丙烯酸酯" in text_of(page)


PAGES = {
    "alliance": ("/analysis/DEMO-LV/base/", "/analysis/DEMO-LV/agreed/", "/analysis/DEMO-LV/agreed/units/",
                 "/allocation/DEMO-LV-FL/generation/", "/allocation/DEMO-LV-FL/supply/"),
    "province42": ("/analysis/DEMO-LV/base/", "/analysis/DEMO-LV/agreed/", "/review/DEMO-LV-FL/",
                   "/allocation/DEMO-LV-FL/supply/", "/allocation/DEMO-LV-FL/agreements/"),
    "hospital1": ("/analysis/DEMO-LV/agreed/", "/allocation/DEMO-LV-FL/supply/", "/allocation/DEMO-LV-FL/pending/",
                  "/allocation/DEMO-LV-FL/report/"),
    "maker1": ("/allocation/DEMO-LV-FL/agreements/", "/projects/DEMO-LV-FL/"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("username", "path"), [(name, path) for name, paths in PAGES.items() for path in paths]
)
def test_pages_stand_on_the_season(username, path, client_of):
    client = client_of(User.objects.get(username=username))

    assert client.get(path).status_code == 200

"""What refuses the publication of an allocation, and what its publisher is told (rules §3a.3, §3a.9)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.domain.actors import Actor
from apps.allocation.domain.refusals import NoTie
from apps.allocation.domain.slots.picking import pick_enterprise
from apps.allocation.models import GroupDesignation
from apps.organizations.models import Enterprise
from apps.projects.models import Participation, WinningTerms
from apps.review.domain.refusals import NotYourTurn, PublicationRefused
from apps.review.domain.rounds.publishing import publication_report, publish_project
from tests import factories_allocation as make

pytestmark = pytest.mark.usefixtures("country")
TIED = {"A": ("6", 30, "40.00", "50"), "B": ("6", 30, "40.00", "40")}


@pytest.fixture
def draft(tree, institutions):
    return make.allocation_project(institutions)


@pytest.fixture
def hospital(tree):
    return tree["H42010600001"]


def problems(project):
    return list(publication_report(project).problems)


def warnings(project):
    return list(publication_report(project).warnings)


def test_without_volumes_nothing_is_published(draft):
    make.worked_products(draft)
    assert problems(draft) == ["还没有导入分配量，请先在“分配量导入”中上传"]


def test_institutions_that_take_no_part(draft, hospital):
    make.worked_products(draft)
    make.volume(draft, hospital, "U", 100)
    Participation.objects.filter(organization=hospital).delete()

    assert problems(draft) == ["有分配量的机构不在参加名单中：H42010600001"]


def test_winners_without_terms(draft, hospital):
    products = make.worked_products(draft)
    make.volume(draft, hospital, "U", 100)
    WinningTerms.objects.filter(product=products["B"]).delete()

    assert problems(draft) == ["有 1 个中选产品的价格、包装、日均使用量或降幅还没有填。"]


class TestTies:
    @pytest.fixture
    def tied(self, draft, hospital):
        for code, terms in TIED.items():
            make.winner(draft, code, terms=terms)
        make.catalog_item(draft, "U")
        make.volume(draft, hospital, "U", 100)
        return draft

    def pick(self, project, name, officer, slot="lowest"):
        return pick_enterprise(
            project=project,
            product_group="产品组一",
            slot=slot,
            enterprise=Enterprise.objects.get(name=name),
            by=Actor.of(officer),
        )

    def test_a_tie_refuses_until_it_is_decided(self, tied, alliance_officer):
        assert problems(tied) == [
            "产品组“产品组一”日均费用最低并列（A制药、B制药，1 个省），请先指定"
        ]
        with pytest.raises(PublicationRefused):
            publish_project(tied, by=Actor.of(alliance_officer))

        assert self.pick(tied, "B制药", alliance_officer) == 1

        publish_project(tied, by=Actor.of(alliance_officer))
        designation = GroupDesignation.objects.get()
        assert (designation.lowest.name, designation.highest.name) == ("B制药", "A制药")

    def test_the_last_pick_holds(self, tied, alliance_officer):
        self.pick(tied, "B制药", alliance_officer)
        self.pick(tied, "A制药", alliance_officer)

        publish_project(tied, by=Actor.of(alliance_officer))

        assert GroupDesignation.objects.get().merged

    def test_only_the_tied_can_be_picked(self, tied, alliance_officer):
        make.EnterpriseFactory(name="局外制药")
        with pytest.raises(NoTie):
            self.pick(tied, "局外制药", alliance_officer)
        with pytest.raises(NoTie):
            self.pick(tied, "A制药", alliance_officer, slot="highest")

    def test_only_the_alliance_picks(self, tied, province_officer):
        with pytest.raises(NotYourTurn, match="只有联采办"):
            self.pick(tied, "A制药", province_officer)


def test_a_group_without_a_winner_in_the_province_is_left_out_and_named(
    draft, hospital, tree, alliance_officer
):
    make.supplied_products(draft, {code: ["14"] for code in "ABC"}, tree)
    make.volume(draft, hospital, "U", 100)
    make.volume(draft, tree["H14010500001"], "U", 100)

    assert problems(draft) == []
    assert warnings(draft) == ["产品组“产品组一”在湖北省没有中选产品，1 行不参加分配"]
    make.published(draft, alliance_officer)
    left_out = make.row_of(draft, hospital, "U")
    assert (left_out.is_excluded, left_out.pending, left_out.other) == (True, 80, 0)
    assert not make.row_of(draft, tree["H14010500001"], "U").is_excluded


def test_a_winner_that_does_not_supply_the_province_keeps_nothing_there(
    draft, hospital, tree, alliance_officer
):
    make.supplied_products(draft, {"C": ["14"]}, tree)
    make.volume(draft, hospital, "C", 8_003)
    make.published(draft, alliance_officer)

    row = make.row_of(draft, hospital, "C")
    assert (row.kept, row.pending) == (0, 6_402)


def test_confirmed_quantities_beyond_a_capacity_refuse(draft, hospital, tree):
    make.worked_products(draft, {"C": 11_520})
    make.volume(draft, hospital, "C", 8_003)
    make.volume(draft, tree["H42010000001"], "C", 8_001)

    assert problems(draft) == [
        "C制药 测试胶囊C 0.3g×30粒 的确认量合计 11,521，超过最大产能 11,520，超出 1"
    ]


def test_confirmed_quantities_may_fill_a_capacity(draft, hospital):
    make.worked_products(draft, {"C": 5_761})
    make.volume(draft, hospital, "C", 8_003)
    assert problems(draft) == []


def test_they_don_t_refuse_where_they_don_t_count(tree, institutions, hospital):
    project = make.allocation_project(institutions, capacity_counts_confirmed=False)
    make.worked_products(project, {"C": 1})
    make.volume(project, hospital, "C", 8_003)
    assert problems(project) == []


def test_fixed_shares_beyond_what_is_left_warn(draft, hospital):
    make.worked_products(draft, {"A": 4_499})
    make.volume(draft, hospital, "U", 12_503)

    (warning,) = warnings(draft)

    assert "A制药" in warning
    assert "折合 4,500 粒，确认量之外的产能只有 4,499 粒" in warning
    assert problems(draft) == []


def test_fixed_shares_within_what_is_left_are_fine(draft, hospital):
    make.worked_products(draft, {"A": 4_500, "B": 1_000})
    make.volume(draft, hospital, "U", 12_503)
    assert warnings(draft) == []


@pytest.mark.parametrize(
    ("code", "numbers", "problem"),
    [
        (
            "U",
            {"kept": 10, "pending": 0},
            "品规 U 有 1 行导入了中选产品确认量，但该品规在本省没有中选产品",
        ),
        ("C", {"kept": 10, "pending": 0}, None),
    ],
)
def test_given_numbers_must_fit_the_winners(draft, hospital, code, numbers, problem):
    make.worked_products(draft)
    make.volume(draft, hospital, code, 100, **numbers)
    assert problems(draft) == ([problem] if problem else [])


def test_a_given_lowest_share_where_both_are_one_enterprise(draft, hospital):
    make.merged_products(draft)
    make.volume(draft, hospital, "U", 100, kept=0, pending=80, lowest=10, highest=30, other=40)
    assert problems(draft) == [
        "品规 U 有 1 行导入了日均费用最低份额，但日均费用最低和降幅最高是同一家企业"
    ]


def test_given_numbers_are_kept_as_they_came(draft, hospital, alliance_officer):
    make.worked_products(draft)
    make.volume(draft, hospital, "U", 100, kept=0, pending=90, lowest=10, highest=30, other=50)
    make.published(draft, alliance_officer)

    row = make.row_of(draft, hospital, "U")
    assert [row.agreed, row.pending, row.lowest, row.highest, row.other] == [90, 90, 10, 30, 50]


def test_publishing_costs_the_same_for_any_number_of_institutions(
    tree, institutions, alliance_officer
):
    statements = []
    for code, units in (("FL1", institutions[:1]), ("FL6", institutions)):
        project = make.allocation_project(units, code=code)
        make.worked_products(project)
        for unit in units:
            make.volume(project, unit, "U", 100)
            make.volume(project, unit, "C", 100)
        with CaptureQueriesContext(connection) as counted:
            publish_project(project, by=Actor.of(alliance_officer))
        statements.append(len(counted))

    assert statements[0] == statements[1]

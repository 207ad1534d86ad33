"""What volumes, allocation and delivery say in 办理情况 of a demand round and of what was generated from it."""

import pytest
from django.utils import timezone

from apps.accounts.domain.scopes import scope_of
from apps.accounts.models import User
from apps.allocation.models import Generation
from apps.distribution.domain.agreements.progress import progress_of, summed
from apps.distribution.models import Agreement, AgreementStatus
from apps.projects.models import Project
from apps.review.domain.checklist import checklist_of
from apps.scope.context import enter, whole_country
from apps.volumes.models import AgreedVersion, WinnerShare
from tests import factories_agreements as make
from tests.cast import Tree
from tests.pages import tags
from tests.volumes import rounds

pytestmark = pytest.mark.django_db


def words(project: Project, person: User) -> dict[str, str]:
    with enter(scope_of(person)):
        return {line.key: line.words for line in checklist_of(project, person.path).lines}


@pytest.fixture
def cascaded(tree: Tree, alliance_officer: User) -> tuple[Project, AgreedVersion]:
    """One enterprise won where three ranks were set: two ranks are nobody's."""
    project = rounds.approved_round(
        {tree["H42010600001"]: {"A": 50_000}},
        alliance_officer,
        units={"A": "甲"},
        product_type="consumable",
    )
    rounds.won(project, ("A", "甲厂", None, 1), ("A", "乙厂", None, 2), ("A", "丙厂", None, 3))
    rounds.published_base(project, alliance_officer)
    version = rounds.generated(project, alliance_officer)
    return project, version


def vacate(version: AgreedVersion, *ranks: int) -> None:
    with whole_country(reason="test"):
        WinnerShare.objects.filter(version=version, rank__in=ranks).update(enterprise="")


def test_versions_are_told_as_far_as_the_reader_sees_them(
    cascaded: tuple[Project, AgreedVersion], alliance_officer: User, county_reviewer: User
):
    project, _ = cascaded

    own, below = words(project, alliance_officer), words(project, county_reviewer)

    assert own["base"] == below["base"] == "约定采购量计算基数 第 1 版已发布"
    assert (own["agreed"], below["agreed"]) == ("约定采购量 第 1 版待复核", "约定采购量 还没有")
    assert own["generated"] == "由此生成的分量任务 0 个"


def test_ranks_without_an_enterprise_are_open_and_listed(
    cascaded: tuple[Project, AgreedVersion], alliance_officer: User, client_of
):
    project, version = cascaded
    none = words(project, alliance_officer)["ranks"]
    vacate(version, 2, 3)

    with enter(scope_of(alliance_officer)):
        (line,) = [x for x in checklist_of(project, "/0/").lines if x.key == "ranks"]
    page = client_of(alliance_officer).get(line.href).content.decode()

    assert none == "名次无企业 0 / 3 个名次"
    assert (line.value, line.is_open) == ("2 / 3 个名次", True)
    assert [row.words[:2] for row in tags(page, "tr")[1:]] == ["甲2", "甲3"]


def test_agreements_are_those_of_the_progress_page(
    tree: Tree,
    manufacturer_agent: User,
    alliance_officer: User,
    hospital_clerk: User,
    cascaded: tuple[Project, AgreedVersion],
):
    demand, version = cascaded
    deal = make.deal(tree, manufacturer_agent, alliance_officer, hospital_clerk)
    deal.choose(A=deal.relation("A"), B=deal.relation("B", carrier=1))
    deal.draw()
    with whole_country(reason="test"):
        agreement = Agreement.objects.order_by("pk").first()
        Agreement.objects.filter(pk=agreement.pk).update(
            status=AgreementStatus.SIGNED, signed_at=timezone.now()
        )
        Generation.objects.create(project=deal.project, source=demand, version=version)
        make.concluded(demand)
        total = summed(progress_of(deal.project, "/0/"))

    own, source = words(deal.project, alliance_officer), words(demand, alliance_officer)

    assert (total.products, total.drawn, total.signed) == (3, 2, 1)
    assert (own["drawn"], own["signed"]) == ("三方协议已生成 2 / 3 项", "三方协议已签署 1 / 3 项")
    assert (source["drawn"], source["signed"]) == (own["drawn"], own["signed"])
    assert source["generated"] == "由此生成的分量任务 1 个（FL-AG（办结））"


def test_nothing_is_said_of_agreements_before_the_end(
    tree: Tree, manufacturer_agent: User, alliance_officer: User, hospital_clerk: User
):
    deal = make.deal(tree, manufacturer_agent, alliance_officer, hospital_clerk, conclude=False)

    assert "drawn" not in words(deal.project, alliance_officer)

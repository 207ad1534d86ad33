"""What refuses publication on the project's side: each reason, and nothing else."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from apps.organizations.models import Organization, Tier
from apps.projects.domain.publication import lacks, publication_problems
from apps.projects.models import (
    CatalogItem,
    Participation,
    Project,
    ProjectKind,
    ProjectWindow,
    ProvinceSettings,
    WinningProduct,
    WinningTerms,
)
from tests.factories_projects import ProjectFactory, ready_project

pytestmark = pytest.mark.usefixtures("db", "country")


def test_publication_problems_of_a_ready_project_are_none(tree):
    assert publication_problems(ready_project(tree["H42010600001"])) == []


def test_publication_problems_of_an_empty_draft_name_everything():
    found = lacks(ProjectFactory())

    assert [(lack.sentence, lack.page) for lack in found] == [
        ("项目还是草稿，请先进入筹备，让各省确认审核层级和时间。", "project_detail"),
        ("医疗机构还没有设置时间窗口。", "window_edit"),
        ("市医保还没有设置时间窗口。", "window_edit"),
        ("省医保还没有设置时间窗口。", "window_edit"),
        ("还没有目录，请导入。", "catalogue_import"),
        ("还没有中选结果，请导入。", "catalogue_import"),
        ("还没有选定参加机构。", "participant_add"),
    ]


def _end_yesterday(_project) -> None:
    yesterday = timezone.now() - timedelta(days=1)
    ProjectWindow.objects.filter(tier=Tier.INSTITUTION).update(
        opens_at=yesterday - timedelta(days=1), closes_at=yesterday
    )


def _city_ends_first(project) -> None:
    """As of a tier that joins the chain after its time was set: a window alone can't be set so."""
    soon = timezone.now() + timedelta(days=1)
    Project.objects.filter(pk=project.pk).update(chain=[Tier.PROVINCE])
    ProjectWindow.objects.filter(tier=Tier.CITY).update(closes_at=soon)
    _judged_now()
    Project.objects.filter(pk=project.pk).update(chain=[Tier.CITY, Tier.PROVINCE])


def _judged_now() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def _county_joins(project) -> None:
    province = Organization.objects.get(code="42")
    ProvinceSettings.objects.create(
        project=project, province=province, path=province.path, chain=["county", "province"]
    )


CHANGES = {
    "window over": (_end_yesterday, "医疗机构的时间窗口已经结束。"),
    "upper ends first": (_city_ends_first, "市医保的时间窗口早于医疗机构结束。"),
    "a province's own tier": (_county_joins, "区县医保还没有设置时间窗口。"),
    "no participants": (
        lambda _project: Participation.objects.all().delete(),
        "还没有选定参加机构。",
    ),
    "reports through": (
        lambda _project: Organization.objects.filter(code="H42010600001").update(
            reports_through=Organization.objects.get(code="H42010600002")
        ),
        "参加机构中有 1 家由其他机构代报，请移除。",
    ),
    "no winners": (
        lambda _project: WinningProduct.objects.all().delete(),
        "还没有中选结果，请导入。",
    ),
    "no catalogue": (
        lambda _project: CatalogItem.objects.all().delete(),
        "还没有目录，请导入。",
    ),
    "no terms": (
        lambda _project: WinningTerms.objects.all().delete(),
        "个中选产品的价格、包装、日均使用量或降幅还没有填。",
    ),
}


@pytest.mark.parametrize(("change", "sentence"), CHANGES.values(), ids=CHANGES.keys())
def test_publication_problems_name_each_lack(change, sentence, tree):
    project = ready_project(tree["H42010600001"])

    change(project)

    assert any(sentence in problem for problem in publication_problems(project))


@pytest.mark.parametrize(
    ("kind", "refuses"), [(ProjectKind.DEMAND, True), (ProjectKind.ALLOCATION, False)]
)
def test_a_unit_that_was_shut_since_is_removed_unless_it_has_volumes(kind, refuses, tree):
    """What was dealt out to it stays its own: an allocation is published with it."""
    project = ready_project(tree["H42010600001"], kind=kind)
    Organization.objects.filter(code="H42010600001").update(is_active=False)

    said = "参加机构中有 1 家已禁用，请移除。"
    assert (said in publication_problems(project)) is refuses


def test_lacks_takes_constant_statements(tree, django_assert_max_num_queries):
    project = ready_project(tree["H42010600001"])

    with django_assert_max_num_queries(5):
        lacks(project)

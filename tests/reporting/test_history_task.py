"""历史采购量 as a task of its own: what it approves becomes the baseline of the projects that name it (S3-31)."""

import pytest
from django.urls import reverse

from apps.accounts.domain.actors import Actor
from apps.projects.models import Phase, Project, ProjectKind
from apps.reporting.domain.purchases.acts import take_over_history
from apps.reporting.domain.refusals import HistoryRefused
from apps.reporting.models import PurchaseHistory
from apps.review.domain.rounds.publishing import publication_report
from apps.review.models.statuses import Status
from apps.scope.context import whole_country
from tests import factories_demand as make
from tests.allocation.reading import text_of
from tests.factories_review import put

pytestmark = pytest.mark.django_db

CHAIN = ["county", "city", "province"]
HOSPITAL, CITY_HOSPITAL, STRANGER = "H42010600001", "H42010000001", "H14010500001"


@pytest.fixture
def task(tree, alliance_officer):
    """Three hospitals reported what they bought in 2025; the stranger's report is not approved."""
    units = [tree[code] for code in (HOSPITAL, CITY_HOSPITAL, STRANGER)]
    task = make.demand_project(units, code="RW", kind=ProjectKind.HISTORY, chain=CHAIN)
    make.published(task, alliance_officer)
    for number, unit in enumerate(units):
        quantities = {"P0001": 100 + number, "P0002": 0, "P0003": None}
        make.planned(task, unit, quantities)
    filings = [make.filing_of(task, unit) for unit in units]
    put(Status.APPROVED, *filings[:2])
    put(Status.SUBMITTED, filings[2])
    return task


@pytest.fixture
def project(tree, task):
    """In preparation; the city's hospital takes no part."""
    units = [tree[HOSPITAL], tree[STRANGER]]
    return make.demand_project(units, code="BL", chain=CHAIN, history_project=task)


def bought(project):
    with whole_country(reason="test"):
        rows = PurchaseHistory.objects.filter(project=project)
        return {
            (unit, item): number
            for unit, item, number in rows.values_list(
                "organization__code", "item__item_code", "quantity"
            )
        }


@pytest.mark.covers("S3-31")
def test_approved_lines_become_the_baseline_at_publication(project, alliance_officer):
    make.published(project, alliance_officer)

    assert bought(project) == {(HOSPITAL, "P0001"): 100, (HOSPITAL, "P0002"): 0}


def test_the_publisher_reads_that_the_task_is_still_running(project, task):
    with whole_country(reason="test"):
        assert "尚未办结" in publication_report(project).warnings[-1]


@pytest.mark.covers("S3-31")
def test_later_approvals_are_taken_over_on_demand(project, task, tree, alliance_officer, client_of):
    make.published(project, alliance_officer)
    put(Status.APPROVED, make.filing_of(task, tree[STRANGER]))
    client = client_of(alliance_officer)
    url = reverse("reporting:purchase_take_over", args=["BL"])

    first = client.post(url, follow=True)
    again = client.post(url, follow=True)

    assert "带入 2 个采购量" in text_of(first)
    assert "带入 0 个采购量" in text_of(again)
    assert bought(project)[STRANGER, "P0001"] == 102


@pytest.mark.parametrize("level", [HOSPITAL, "420106"])
def test_who_has_reported_keeps_its_baseline(project, task, tree, alliance_officer, level):
    make.published(project, alliance_officer)
    put(Status.SUBMITTED, make.filing_of(project, tree[level]))
    for code in (HOSPITAL, STRANGER):
        put(Status.RETURNED, make.filing_of(task, tree[code]))
        make.planned(task, tree[code], {"P0004": 7})
        put(Status.APPROVED, make.filing_of(task, tree[code]))

    with whole_country(reason="test"):
        taken = take_over_history(project=project, by=Actor.of(alliance_officer))

    assert taken == 3
    assert (HOSPITAL, "P0004") not in bought(project)
    assert bought(project)[STRANGER, "P0004"] == 7


@pytest.mark.usefixtures("country")
def test_only_the_alliance_takes_over_and_only_while_it_matters(
    project, tree, province_officer, alliance_officer
):
    with pytest.raises(HistoryRefused, match="由联采办带入"):
        take_over_history(project=project, by=Actor.of(province_officer))

    make.published(project, alliance_officer)
    for phase in (Phase.CLOSED, Phase.CONCLUDED):
        Project.objects.filter(pk=project.pk).update(phase=phase)
    with pytest.raises(HistoryRefused, match="已办结"):
        take_over_history(project=project, by=Actor.of(alliance_officer))


def test_a_task_has_no_history_pages_of_its_own(task, client_of, alliance_officer):
    url = reverse("reporting:purchase_list", args=["RW"])
    assert client_of(alliance_officer).get(url).status_code == 404

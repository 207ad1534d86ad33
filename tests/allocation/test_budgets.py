"""What the lists of allocation cost: the same for one row and for fifty."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.domain.actors import Actor
from apps.allocation.domain.confirming import confirm_selected
from apps.review.domain.performing import perform
from apps.review.models import Filing
from apps.review.models.statuses import Action
from apps.scope.context import whole_country
from tests import factories
from tests import factories_allocation as make
from tests.allocation.reading import rows_of, url

BUDGETS = {
    "supply_list": 10,
    "selected_list": 10,
    "pending_list": 9,
    "report_detail": 11,
    "agreement_list": 8,
}
OF_THE_ALLIANCE = {"volume_list": 6, "pool_list": 5, "agreement_list": 9}


def round_of(count, tree, alliance_officer, hospital):
    """`count` selected items of one hospital, all confirmed and reported."""
    project = make.allocation_project([hospital], code=f"FL{count}", keep_other="1")
    with whole_country(reason="test"):
        maker = factories.EnterpriseFactory(name=f"{count}号制药")
        for number in range(count):
            make.winner(project, f"A{number:02d}", terms=("6", 30, "40", "50"), enterprise=maker)
    for number in range(count):
        make.volume(project, hospital, f"A{number:02d}", 1_000)
    return make.published(project, alliance_officer)


@pytest.fixture(params=[1, 50])
def sized(request, tree, alliance_officer, hospital_clerk):
    project = round_of(request.param, tree, alliance_officer, tree["H42010600001"])
    return project, request.param


def statements(client, address):
    client.get(address)
    with CaptureQueriesContext(connection) as counted:
        response = client.get(address)
    assert response.status_code == 200
    return len(counted), len(rows_of(response))


@pytest.mark.parametrize("page", BUDGETS)
def test_pages_of_the_institution(sized, client_of, hospital_clerk, page):
    project, _count = sized
    cost, _rows = statements(client_of(hospital_clerk), f"{url(page, project.code)}?per_page=100")
    assert cost == BUDGETS[page]


@pytest.mark.parametrize("page", OF_THE_ALLIANCE)
def test_pages_of_the_alliance(sized, client_of, hospital_clerk, alliance_officer, page):
    project, count = sized
    with whole_country(reason="test"):
        filing = Filing.objects.get(project=project, organization=hospital_clerk.organization)
        by = Actor.of(hospital_clerk)
        confirm_selected(filing=filing, project=project, by=by)
        perform([filing], Action.SUBMIT, by=by)

    cost, rows = statements(client_of(alliance_officer), f"{url(page, project.code)}?per_page=100")

    assert rows == count
    assert cost == OF_THE_ALLIANCE[page]

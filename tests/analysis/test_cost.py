"""Pages cost the same number of statements at one institution and at fifty, and stay small."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.reporting.domain.rollup import refresh
from apps.review.models.statuses import Status
from apps.scope.context import whole_country
from tests import factories_demand as make
from tests.factories_review import filings_of, put, units_below

pytestmark = pytest.mark.django_db
KB = 1024
MOST = 12
COSTS = {
    "": 9,
    "?rows=county&columns=item": 9,
    "?rows=grade&columns=item&item=P0001&status=submitted": 8,
    "?rows=item&columns=city&subtotals=1&sort=-quantity": 9,
    "?rows=county&columns=variety&subtotals=1&chart=share&charted=institutions": 9,
    "?rows=province&chart=tiles&open=kind": 10,
    "?rows=item&columns=county&subtotals=1&county=420106&item=P0001&open=county&trail=rows%3Dcity": 11,
    "?rows=item&columns=county&subtotals=1&county=420106&item=P0001&trail=rows%3Dcity": 11,
    "institutions/?rows=county&item=P0001": 7,
    "export/?rows=item&columns=city&subtotals=1": 11,
}
"""Of which the reading engine takes up to seven and is asked once, whatever the form of the page."""


def measured(client, size, tree, officer):
    units = units_below(tree["420106"], size)
    project = make.demand_project(units, code=f"BL{size}", items=40, attachment="none")
    make.published(project, officer)
    for unit in units:
        make.planned(project, unit, {f"P{n:04d}": n for n in range(1, 41)})
    put(Status.SUBMITTED, *filings_of(project, units))
    with whole_country(reason="test"):
        refresh(project)
    found = {}
    for page in COSTS:
        client.get(f"/analysis/BL{size}/{page}").getvalue()
        with CaptureQueriesContext(connection) as asked:
            response = client.get(f"/analysis/BL{size}/{page}")
        found[page] = len(asked)
        assert len(response.getvalue()) < 100 * KB
    return found


def test_statements_do_not_grow_with_the_round(tree, client_of, alliance_officer):
    client = client_of(alliance_officer)

    assert max(COSTS.values()) <= MOST
    assert measured(client, 1, tree, alliance_officer) == COSTS
    assert measured(client, 50, tree, alliance_officer) == COSTS

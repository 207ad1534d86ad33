"""上批量 stands beside 上年量, and 照上批填 puts it into the ticked rows."""

import pytest
from django.urls import reverse

from apps.reporting.domain.sheet.saving import Entry, save_lines
from apps.review.models import Filing
from apps.review.models.statuses import Status
from tests import factories_demand as make
from tests.cast import Tree
from tests.factories_review import put

pytestmark = pytest.mark.django_db
LAST = 17
"""Where 上批量 stands in a row of the sheet's data."""


@pytest.fixture
def before(round_, tree: Tree, alliance_officer, country):
    """An approved task of another year, in which P0001 was planned with 2,600 and P0002 with 0."""
    project = make.demand_project(
        [tree["H42010600001"]], code="BL-1", chain=["county", "city", "province"]
    )
    make.published(project, alliance_officer)
    filing = make.filing_of(project, round_.hospital)
    items = make.items_of(project)
    entries = [Entry(items["P0001"].pk, 2_600), Entry(items["P0002"].pk, 0)]
    save_lines(filing=filing, project=project, entries=entries, by=round_.by)
    put(Status.APPROVED, filing)
    return Filing.objects.get(pk=filing.pk)


@pytest.fixture
def clerk(client_of, round_):
    return client_of(round_.clerk)


def url(name):
    return reverse(f"reporting:{name}", args=["BL"])


def last_of(clerk):
    return {row[1]: row[LAST] for row in clerk.get(url("demand_rows")).json()["rows"]}


def test_it_is_shown_where_there_was_one(clerk, before):
    assert last_of(clerk) == {"P0001": "2600", "P0002": "0", "P0003": None, "P0004": None}
    assert "上批量" in clerk.get(url("demand_edit")).content.decode()


def test_what_was_not_approved_is_no_last_batch(clerk, round_):
    assert set(last_of(clerk).values()) == {None}
    assert "上批量" not in clerk.get(url("demand_edit")).content.decode()


def test_ticked_rows_take_it_without_a_script(clerk, round_, before):
    data = {"act": "last", "tick": [round_.item(code) for code in ("P0001", "P0003")]}

    page = clerk.post(url("demand_edit"), data, follow=True).content.decode()

    assert "已照上批量填入 1 个品规" in page
    assert (round_.line("P0001").planned, round_.line("P0003")) == (2_600, None)

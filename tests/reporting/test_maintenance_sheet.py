"""代为填报 in the page: a row as it was shown, zeros for the rest; whom 代报 leaves behind is named."""

import pytest
from django.urls import reverse

from apps.audit.models import LogEntry
from apps.projects.models import ProvinceSettings, ReportingMode
from apps.reporting.models import DemandLine
from apps.review.models.statuses import Status
from apps.scope.context import whole_country
from tests import factories_demand as make
from tests.pages import tags

pytestmark = pytest.mark.django_db
HOSPITAL, CITY_HOSPITAL = "H42010600001", "H42010000001"


@pytest.fixture
def project(tree, alliance_officer):
    """Hubei fills in three items for two institutions."""
    units = [tree[HOSPITAL], tree[CITY_HOSPITAL]]
    project = make.demand_project(units, code="DT", items=3, chain=["county", "city", "province"])
    with whole_country(reason="test"):
        ProvinceSettings.objects.create(
            project=project,
            province=tree["42"],
            path=tree["42"].path,
            chain=["province"],
            mode=ReportingMode.MAINTAINED,
        )
    return make.published(project, alliance_officer)


@pytest.fixture
def client(client_of, province_officer):
    return client_of(province_officer)


def url_of(project, unit):
    return reverse("reporting:maintenance_edit", args=["DT", make.filing_of(project, unit).pk])


def typed(project, *, seen="0", **quantities):
    """The form's fields of some rows."""
    items = make.items_of(project)
    keys = {items[code].pk: quantity for code, quantity in quantities.items()}
    return {
        "item": [str(key) for key in keys],
        **{f"seen-{key}": seen for key in keys},
        **{f"planned-{key}": quantity for key, quantity in keys.items()},
    }


def lines(project, unit):
    with whole_country(reason="test"):
        found = DemandLine.objects.filter(filing=make.filing_of(project, unit))
        return dict(found.values_list("item__item_code", "planned"))


@pytest.mark.covers("S2-07")
def test_rows_are_filled_in_and_the_rest_with_zero(project, client, tree):
    url = url_of(project, tree[HOSPITAL])

    done = client.post(url, {**typed(project, P0001="120", P0002="2盒"), "rest": "1"})

    assert done.status_code == 302
    assert lines(project, tree[HOSPITAL]) == {"P0001": 120, "P0002": 56, "P0003": 0}
    assert lines(project, tree[CITY_HOSPITAL]) == {}
    with whole_country(reason="test"):
        (entry,) = LogEntry.objects.filter(verb="代填")
    assert "3 个品规" in entry.sentence


def test_what_cannot_be_read_comes_back_and_the_others_are_kept(project, client, tree):
    answer = client.post(url_of(project, tree[HOSPITAL]), typed(project, P0001="12", P0002="很多"))

    assert answer.status_code == 422
    assert "很多" in answer.content.decode()
    assert lines(project, tree[HOSPITAL]) == {"P0001": 12}


def test_a_row_that_a_colleague_changed_is_not_overwritten(project, client, tree):
    url = url_of(project, tree[HOSPITAL])
    client.post(url, typed(project, P0001="12"))

    answer = client.post(url, typed(project, P0001="15", seen="0"))

    assert "本行已被他人改为 12" in answer.content.decode()
    assert lines(project, tree[HOSPITAL]) == {"P0001": 12}


def test_the_list_leads_there(project, client, tree):
    page = client.get(reverse("reporting:maintenance_list", args=["DT"])).content.decode()

    assert url_of(project, tree[HOSPITAL]) in {tag.get("href") for tag in tags(page, "a")}


def test_a_province_opens_no_sheet_that_others_fill_in(project, client, tree, alliance_officer):
    other = make.demand_project([tree[HOSPITAL]], code="BL", items=1)
    make.published(other, alliance_officer)
    filing = make.filing_of(other, tree[HOSPITAL])

    assert (
        client.get(reverse("reporting:maintenance_edit", args=["BL", filing.pk])).status_code == 404
    )


def test_one_empty_unit_keeps_nobody_else_from_being_reported(project, client, tree):
    client.post(url_of(project, tree[HOSPITAL]), {**typed(project, P0001="0"), "rest": "1"})
    filings = [make.filing_of(project, tree[code]) for code in (HOSPITAL, CITY_HOSPITAL)]
    chosen = {"action": "report_for", "selected": [str(filing.pk) for filing in filings]}
    where = client.post(reverse("review:filing_list", args=["DT"]), chosen)["Location"]

    page = client.get(where).content.decode()
    assert "1 家还没有填完" in page
    assert "只代报已填完的" in page
    client.post(where, {"only_clean": "1"})

    states = [make.filing_of(project, filing.organization).state for filing in filings]
    assert states == [Status.APPROVED, Status.DRAFT]

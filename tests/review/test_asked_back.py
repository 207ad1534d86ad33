"""A request to withdraw stands on top, and is asked about before 审核通过, of one filing and of many."""

import pytest

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.scopes import scope_of
from apps.review.domain.withdrawals.acts import ask_withdrawal
from apps.review.models.statuses import Action, Status
from apps.scope.context import enter
from tests.factories_review import put
from tests.pages import tags
from tests.review.acting import act, status_of
from tests.review.planting import filing_of, planted

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(tree, country, paper, hospital_clerk):
    units = [unit for unit in tree.values() if unit.tier == "institution"]
    project = planted(units, institution_withdrawal="on_request", bureau_withdrawal="none")
    filing = filing_of(project, hospital_clerk)
    act(Action.SUBMIT, hospital_clerk, filing)
    filing.refresh_from_db()
    with enter(scope_of(hospital_clerk)):
        ask_withdrawal(filing, by=Actor.of(hospital_clerk), reason="采购量填错了")
    return filing


@pytest.fixture
def url(asked):
    return f"/review/PAPER/filings/{asked.pk}/"


@pytest.mark.covers("S3-29")
def test_it_stands_on_top(asked, url, client_of, city_reviewer):
    page = client_of(city_reviewer).get(url).content.decode()

    assert page.index("采购量填错了") < page.index("chain")
    assert "处理申请" in {tag.words for tag in tags(page, "a")}


def test_it_is_asked_about_before_approval(asked, url, client_of, city_reviewer):
    client = client_of(city_reviewer)

    refused = client.post(f"{url}approve/", {"version": asked.version})
    assert "对方正在申请撤回：请先处理申请" in refused.content.decode()
    assert status_of(asked) == "submitted"

    client.post(f"{url}approve/", {"version": asked.version, "despite": "on"})
    assert status_of(asked) == "approved"


def test_a_batch_asks_as_well_and_passes_the_others_alone(
    asked, tree, client_of, city_reviewer, country
):
    other = filing_of(asked.project, tree["H42010600002"])
    put(Status.SUBMITTED, other)
    client = client_of(city_reviewer)
    chosen = {"action": "approve", "selected": [str(asked.pk), str(other.pk)]}
    where = client.post("/review/PAPER/", chosen)["Location"]

    assert "1 家正在申请撤回" in client.get(where).content.decode()
    assert "对方正在申请撤回：请先处理申请" in client.post(where).content.decode()
    client.post(where, {"only_clean": "1"})

    assert (status_of(asked), status_of(other)) == ("submitted", "approved")

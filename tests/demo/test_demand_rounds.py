"""The demo's demand rounds: open ones at every stage, a finished one, histories that make sense."""

from collections import Counter

import pytest
from django.utils import timezone

from apps.accounts.domain.scopes import scope_of
from apps.accounts.models import User
from apps.projects.models import (
    Approval,
    Attachment,
    Gate,
    Phase,
    Project,
    Withdrawal,
)
from apps.reporting.models import DemandLine, DemandReport, PurchaseHistory
from apps.review.domain.holding import editability
from apps.review.models import Filing
from apps.scope.context import enter

pytestmark = pytest.mark.usefixtures("demo", "db", "country")


def project(code):
    return Project.objects.get(code=code)


def states(code, tier="institution"):
    filings = Filing.objects.filter(project__code=code, tier=tier)
    return Counter(filings.values_list("status", flat=True))


def test_the_drug_round_stands_as_the_interfaces_say():
    drugs = project("DEMO-BL")

    assert drugs.chain == ["county", "city", "province"]
    assert (drugs.gate, drugs.approval) == (Gate.LENIENT, Approval.BATCH)
    assert drugs.institution_withdrawal == drugs.bureau_withdrawal == Withdrawal.DIRECT
    assert drugs.attachment == Attachment.LETTER
    assert drugs.items.count() == 282
    assert set(states("DEMO-BL")) == {"draft", "submitted", "approved", "returned"}


def test_the_bracket_round_stands_as_the_interfaces_say():
    brackets = project("DEMO-BL-KQ")

    assert brackets.chain == ["city", "province"]
    assert (brackets.gate, brackets.approval) == (Gate.STRICT, Approval.ONE_BY_ONE)
    assert brackets.institution_withdrawal == Withdrawal.ON_REQUEST
    assert brackets.bureau_withdrawal == Withdrawal.NONE
    assert brackets.attachment == Attachment.SUMMARY
    assert set(states("DEMO-BL-KQ")) == {"draft", "submitted", "approved"}


def test_the_past_round_is_finished():
    past = project("DEMO-2024")

    assert past.phase == Phase.CONCLUDED
    assert set(states("DEMO-2024")) == {"approved"}
    assert past.baseline_years == [timezone.localdate().year - 2]


@pytest.mark.parametrize("code", ["DEMO-BL", "DEMO-BL-KQ", "DEMO-2024"])
def test_every_report_holds_the_whole_catalogue(code):
    items = project(code).items.count()
    lines = DemandReport.objects.filter(filing__project__code=code).values_list("lines", flat=True)

    assert set(lines) == {items}


@pytest.mark.parametrize("username", [f"hospital{number}" for number in (1, 3, 4, 5, 7)])
def test_hospitals_may_fill_in_the_drug_round(username):
    with enter(scope_of(User.objects.get(username=username))):
        drugs = project("DEMO-BL")

        assert editability(drugs, Filing.objects.get(project=drugs), "报量", at=timezone.now())


def test_histories_are_there_for_both_baseline_years():
    drugs = project("DEMO-BL")

    years = PurchaseHistory.objects.filter(project=drugs).values_list("year", flat=True)
    assert set(years) == set(drugs.baseline_years)
    assert PurchaseHistory.objects.filter(project=drugs).count() > 5_000


def test_hospital2_is_halfway():
    unit = User.objects.get(username="hospital2").organization
    lines = DemandLine.objects.filter(filing__project__code="DEMO-BL", filing__organization=unit)

    assert 0 < lines.count() < 282


PAGES = {
    "hospital1": ("/demand/{0}/varieties/", "/demand/{0}/entry/", "/demand/{0}/entry/rows/",
                  "/demand/{0}/results/", "/demand/history/", "/projects/{0}/"),
    "county420106": ("/review/{0}/", "/review/{0}/confirm/", "/projects/{0}/"),
    "city4201": ("/review/{0}/", "/projects/{0}/"),
    "province42": ("/review/{0}/", "/projects/{0}/"),
    "alliance": ("/review/{0}/", "/projects/{0}/"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("username", "path"), [(name, path) for name, paths in PAGES.items() for path in paths]
)
def test_pages_stand_on_the_demo(username, path, client_of):
    client = client_of(User.objects.get(username=username))

    assert client.get(path.format("DEMO-BL")).status_code == 200

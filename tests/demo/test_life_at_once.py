"""Whoever opens the demo finds something to do, and every state that there is somewhere."""

import io
from collections import Counter

import pytest
from django.core.management import call_command
from django.utils import timezone

from apps.accounts.domain.scopes import scope_of
from apps.accounts.models import User
from apps.demo.appeals import load_appeals
from apps.distribution.models import Agreement
from apps.portal.domain.todos import desk_of
from apps.projects.models import Phase, Project
from apps.reporting.domain.oddities.kinds import Kind
from apps.reporting.domain.oddities.sql import odd_lines
from apps.reporting.models import HistoryDoubt
from apps.review.models import Appeal, Filing, WithdrawalRequest
from apps.review.models.statuses import Status
from apps.scope.context import enter
from tests.demo.test_load_demo import ACCOUNTS

pytestmark = pytest.mark.usefixtures("demo", "db", "country")

WITHOUT = {
    "admin": "lands on the administration, which has no 待办",
    "security": "lands on the administration, which has no 待办",
    "auditor": "lands on the administration, which has no 待办",
}
"""Accounts whose first page is no 待办, and why."""
SLIPS = {Kind.PACKS, Kind.HUNDREDFOLD, Kind.TENFOLD, Kind.RUN}
TOO_FAR = {Kind.FAR, Kind.PEERS}
"""Sixteen times without a word: which of the two it is depends on what others buy."""
AT_HAND = {"alliance": "待审核", "city4201": "撤回申请待处理", "province42": "历史数待核定"}


def test_appeals_wait_are_answered_and_lead_to_a_correction():
    load_appeals()  # once more
    outcomes = Counter(Appeal.objects.values_list("state", flat=True))
    (upheld,) = Appeal.objects.exclude(correction=None).select_related("correction")

    assert outcomes == {"open": 3, "dismissed": 1, "upheld": 1}
    assert upheld.state == "upheld"
    assert (upheld.correction.returned, upheld.correction.file.size > 0) == (0, True)


@pytest.mark.parametrize("username", sorted(ACCOUNTS - set(WITHOUT)))
def test_somebody_finds_something_to_do(username):
    account = User.objects.get(username=username)

    with enter(scope_of(account)):
        todos = desk_of(account, at=timezone.now()).todos

    assert todos != []
    assert AT_HAND.get(username, "") in " ".join(todo.title for todo in todos)


@pytest.mark.parametrize("username", sorted(WITHOUT))
def test_who_has_no_todo_lands_elsewhere(username, client_of):
    answer = client_of(User.objects.get(username=username)).get("/")

    assert answer["Location"] == "/admin/"


def test_filings_stand_in_every_state_of_a_round_at_work():
    found = Filing.objects.filter(project__code="DEMO-BL").values_list("tier", "status")

    stages = {Status.DRAFT, Status.SUBMITTED, Status.APPROVED, Status.RETURNED}
    assert {status for tier, status in found if tier == "institution"} == stages
    assert ("province", Status.SUBMITTED) in set(found)


def test_reviewers_find_slips_of_every_kind():
    filings = Filing.objects.filter(project__code="DEMO-BL", status=Status.SUBMITTED)
    found = {
        odd.kind for filing in filings.institutions() for odd in odd_lines(filing.pk)
    }  # one by one: they are few

    assert found >= SLIPS
    assert found & TOO_FAR


def test_the_county_finds_slips_at_its_first_institution():
    filing = Filing.objects.get(project__code="DEMO-BL", organization__code="H42010600006")

    kinds = {odd.kind for odd in odd_lines(filing.pk)}
    assert kinds >= SLIPS
    assert kinds & TOO_FAR


def test_requests_and_doubts_wait_for_an_answer():
    assert WithdrawalRequest.objects.all().open().exists()
    assert HistoryDoubt.objects.all().open().exists()


def test_a_province_has_filled_in_for_its_institutions():
    kept = Filing.objects.filter(project__code="DEMO-BL", maintained=True)

    assert {filing.status for filing in kept} == {Status.APPROVED}
    assert Filing.objects.get(project__code="DEMO-BL", organization__code="66").status == (
        Status.SUBMITTED
    )


def test_agreements_are_half_signed():
    found = Agreement.objects.filter(project__code="DEMO-PS")

    assert set(found.values_list("status", flat=True)) == {"drawn", "signed"}


def test_rounds_stand_in_several_phases():
    phases = set(Project.objects.values_list("phase", flat=True))

    assert {Phase.PUBLISHED, Phase.CONCLUDED} <= phases
    assert Project.objects.filter(phase=Phase.CONCLUDED, kind="demand").count() == 2


@pytest.mark.parametrize(
    "command", ["verify_totals", "verify_capacity", "verify_audit", "verify_agreements"]
)
def test_everything_adds_up(command):
    call_command(command, stdout=io.StringIO())

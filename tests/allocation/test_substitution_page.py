"""The alliance's page of 系统代分, and what leads to it before anything counts as zero (rules §3a.11)."""

import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.allocation.domain.substitution.acts import substitute_missing
from apps.allocation.models import Substitution
from apps.allocation.tasks import SUBSTITUTE, UNDO_SUBSTITUTION
from apps.jobs.inline import run_waiting_jobs
from apps.jobs.models import Job
from apps.jobs.services import enqueue
from apps.review.domain.performing import perform
from apps.review.domain.refusals import ReviewRefused
from apps.review.domain.rounds.concluding import close_project, conclude_project
from apps.review.models import Filing
from apps.review.models.statuses import Action, Status
from tests import factories_allocation as make
from tests.exported import opened_export
from tests.pages import shown, tags

pytestmark = pytest.mark.usefixtures("country")


def url(name, **more):
    return reverse(f"allocation:substitution_{name}", kwargs={"code": "FL", **more})


@pytest.fixture
def over(worked):
    """Nobody reported and the time of the institutions is over."""
    make.move_window(worked.project, "institution", days=-6)
    return worked


@pytest.fixture
def alliance(alliance_officer, client_of):
    return client_of(alliance_officer)


def test_the_preview_shows_who_and_what(over, alliance):
    page = alliance.get(url("list")).content.decode()
    assert "武昌区人民医院" in page
    products = alliance.get(url("list"), {"pile": "products"}).content.decode()
    assert "A制药" in products

    lines = alliance.get(url("detail", pk=over.filing().pk)).content.decode()

    assert all(quantity in lines for quantity in ("1,008", "4,500", "7,488"))
    assert over.filing().state == Status.DRAFT


def test_the_preview_as_a_file_says_what_is_then_done(over, alliance, alliance_officer):
    answer = alliance.get(url("export"))
    book = opened_export(io.BytesIO(b"".join(answer.streaming_content)))
    told = sum(row[9].value or 0 for row in book.worksheets[0].iter_rows(min_row=2))

    substitute_missing(project=over.project, by=Actor.of(alliance_officer))

    assert told == sum(make.pool_of(product).allocated for product in over.products.values())


def test_run_look_back_and_undo(over, alliance):
    answer = alliance.post(url("run"), shown(alliance, url("run")), follow=True)
    assert "系统代分" in answer.content.decode()
    filing = over.filing()
    assert (filing.state, filing.substituted) == (Status.SUBMITTED, True)
    assert "待市医保审核（系统代分）" in answer.content.decode()

    alliance.post(url("undo"), {"selected": [filing.pk], "action": "undo"})

    filing = over.filing()
    assert (filing.state, filing.substituted) == (Status.DRAFT, False)
    assert Substitution.objects.filter(filing=filing).count() == 1


def test_a_package_that_was_not_shown_is_not_returned(over, alliance, alliance_officer, tree):
    by, place = Actor.of(alliance_officer), tree["420100"]
    bureau, seen = make.filing_of(over.project, place), shown(alliance, url("run"))
    perform([bureau], Action.SUBMIT, by=by.acting_for(place, reason="代办"), confirmed=True)
    tomorrow = timezone.localdate() + timedelta(days=2)

    until = {"deadline_0": f"{tomorrow}", "deadline_1": "24:00"}
    answer = alliance.post(url("run"), until | seen, follow=True)

    assert "由 6 条变为 7 条，没有执行" in answer.content.decode()
    assert Filing.objects.get(pk=bureau.pk).state == Status.SUBMITTED
    assert over.filing().state == Status.DRAFT


def test_packages_are_named_and_need_a_deadline(over, alliance, alliance_officer, tree):
    by = Actor.of(alliance_officer)
    bureau, place = make.filing_of(over.project, tree["420100"]), tree["420100"]
    perform([bureau], Action.SUBMIT, by=by.acting_for(place, reason="代办"), confirmed=True)

    page = alliance.get(url("run")).content.decode()
    assert place.name in page
    assert "更正截止" in page
    (day,) = tags(page, "input", name="deadline_0")
    assert day["value"] > f"{timezone.localdate()}"
    refused = alliance.post(url("run"), shown(alliance, url("run"))).content.decode()
    assert over.filing().state == Status.DRAFT
    assert "更正截止" in refused

    tomorrow = timezone.localdate() + timedelta(days=2)
    until = {"deadline_0": f"{tomorrow}", "deadline_1": "24:00"}
    alliance.post(url("run"), until | shown(alliance, url("run")))

    assert over.filing().state == Status.SUBMITTED
    assert Filing.objects.get(pk=bureau.pk).state == Status.RETURNED


def test_the_institution_reads_that_it_was_allotted_for(over, alliance, client_of):
    alliance.post(url("run"), shown(alliance, url("run")))

    page = client_of(over.clerk).get(reverse("allocation:report_detail", args=["FL"]))

    assert "没有在规定时间内上报，联采办已于" in page.content.decode()


def test_in_the_background(over, alliance_officer):
    by = Actor.of(alliance_officer)
    project_id = over.project.pk
    enqueue(SUBSTITUTE, by=by, title="系统代分", project_id=project_id, deadline="")
    run_waiting_jobs()
    assert over.filing().state == Status.SUBMITTED

    enqueue(UNDO_SUBSTITUTION, by=by, title="撤销代分", project_id=project_id)
    run_waiting_jobs()

    assert over.filing().state == Status.DRAFT
    assert {job.status for job in Job.objects.all()} == {"succeeded"}


def test_closing_and_concluding_name_who_did_not_report_and_lead_here(over, alliance):
    close = alliance.get(reverse("review:project_close", args=["FL"])).content.decode()
    conclude = alliance.get(reverse("review:project_conclude", args=["FL"])).content.decode()

    for page in (close, conclude):
        assert url("list") in page
        assert "武昌区人民医院" in page


def test_concluding_wants_the_unreported_confirmed(over, alliance_officer):
    by = Actor.of(alliance_officer)
    with pytest.raises(ReviewRefused, match="未上报"):
        conclude_project(over.project, by=by)
    conclude_project(over.project, by=by, confirmed=True)


def test_a_returned_substitution_does_not_lapse_at_closing(over, alliance_officer):
    by = Actor.of(alliance_officer)
    substitute_missing(project=over.project, by=by)
    filing = over.filing()
    reviewer = Filing.objects.select_related("organization").get(pk=filing.parent_id)
    deadline = timezone.now() + timedelta(days=1)
    perform([filing], Action.RETURN, by=by.acting_for(reviewer.organization, reason="核对"),
            reason="核对", deadline=deadline)  # fmt: skip

    report = close_project(over.project, by=by)

    assert filing.pk in {each.pk for each in report.undecided}
    assert over.filing().state == Status.RETURNED


def test_what_the_institution_reports_itself_afterwards_is_its_own(over, alliance_officer):
    by = Actor.of(alliance_officer)
    substitute_missing(project=over.project, by=by)
    reviewer = Filing.objects.select_related("organization").get(pk=over.filing().parent_id)
    perform([over.filing()], Action.RETURN, by=by.acting_for(reviewer.organization, reason="核对"),
            reason="核对", deadline=timezone.now() + timedelta(days=1))  # fmt: skip

    perform([over.filing()], Action.SUBMIT, by=over.by)

    assert (over.filing().state, over.filing().substituted) == (Status.SUBMITTED, False)


@pytest.mark.parametrize("pile", ["missing", "products", "done"])
def test_the_list_costs_what_a_list_may(over, alliance, pile):
    alliance.get(url("list"), {"pile": pile})
    with CaptureQueriesContext(connection) as queries:
        alliance.get(url("list"), {"pile": pile})

    assert len(queries) <= 12

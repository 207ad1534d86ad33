"""Nothing real changes with a rehearsal, and nothing of it is left."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.urls import reverse

from apps.accounts.domain.actors import Actor
from apps.audit.models import LogEntry
from apps.jobs.inline import run_waiting_jobs
from apps.jobs.models import Job
from apps.rehearsals.domain.making import discard_rehearsal, usual_start
from apps.rehearsals.domain.reads import find
from apps.rehearsals.domain.refusals import RehearsalRefused
from apps.rehearsals.models import Rehearsal
from apps.reporting.domain.rollup.progress import ask_for_refresh
from apps.reporting.models import DemandLine
from apps.review.models import Filing, FilingEvent
from apps.review.models.statuses import Status
from apps.scope.sandbox import within
from tests.rehearsals.rehearsing import CODE, real_rows, rehearsed, round_of, schemas

pytestmark = pytest.mark.django_db
OWN = ("rehearsals_rehearsal", "audit_logentry")
QUEUE = ("procrastinate_jobs", "procrastinate_events")


def test_nothing_real_changes_and_nothing_is_left(
    tree, alliance_officer, country, django_capture_on_commit_callbacks
):
    project = round_of(tree, alliance_officer)
    before, logged = real_rows(but=(*OWN, *QUEUE)), LogEntry.objects.count()

    held = rehearsed(project, alliance_officer)
    with within(held.sandbox):
        reported = Filing.objects.institutions().exclude(status=Status.DRAFT)
        assert reported.count() == held.reports > 3
        assert Filing.objects.filter(status=Status.DRAFT, tier="institution").exists()
        assert DemandLine.objects.filter(filing__in=reported).count() == held.reports * 5
        assert FilingEvent.objects.count() > held.reports
        Filing.objects.filter(tier="institution").update(version=99)
        kept = default_storage.save("uploads/seal.pdf", ContentFile(b"x"))
        ask_for_refresh(project, by=Actor.of(alliance_officer))
        assert run_waiting_jobs() == 1
        assert Job.objects.get().message != ""
    assert kept.startswith(f"rehearsals/{held.pk}/")
    assert real_rows(but=(*OWN, *QUEUE)) == before
    assert not DemandLine.objects.exists()

    with django_capture_on_commit_callbacks(execute=True):
        discard_rehearsal(rehearsal=held, by=Actor.of(alliance_officer))
    assert real_rows(but=(*OWN, *QUEUE)) == before
    assert not Rehearsal.objects.exists()
    assert schemas() == 0
    assert not default_storage.exists(kept)
    assert find(held.pk) is None
    told = LogEntry.objects.order_by("pk")[logged:]
    assert [entry.verb for entry in told] == ["制作演练", "作废演练"]


def test_the_same_seed_invents_the_same(tree, alliance_officer, country):
    project = round_of(tree, alliance_officer)

    def invented() -> list[tuple[object, ...]]:
        held = rehearsed(project, alliance_officer)
        with within(held.sandbox):
            rows = list(
                DemandLine.objects.order_by("path", "item_id").values_list(
                    "path", "item_id", "planned"
                )
            )
        discard_rehearsal(rehearsal=held, by=Actor.of(alliance_officer))
        return rows

    first = invented()
    assert first == invented()
    assert any(2_000 < planned < 4_000 for _, _, planned in first)


def test_the_alliance_makes_one_from_the_page_of_the_project(
    tree, alliance_officer, country, client_of
):
    project = round_of(tree, alliance_officer)
    client = client_of(alliance_officer)
    page = reverse("rehearsals:rehearsal_create", args=[CODE])
    assert page in client.get(reverse("projects:project_detail", args=[CODE])).content.decode()

    start = usual_start(project).astimezone()
    early = {"starts_at_0": "2020-01-01", "starts_at_1": "12:00", "seed": "3"}
    assert "演练要从医疗机构的填报时间之内开始" in client.post(page, early).content.decode()
    typed = {"starts_at_0": f"{start:%Y-%m-%d}", "starts_at_1": "12:00", "seed": "3"}
    assert client.post(page, typed).status_code == 302
    assert run_waiting_jobs() == 1
    assert Job.objects.get().status == "succeeded", Job.objects.get().message

    held = Rehearsal.objects.get()
    assert "已有一个演练" in client.get(page).content.decode()
    with pytest.raises(RehearsalRefused, match="已有一个演练"):
        rehearsed(project, alliance_officer)
    detail = client.get(reverse("rehearsals:rehearsal_detail", args=[held.pk])).content.decode()
    assert f"/rehearsal/{held.pk}/{alliance_officer.pk}/" in detail
    assert client.post(reverse("rehearsals:rehearsal_discard", args=[held.pk])).status_code == 302
    assert not Rehearsal.objects.exists()


def test_a_name_finds_no_real_table_once_the_rehearsal_is_gone(tree, alliance_officer, country):
    """A request that is under way while it is thrown away ends with an error, and touches nothing real."""
    held = rehearsed(round_of(tree, alliance_officer), alliance_officer)
    discard_rehearsal(rehearsal=held, by=Actor.of(alliance_officer))
    with within(held.sandbox), connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('review_filing')")
        assert cursor.fetchone() == (None,)
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('review_filing')::text")
        assert cursor.fetchone() == ("review_filing",)


def test_functions_that_look_names_up_by_themselves_are_made_anew(db):
    """Whatever names the real schema in its text would write there from within a rehearsal."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
            AND proname !~ '^(procrastinate|rehearsal)_'
            AND replace(prosrc, '"public"._pgtrigger_should_ignore', '') ~ '\\mpublic"?\\.'
            """
        )
        assert cursor.fetchall() == []
        cursor.execute(
            """
            SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proconfig IS NOT NULL
            AND proname !~ '^(procrastinate|rehearsal)_'
            AND proconfig <> ARRAY['search_path=public, pg_temp']
            """
        )
        assert cursor.fetchall() == []

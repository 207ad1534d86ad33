"""The signed document of a demand filing: needed before 上报, void or marked once numbers change, kept as evidence."""

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.audit.models import LogEntry
from apps.projects.models import Attachment, ProjectWindow, Withdrawal
from apps.reporting.domain.letters.state import letter_of, letters_of, missing_letters
from apps.reporting.domain.sheet.reporting import report, withdraw
from apps.review.domain.attachments.acts import attach_file
from apps.review.domain.attachments.checks import AttachmentRefused, Ready
from apps.review.domain.performing import perform
from apps.review.domain.refusals import FilingIncomplete, NotEditable
from apps.review.models import Filing, FilingAttachment
from apps.review.models.statuses import Action, Status
from tests import factories_demand as make
from tests.reporting.signing import signing_round, type_in, upload
from tests.review.pdf_files import pdf

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("country")]


@pytest.fixture
def letter_round(tree, hospital_clerk, alliance_officer):
    policies = {"institution_withdrawal": Withdrawal.DIRECT}
    return signing_round(tree, hospital_clerk, alliance_officer, Attachment.LETTER, **policies)


@pytest.fixture
def sheet_round(tree, hospital_clerk, alliance_officer):
    policies = {"institution_withdrawal": Withdrawal.DIRECT}
    return signing_round(tree, hospital_clerk, alliance_officer, Attachment.SUMMARY, **policies)


def state(round_) -> str:
    return letter_of(round_.project, round_.filing).status[0]


@pytest.mark.covers("S2-22")
def test_a_report_needs_the_letter(letter_round):
    with pytest.raises(FilingIncomplete, match="还没有上传签字盖章的承诺函"):
        report(**letter_round.place)

    upload(letter_round)

    assert report(**letter_round.place).state == Status.SUBMITTED


@pytest.mark.covers("S2-22")
def test_the_database_refuses_a_report_without_it(letter_round):
    reported = {"status": Status.SUBMITTED, "submitted_at": timezone.now()}
    filing = Filing.objects.filter(pk=letter_round.filing.pk)

    with pytest.raises(IntegrityError, match="attachment_missing"), transaction.atomic():
        filing.update(**reported)
    upload(letter_round)

    assert filing.update(**reported) == 1


def test_restoring_asks_for_no_file_again(letter_round):
    before = letter_round.filing
    Filing.objects.filter(pk=before.pk).update(reported_once=True, submitted_at=timezone.now())

    assert Filing.objects.filter(pk=before.pk).update(status=Status.SUBMITTED) == 1


def test_what_the_province_fills_in_needs_no_letter(letter_round):
    filing = letter_round.filing
    assert set(missing_letters([filing])) == {filing.pk}

    filing.maintained = True

    assert missing_letters([filing]) == {}


@pytest.mark.covers("S3-08")
def test_a_changed_quantity_voids_the_sheet_until_it_is_changed_back(sheet_round):
    upload(sheet_round)
    assert state(sheet_round) == "已上传"

    type_in(sheet_round, {"P0001": 2_801})

    assert state(sheet_round) == "已作废，须重新上传"
    with pytest.raises(FilingIncomplete, match="原件已作废，请重新下载、签章并上传"):
        report(**sheet_round.place)
    type_in(sheet_round, {"P0001": 2_800})
    assert report(**sheet_round.place).state == Status.SUBMITTED


@pytest.mark.covers("S3-08")
def test_a_new_sheet_replaces_the_void_one(sheet_round):
    upload(sheet_round)
    type_in(sheet_round, {"P0001": 2_801})

    upload(sheet_round)

    assert report(**sheet_round.place).state == Status.SUBMITTED


def test_a_changed_quantity_only_marks_a_letter(letter_round):
    upload(letter_round)

    type_in(letter_round, {"P0001": 2_801})

    assert state(letter_round) == "数据已变更"
    assert report(**letter_round.place).state == Status.SUBMITTED


@pytest.mark.covers("S2-02")
def test_there_is_one_file_and_what_nobody_saw_goes(
    letter_round, django_capture_on_commit_callbacks
):
    first = upload(letter_round)

    with django_capture_on_commit_callbacks(execute=True):
        second = upload(letter_round, pdf(2))

    assert list(FilingAttachment.objects.values_list("pk", flat=True)) == [second.pk]
    assert not default_storage.exists(first.file.name)
    assert default_storage.exists(second.file.name)


@pytest.mark.covers("S2-02")
def test_the_database_keeps_one_file_in_force(letter_round):
    first = upload(letter_round)
    first.pk = None

    with pytest.raises(IntegrityError, match="attachment_one_in_force"), transaction.atomic():
        first.save(force_insert=True)


def test_what_was_reported_stays_as_evidence(letter_round):
    first = upload(letter_round)
    report(**letter_round.place)
    withdraw(items=[letter_round.item("P0001")], **letter_round.place)

    second = upload(letter_round, pdf(2))

    first.refresh_from_db()
    assert first.replaced_at == second.uploaded_at
    assert default_storage.exists(first.file.name)
    assert letter_of(letter_round.project, letter_round.filing).file == second


@pytest.mark.covers("S3-08")
def test_restoring_the_last_report_restores_its_sheet(sheet_round, county_reviewer):
    first = upload(sheet_round)
    report(**sheet_round.place)
    withdraw(items=[sheet_round.item("P0001")], **sheet_round.place)
    type_in(sheet_round, {"P0001": 2_900})
    upload(sheet_round, pdf(2))
    make_over(sheet_round)

    perform([sheet_round.filing], Action.RESTORE, by=Actor.of(county_reviewer))

    letter = letter_of(sheet_round.project, sheet_round.filing)
    assert letter.file == first
    assert letter.status[0] == "已上传"


def make_over(round_) -> None:
    """The institutions' time has passed."""
    now = timezone.now()
    ProjectWindow.objects.filter(project=round_.project, tier="institution").update(
        opens_at=now - timedelta(days=9), closes_at=now - timedelta(minutes=1)
    )


def test_nothing_is_uploaded_below_a_reported_filing(letter_round):
    upload(letter_round)
    report(**letter_round.place)

    with pytest.raises(NotEditable, match="不能修改"):
        upload(letter_round, pdf(2))


def test_the_database_freezes_files_with_the_branch(letter_round, county_reviewer):
    kept = upload(letter_round)
    report(**letter_round.place)
    rows = FilingAttachment.objects.filter(pk=kept.pk)

    for write in (lambda: rows.update(name="另一份.pdf"), rows.delete):
        with pytest.raises(IntegrityError, match="frozen_branch"), transaction.atomic():
            write()
    perform([letter_round.filing], Action.RETURN, by=Actor.of(county_reviewer), reason="重签")
    assert rows.update(name="另一份.pdf") == 1


def test_only_the_institution_uploads(letter_round, county_reviewer, neighbour_clerk):
    for stranger in (county_reviewer, neighbour_clerk):
        letter_round.clerk = stranger
        with pytest.raises(NotEditable, match="只有本机构"):
            upload(letter_round)
    assert not FilingAttachment.objects.exists()


def test_a_project_without_documents_takes_none(tree, hospital_clerk, alliance_officer):
    round_ = signing_round(tree, hospital_clerk, alliance_officer, Attachment.NONE)
    ready = Ready(b"%PDF", "函.pdf", 1)

    with pytest.raises(AttachmentRefused, match="不要求"):
        attach_file(
            round_.filing, project=round_.project, ready=ready, data_hash="", by=round_.by,
        )  # fmt: skip
    assert letter_of(round_.project, round_.filing) is None


def test_every_upload_is_in_the_log(letter_round):
    upload(letter_round)

    entry = LogEntry.objects.get(verb="上传承诺函")
    assert entry.path == letter_round.hospital.path
    assert "武昌区人民医院" in entry.sentence
    assert "“扫描.pdf”，1 页" in entry.sentence


def test_many_filings_cost_two_statements(letter_round):
    upload(letter_round)
    filings = [letter_round.filing, make.filing_of(letter_round.project, letter_round.hospital)]

    with CaptureQueriesContext(connection) as queries:
        letters_of(letter_round.project, filings)

    assert len(queries) == 2

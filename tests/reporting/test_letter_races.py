"""Two uploads at the same moment, and one that the database refuses: one file in force, no file without its row."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction

from apps.accounts.domain.actors import Actor
from apps.projects.models import Attachment
from apps.reporting.domain.sheet.reporting import report
from apps.review.domain.attachments.acts import attach_file
from apps.review.domain.attachments.checks import check_upload
from apps.review.models import FilingAttachment
from apps.scope.context import whole_country
from tests.reporting.signing import signing_round, upload
from tests.review.pdf_files import pdf
from tests.waiting import PATIENCE

pytestmark = pytest.mark.django_db(transaction=True)
CLERKS = 4


@pytest.fixture
def round_(tree, hospital_clerk, alliance_officer):
    return signing_round(tree, hospital_clerk, alliance_officer, Attachment.LETTER)


def files() -> set[str]:
    root = Path(settings.MEDIA_ROOT)
    return {path.relative_to(root).as_posix() for path in root.rglob("*.pdf")}


def test_uploads_at_once_leave_one_file_in_force_and_none_behind(round_):
    before, together = files(), Barrier(CLERKS)

    def one(pages: int) -> None:
        together.wait(timeout=PATIENCE)
        try:
            upload(round_, pdf(pages))
        finally:
            connection.close()

    with ThreadPoolExecutor(CLERKS) as clerks:
        list(clerks.map(one, range(1, CLERKS + 1)))

    with whole_country(reason="test"):
        (kept,) = FilingAttachment.objects.filter(filing=round_.filing)
    assert kept.replaced_at is None
    assert files() - before == {kept.file.name}


def test_a_refused_row_leaves_no_file(round_):
    with whole_country(reason="test"):
        upload(round_)
        filing = report(**round_.place)
    before = files()
    ready = check_upload([SimpleUploadedFile("扫描.pdf", pdf(3))], title="承诺函")

    with whole_country(reason="test"), pytest.raises(IntegrityError), transaction.atomic():
        attach_file(
            filing,
            project=round_.project,
            ready=ready,
            data_hash="",
            by=Actor.of(round_.clerk),
        )

    assert files() == before

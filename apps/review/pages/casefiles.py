"""案卷: everything of a filing in one ZIP; of a bureau the whole of its subtree, as a job."""

import tempfile
from typing import Any

from django.http import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET

from apps.accounts.models.roles import Permission
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.exchange.pages.exports import as_job
from apps.jobs.files import attachment
from apps.review.files.casefiles.writing import write_casefile
from apps.review.pages.filings import filing_or_404
from apps.review.tasks import CASEFILE
from apps.ui.pages.replicas import reads_replica


@requires(Permission.QUERY, Permission.EXPORT)
@require_GET
@reads_replica
def filing_casefile(request: SignedInRequest, code: str, pk: int) -> HttpResponseBase:
    filing = filing_or_404(code, pk)
    if not filing.is_institution:
        return as_job(
            request,
            CASEFILE,
            title=f"案卷 {filing.organization.name}",
            context={"filing_id": filing.pk},
            back_url=reverse("review:filing_detail", args=[code, pk]),
        )
    by: Any = request.actor
    file = tempfile.TemporaryFile()  # noqa: SIM115  (closed with the response)
    try:
        made = write_casefile(file, filing, by=by)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return attachment(file, made.filename)

"""The signed PDF of a filing: its bytes, for who may see the filing, and a page that shows it (S2-21, S3-07)."""

from csp.constants import NONE, SELF
from csp.decorators import csp
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from apps.accounts.domain.actors import Actor
from apps.accounts.models.roles import Permission
from apps.accounts.pages.decorators import fills, requires
from apps.accounts.pages.requests import SignedInRequest
from apps.jobs.files import handed_out
from apps.review.domain.attachments.page_codes import held_against
from apps.review.domain.attachments.reads import visible_or_404
from apps.review.domain.headings import review_title
from apps.review.pages.desks import turn_rail
from apps.review.pages.filings import filing_or_404

# What a browser's own PDF viewer needs, and nothing else; the file may stand in a frame of ours only.
ONLY_SHOWN = {
    "default-src": [NONE],
    "style-src": ["'unsafe-inline'"],
    "object-src": [SELF],
    "frame-ancestors": [SELF],
}


@fills
@requires(Permission.QUERY)
@require_GET
@csp(ONLY_SHOWN)  # type: ignore[arg-type]
def attachment_file(request: SignedInRequest, code: str, pk: int) -> FileResponse:
    """The PDF itself, shown where it is asked for."""
    filing = filing_or_404(code, pk)
    actor: Actor = request.actor
    stored = visible_or_404(filing, actor)
    response = FileResponse(handed_out(stored.file), content_type="application/pdf")
    named = content_disposition_header(as_attachment=False, filename=_pdf_name(stored.name))
    response.headers["Content-Disposition"] = named or "inline"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _pdf_name(name: str) -> str:
    return name if name.lower().endswith(".pdf") else f"{name}.pdf"


@fills
@requires(Permission.QUERY)
@require_GET
def attachment_detail(request: SignedInRequest, code: str, pk: int) -> HttpResponse:
    """查看承诺函, 查看需求汇总表."""
    filing = filing_or_404(code, pk)
    turn_rail(request, filing.kind)
    actor: Actor = request.actor
    stored = visible_or_404(filing, actor)
    shown = {
        "filing": filing,
        "project": filing.project,
        "file": stored,
        "pages": held_against(stored.page_codes, stored.data_hash),
        "document": filing.project.get_attachment_display(),
        "title": review_title(filing.kind, request.user.role),  # type: ignore[union-attr]
        "queue": "",
    }
    return render(request, "review/attachment_detail.html", shown)

"""为什么（不）能办理: every act on a filing, with what stands in its way, until when, and who can change it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from apps.accounts.models.roles import Permission
from apps.accounts.pages.decorators import fills, requires
from apps.accounts.pages.requests import SignedInRequest
from apps.review.domain.labels import status_text, status_tone
from apps.review.domain.why.explaining import explain
from apps.review.pages.desks import turn_rail
from apps.review.pages.filings import filing_or_404


@fills
@requires(Permission.QUERY)
@require_GET
def filing_why(request: SignedInRequest, code: str, pk: int) -> HttpResponse:
    filing = filing_or_404(code, pk)
    turn_rail(request, filing.kind)
    by: Any = request.actor
    shown = {
        "filing": filing,
        "project": filing.project,
        "status": {"text": status_text(filing), "tone": status_tone(filing)},
        "rows": explain(filing.project, filing, by, at=timezone.now()),
    }
    return render(request, "review/filing_why.html", shown)

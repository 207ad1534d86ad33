"""帮助: the manual of each role, the chapter of the page that somebody comes from, the same as PDF.

Invariant: open to everybody, like the manuals themselves; nothing of anybody's data stands in them.
"""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET

from apps.accounts.pages.decorators import public, unblocks
from apps.portal.files.manual_papers import manual_paper
from apps.portal.files.manuals import KEYS, OF_ROLES, Manual, manual_of


@public
@unblocks
@require_GET
def manual_list(request: HttpRequest) -> HttpResponse:
    own = _own(request)
    manuals = [manual_of(key) for key in KEYS]
    return render(request, "portal/manual_list.html", {"manuals": manuals, "own": own})


@public
@unblocks
@require_GET
def manual_chapter(request: HttpRequest) -> HttpResponse:
    """`?of=` is a page of the rail; without one, or one that no chapter is about, the manual's beginning."""
    key = _own(request)
    if not key:
        return redirect("portal:manual_list")
    page = reverse("portal:manual_detail", args=[key])
    anchor = manual_of(key).chapters.get(request.GET.get("of", ""), "")
    return redirect(f"{page}#{anchor}" if anchor else page)


@public
@unblocks
@require_GET
def manual_detail(request: HttpRequest, manual: str) -> HttpResponse:
    found = _manual_or_404(manual)
    shown = {"manual": found, "text": SafeString(found.html)}
    return render(request, "portal/manual_detail.html", shown)


@public
@unblocks
@require_GET
def manual_pdf(request: HttpRequest, manual: str) -> HttpResponse:
    chapter_book = _manual_or_404(manual)
    response = HttpResponse(manual_paper(manual), content_type="application/pdf")
    response.headers["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=f"分量-{chapter_book.title}.pdf"
    )
    return response


def _own(request: HttpRequest) -> str:
    """The key of the reader's manual; nobody's for visitors."""
    user: Any = request.user
    return OF_ROLES.get(user.role, "") if user.is_authenticated else ""


def _manual_or_404(key: str) -> Manual:
    try:
        return manual_of(key)
    except KeyError as unknown:
        raise Http404 from unknown

"""变更记录: who changed what of projects, accounts, units and delivery, from what to what."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from apps.accounts.models.roles import Permission, Role
from apps.accounts.pages.decorators import requires
from apps.audit.models import Change
from apps.exchange.pages.exports import export_response
from apps.portal.domain.change_filter import ChangeFilter
from apps.portal.domain.changes import NotSeen, changes_of, told
from apps.portal.domain.log import log_page
from apps.portal.files.changes import CHANGES_EXPORT
from apps.portal.navigation import SUPERIORS
from apps.portal.pages.reach import reach_of
from apps.ui.lists import matching
from apps.ui.paging import address, page_size


@requires(roles=(*SUPERIORS, Role.AUDIT))
@require_GET
def change_list(request: HttpRequest, kind: str = "", pk: int = 0) -> HttpResponse:
    user: Any = request.user
    before = request.GET.get("before", "")
    with reach_of(user):
        changes, thing = _asked(kind, pk)
        filterset = ChangeFilter(request.GET, queryset=changes, request=request)
        page = log_page(matching(filterset), before=before, size=page_size(request))
        shown = {
            "filter": filterset,
            "thing": str(thing) if thing else "",
            "changes": told(page.entries),
            "older": address(request, before=page.older) if page.older else "",
            "newest": address(request, before=None) if before else "",
            "export": _export_of(kind, pk) if user.has(Permission.EXPORT) else "",
        }
        return render(request, "audit/change_list.html", shown)


@requires(Permission.QUERY, Permission.EXPORT, roles=SUPERIORS)
@require_GET
def change_export(request: HttpRequest, kind: str = "", pk: int = 0) -> HttpResponseBase:
    """The file, or a job if it is long; the filters come along in the address."""
    changes, _ = _asked(kind, pk)
    filterset = ChangeFilter(request.GET, queryset=changes, request=request)
    given = {name: filterset.data[name] for name in filterset.filters if filterset.data.get(name)}
    context = {"filters": given, "kind": kind, "pk": pk}
    back = reverse("audit:change_detail", args=[kind, pk]) if kind else reverse("audit:change_list")
    return export_response(request, CHANGES_EXPORT, context=context, back_url=back)


def _asked(kind: str, pk: int) -> tuple[Any, Any]:
    """The changes of one thing and the thing, or everybody's; outside the reader's scope 404."""
    try:
        return changes_of(kind, pk) if kind else (Change.objects.all(), None)
    except NotSeen as error:
        raise Http404 from error


def _export_of(kind: str, pk: int) -> str:
    return (
        reverse("audit:change_detail_export", args=[kind, pk])
        if kind
        else reverse("audit:change_export")
    )

"""操作日志: what happened in one's own subtree, read from `LogEntry` only."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.accounts.models.roles import Permission
from apps.accounts.pages.decorators import requires
from apps.exchange.pages.exports import export_response
from apps.portal.domain.log import LogFilter, entries_in_reach, log_page
from apps.portal.files.workbooks import LOG_EXPORT
from apps.portal.navigation import SEAL_READERS
from apps.ui.lists import matching
from apps.ui.paging import address, page_size


@requires(Permission.QUERY)
@require_GET
def log_list(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    filterset = LogFilter(request.GET, queryset=entries_in_reach(), request=request)
    before = request.GET.get("before", "")
    page = log_page(matching(filterset), before=before, size=page_size(request))
    shown = {
        "filter": filterset,
        "page": page,
        "older": address(request, before=page.older) if page.older else "",
        "newest": address(request, before=None) if before else "",
        "may_export": user.has(Permission.EXPORT),
        "seals": user.role in SEAL_READERS,
    }
    return render(request, "audit/log_list.html", shown)


@requires(Permission.EXPORT)
@require_GET
def log_export(request: HttpRequest) -> HttpResponseBase:
    """The file, or a job if it is long; the filters come along in the address."""
    filterset = LogFilter(request.GET, queryset=entries_in_reach(), request=request)
    given = {name: filterset.data[name] for name in filterset.filters if filterset.data.get(name)}
    return export_response(request, LOG_EXPORT, context={"filters": given}, back_url="/audit/")

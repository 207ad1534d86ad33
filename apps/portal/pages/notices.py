"""通知 as its readers meet it: the list, one notice with its files, downloads, answered questions."""

from typing import Any

from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from apps.accounts.models.roles import Permission
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.notices.models import Attachment, Notice, NoticeKind
from apps.notices.services import mark_read
from apps.portal.domain.filters import NoticeFilter, ShelfFilter
from apps.portal.pages.tables import NoticeTable, audience_text, notice_pill
from apps.ui.lists import matching, render_list
from apps.ui.pages.kept_files import kept_file
from apps.ui.paging import CappedPaginator, page_size


@requires()
@require_GET
def notice_list(request: SignedInRequest) -> HttpResponse:
    user: Any = request.user
    notices = Notice.objects.all().for_reader(user).filter(kind=NoticeKind.NOTICE)
    return render_list(
        request,
        "notices/notice_list.html",
        table_class=NoticeTable,
        filterset_class=NoticeFilter,
        queryset=notices.with_read(user).recent_first(),
        context={"may_write": may_write(user)},
    )


def may_write(user: Any) -> bool:
    """Bureaus and the alliance publish downward."""
    return bool(user.has(Permission.REVIEW))


@requires()
@require_GET
def notice_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    user: Any = request.user
    notice = get_object_or_404(Notice.objects.all().visible_to(user), pk=pk)
    mark_read(notice, by=request.actor)
    shown = {
        "notice": notice,
        "attachments": Attachment.objects.filter(notice=notice).order_by("pk"),
        "audience": audience_text(notice),
        "pill": notice_pill(notice),
        "is_own": notice.path == user.path and may_write(user),
    }
    return render(request, "notices/notice_detail.html", shown)


@requires()
@require_GET
def attachment_download(request: SignedInRequest, pk: int) -> FileResponse:
    visible = Notice.objects.all().visible_to(request.user).values("pk")
    attachment = get_object_or_404(Attachment.objects.filter(notice__in=visible), pk=pk)
    return kept_file(attachment.file, attachment.name)


@requires()
@require_GET
def download_list(request: SignedInRequest) -> HttpResponse:
    return _shelf(request, NoticeKind.DOWNLOAD, "portal/download_list.html")


@requires()
@require_GET
def faq(request: SignedInRequest) -> HttpResponse:
    """常见问题 (S0-39)."""
    return _shelf(request, NoticeKind.FAQ, "portal/faq.html")


def _shelf(request: SignedInRequest, kind: NoticeKind, template: str) -> HttpResponse:
    """Entries of one kind with their files, newest first."""
    entries = Notice.objects.all().listed_for(request.user).filter(kind=kind)
    filterset = ShelfFilter(request.GET or None, queryset=entries, request=request)
    shelf: Any = matching(filterset)
    rows = shelf.recent_first().prefetch_related("attachments")
    page = CappedPaginator(rows, page_size(request)).get_page(request.GET.get("page"))
    return render(
        request, template, {"filter": filterset, "page": page, "may_write": may_write(request.user)}
    )

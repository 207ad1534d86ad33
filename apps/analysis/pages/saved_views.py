"""Saved views: kept, renamed and deleted on the pivot page itself."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from apps.accounts.models.roles import Permission
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.analysis.domain.saved_views import ViewRefused, delete_view, rename_view, save_view
from apps.analysis.domain.view import AddressRefused, View
from apps.analysis.models import SavedView
from apps.analysis.navigation import BUREAUS
from apps.analysis.pages.pivot import demand_desk
from apps.review.pages.outside import explains_chain


@requires(Permission.QUERY, roles=BUREAUS)
@require_POST
@explains_chain
def view_save(request: SignedInRequest, code: str) -> HttpResponse:
    """Keeps the view in the address; one that makes no sense is not kept."""
    desk = demand_desk(request, code)
    try:
        view = View.read(request.GET, first=View.first(desk.own))
        kept = save_view(
            project=desk.project,
            name=request.POST.get("name", ""),
            query=view.query,
            by=request.actor,
        )
    except (AddressRefused, ViewRefused) as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"已保存视图“{kept.name}”，在“我的视图”里打开。")
    return _back(request, code)


@requires(Permission.QUERY, roles=BUREAUS)
@require_POST
@explains_chain
def view_change(request: SignedInRequest, code: str, pk: int) -> HttpResponse:
    """重命名 or 删除 of one's own view; anybody else's is 404."""
    desk = demand_desk(request, code)
    mine = SavedView.objects.of_owner(request.user.pk, desk.project)
    view = get_object_or_404(mine, pk=pk)
    try:
        if request.POST.get("action") == "delete":
            delete_view(view=view, project=desk.project, by=request.actor)
            messages.success(request, f"已删除视图“{view.name}”。")
        else:
            name = request.POST.get("name", "")
            rename_view(view=view, project=desk.project, name=name, by=request.actor)
            messages.success(request, f"已改名为“{view.name}”。")
    except ViewRefused as refused:
        messages.error(request, str(refused))
    return _back(request, code)


def _back(request: SignedInRequest, code: str) -> HttpResponse:
    return redirect(f"{reverse('analysis:pivot_detail', args=[code])}?{request.GET.urlencode()}")

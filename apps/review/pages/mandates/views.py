"""代填授权: what an institution gives, what a bureau reads and ends, and whom an account may fill in for."""

from datetime import datetime, time, timedelta
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.models.roles import ORGANIZATION_ROLES, Permission, Role
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.review.domain.mandates.acts import end_mandate, grant_mandate
from apps.review.domain.mandates.using import mandates_of
from apps.review.domain.refusals import ReviewRefused
from apps.review.models import Mandate
from apps.review.pages.answering import carry_out
from apps.review.pages.desks import project_of
from apps.review.pages.mandates.tables import HeldFilter, HeldTable, MandateFilter, MandateTable
from apps.scope.paths import in_subtree
from apps.ui.lists import render_list

LIST = "review:mandate_list"
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class MandateForm(forms.Form):
    """Who, until when, and whether the account may also report."""

    username = forms.CharField(
        label="被授权账号的用户名", max_length=50, help_text="请向对方核对，如 H42010000001。"
    )
    unit_name = forms.CharField(
        label="被授权单位的名称", max_length=120, help_text="全称；与用户名不符时不予授权。"
    )
    ends_on = forms.DateField(label="授权至", widget=DAY, help_text="到当天 24:00，最长一年。")
    may_report = forms.BooleanField(
        label="也可以上报", required=False, help_text="不勾选时只能填写，由本单位核对后上报。"
    )

    def ends_at(self) -> datetime:
        """Midnight after the day."""
        after = self.cleaned_data["ends_on"] + timedelta(days=1)
        return timezone.make_aware(datetime.combine(after, time()))


@requires(Permission.QUERY, roles=ORGANIZATION_ROLES)
@require_GET
def mandate_list(request: SignedInRequest, code: str) -> HttpResponse:
    """An institution's own, a bureau's whole subtree; those in force first."""
    project = project_of(request, code)
    rows = Mandate.objects.all().of_project(project)
    rows = rows.filter(in_subtree(request.user.path))
    rows = rows.select_related("organization", "account__organization")
    is_institution = request.user.role == Role.INSTITUTION
    return render_list(
        request,
        "review/mandate_list.html",
        table_class=MandateTable,
        filterset_class=None if is_institution else MandateFilter,
        queryset=rows.order_by("-ends_at", "-pk"),
        table_kwargs={"code": code, "by": request.actor},
        context={
            "project": project,
            "may_grant": is_institution and request.user.has(Permission.REPORT),
        },
    )


@requires(Permission.REPORT, roles=(Role.INSTITUTION,))
def mandate_grant(request: SignedInRequest, code: str) -> HttpResponse:
    """A refused grant keeps what was typed."""
    project = project_of(request, code)
    form = MandateForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        told: dict[str, Any] = {
            name: form.cleaned_data[name] for name in ("username", "unit_name", "may_report")
        }
        try:
            grant_mandate(project=project, ends_at=form.ends_at(), by=request.actor, **told)
        except ReviewRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "已授权代填，对方单位已收到消息。")
            return redirect(LIST, code=code)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    shown = {"project": project, "form": form}
    return render(request, "review/mandate_grant.html", shown, status=status)


@requires(Permission.QUERY, roles=ORGANIZATION_ROLES)
@require_POST
def mandate_end(request: SignedInRequest, code: str, pk: int) -> HttpResponse:
    mandate = get_object_or_404(Mandate.objects.all(), pk=pk, project__code=code)
    return carry_out(
        request,
        lambda: end_mandate(mandate_id=mandate.pk, by=request.actor),
        lambda ended: "已终止代填授权，对方立即不能再填。" if ended else "代填授权已经终止。",
        reverse(LIST, args=[code]),
    )


@requires(Permission.QUERY, roles=(Role.INSTITUTION,))
@require_GET
def mandate_held_list(request: SignedInRequest) -> HttpResponse:
    """切换: whom this account may fill in for."""
    return render_list(
        request,
        "review/mandate_held_list.html",
        table_class=HeldTable,
        filterset_class=HeldFilter,
        queryset=mandates_of(request.user),
    )

"""协议签署进度 down to the institution: who has something to choose, draw, sign or replace; 催报, phones, Excel."""

import io
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST
from django_tables2.data import TableListData

from apps.accounts.domain.calling import caller_of
from apps.accounts.models.roles import Permission
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.distribution.domain.agreements.progress import Institutions, Step
from apps.distribution.domain.agreements.refusals import AgreementRefused
from apps.distribution.domain.agreements.reminding import (
    log_phone_list,
    remind_of_agreements,
)
from apps.distribution.files.agreement_phones import phone_list
from apps.distribution.files.progress_workbook import INSTITUTIONS_EXPORT
from apps.distribution.pages.agreements.progress import BUREAUS, Viewed, viewed
from apps.distribution.pages.agreements.progress_tables import InstitutionTable
from apps.distribution.tasks import REMIND
from apps.exchange.files.pdf import write_pdf
from apps.exchange.pages.exports import export_response
from apps.jobs.files import attachment
from apps.jobs.services import enqueue
from apps.notices.messages import LONGEST_WORDS
from apps.ui.lists import ALL_MATCHING, build_table
from apps.ui.numbers import number_of
from apps.ui.pages import seen_sets
from apps.ui.pages.replicas import reads_replica
from apps.ui.tables import SELECTED

AT_ONCE = 2_000
"""Institutions that a page reminds itself; more are a job."""
LIST = "distribution:agreement_unit_list"


class UnitFilter(forms.Form):
    """The query bar: what is open, and the institution's name."""

    step = forms.ChoiceField(label="进度", choices=[("", "全部"), *Step.choices], required=False)
    name = forms.CharField(
        label="医疗机构",
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "名称 / 首字母 / 编码", "type": "search"}),
    )


def _asked(request: SignedInRequest, place: Viewed) -> tuple[UnitFilter, Institutions]:
    form = UnitFilter(request.GET)
    told = form.cleaned_data if form.is_valid() else {}
    found = Institutions(
        place.project, place.top, step=told.get("step", ""), query=told.get("name", "")
    )
    return form, found


@requires(Permission.QUERY, roles=BUREAUS)
@require_GET
@reads_replica
def agreement_unit_list(request: SignedInRequest) -> HttpResponse:
    place = viewed(request)
    if place is None:
        return redirect("distribution:agreement_progress_list")
    form, found = _asked(request, place)
    narrowed = any(request.GET.get(name) for name in ("step", "name"))
    table = build_table(request, InstitutionTable, TableListData(found), filtered=narrowed)
    may_remind = request.user.has(Permission.REVIEW)
    if not may_remind:
        table.columns.hide("select")
    shown = {
        "place": place,
        "project": place.project,
        "form": form,
        "table": table,
        "may_remind": may_remind,
        "may_export": request.user.has(Permission.EXPORT),
        "may_print_phones": may_remind and request.user.has(Permission.EXPORT),
        "query": request.GET.urlencode(),
        "back": f"{reverse(LIST)}?{place.query}",
    }
    return render(request, "distribution/agreement_unit_list.html", shown)


@requires(Permission.REVIEW, roles=BUREAUS)
@require_POST
def agreement_remind(request: SignedInRequest) -> HttpResponse:
    """催报 to the ticked, or to all that match."""
    place = viewed(request)
    if place is None:
        return redirect("distribution:agreement_progress_list")
    here = f"{reverse(LIST)}?{request.GET.urlencode()}"
    chosen = _chosen(request, place)
    words = request.POST.get("words", "")[:LONGEST_WORDS]
    if not chosen:
        messages.warning(request, "请先勾选要催报的医疗机构。")
        return redirect(here)
    if len(chosen) > AT_ONCE:
        facts: dict[str, Any] = {"project_id": place.project.pk, "filing_ids": chosen}
        title = f"催办“{place.project.name}”三方协议"
        return redirect(
            enqueue(REMIND, by=request.actor, title=title, back_url=here, words=words, **facts)
        )
    try:
        done = remind_of_agreements(place.project, chosen, by=request.actor, words=words)
    except AgreementRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done.in_words)
    return redirect(here)


def _chosen(request: SignedInRequest, place: Viewed) -> list[int]:
    if request.POST.get(ALL_MATCHING):
        _, found = _asked(request, place)
        seen_sets.require_same(request.POST.get(seen_sets.FIELD, ""), found.stamp)
        return [institution.pk for institution in found.some(0, len(found))]
    ticked = request.POST.getlist(SELECTED)[: AT_ONCE * 10]
    return [number for typed in ticked if (number := number_of(typed)) is not None]


@requires(Permission.QUERY, Permission.EXPORT, roles=BUREAUS)
@require_GET
@reads_replica
def agreement_unit_export(request: SignedInRequest) -> HttpResponseBase:
    place = viewed(request)
    if place is None:
        return redirect("distribution:agreement_progress_list")
    form, _ = _asked(request, place)
    told = form.cleaned_data if form.is_valid() else {}
    context = {
        "project_id": place.project.pk,
        "top": place.top,
        "caller": caller_of(request.user),
        **told,
    }
    back = f"{reverse(LIST)}?{request.GET.urlencode()}"
    return export_response(request, INSTITUTIONS_EXPORT, context=context, back_url=back)


@requires(Permission.QUERY, Permission.REVIEW, Permission.EXPORT, roles=BUREAUS)
@require_GET
@reads_replica
def agreement_phones(request: SignedInRequest) -> HttpResponseBase:
    """The printable list of whom to call, as the list is filtered: in full for whoever reminds, and logged."""
    place = viewed(request)
    if place is None:
        return redirect("distribution:agreement_progress_list")
    _, found = _asked(request, place)
    file = io.BytesIO()
    write_pdf(file, phone_list(place.project, place.name, found))
    log_phone_list(by=request.actor, project=place.project, path=place.top, name=place.name)
    file.seek(0)
    return attachment(file, f"三方协议催办电话-{place.name}.pdf", "application/pdf")

"""Who takes part: the list, choosing by region, grade and ownership, the list from Excel."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_POST

from apps.accounts.models.roles import Permission, Role
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.exchange.pages.exports import export_response
from apps.exchange.pages.import_page import run_import_page
from apps.projects.domain.filters import CandidateFilter, ParticipationFilter
from apps.projects.domain.participants.acts import (
    candidates,
    choose_participants,
    remove_participants,
    set_obligation,
)
from apps.projects.domain.presentation import may_change_participants
from apps.projects.files.workbooks import PARTICIPANT_EXPORT, PARTICIPANT_IMPORT
from apps.projects.models import Obligation, Participation, Project
from apps.projects.pages.lookups import project_or_404
from apps.projects.pages.refusing import carry_out
from apps.projects.pages.tables import CandidateTable, ParticipationTable
from apps.ui.lists import render_list, selected

CHOOSERS = (Role.ALLIANCE, Role.PROVINCE)


@requires(Permission.QUERY)
def participant_list(request: SignedInRequest, code: str) -> HttpResponse:
    project = project_or_404(code)
    may_change = may_change_participants(project, request.user)
    return render_list(
        request,
        "projects/participant_list.html",
        table_class=ParticipationTable,
        filterset_class=ParticipationFilter,
        queryset=_participations(project),
        table_kwargs={"exclude": () if may_change else ("select",)},
        context={
            "project": project,
            "may_change": may_change,
            "adds_late": project.is_in_progress and request.user.role in CHOOSERS,
        },
    )


@requires(Permission.QUERY, roles=CHOOSERS)
@require_POST
def participant_change(request: SignedInRequest, code: str) -> HttpResponse:
    """移出, 改为必报, 改为自愿 for the ticked rows or all that match."""
    project = project_or_404(code)
    rows = selected(request, queryset=_participations(project), filterset_class=ParticipationFilter)
    back = f"{reverse('projects:participant_list', args=[code])}?{request.GET.urlencode()}"
    act, done = _change(request, project, rows)
    return carry_out(request, act, done, back)


def _change(
    request: SignedInRequest, project: Project, rows: QuerySet[Participation]
) -> tuple[Callable[[], Any], str]:
    chosen: dict[str, Any] = {"project": project, "participations": rows, "by": request.actor}
    wanted = request.POST.get("action", "")
    if wanted == "remove":
        return lambda: remove_participants(**chosen), "已移出 {:,} 家机构。"
    obligation = Obligation(wanted) if wanted in Obligation.values else Obligation.REQUIRED
    done = "已将 {:,} 家机构改为" + f"{obligation.label}。"
    return lambda: set_obligation(obligation=obligation, **chosen), done


@requires(Permission.QUERY, roles=CHOOSERS)
def participant_add(request: SignedInRequest, code: str) -> HttpResponse:
    project = project_or_404(code)
    institutions = candidates(project).select_related("division__parent__parent").order_by("path")
    if request.method == "POST":
        chosen = selected(request, queryset=institutions, filterset_class=CandidateFilter)
        wanted = request.POST.get("action", "")
        obligation = Obligation(wanted) if wanted in Obligation.values else Obligation.REQUIRED
        return carry_out(
            request,
            lambda: choose_participants(
                project=project, institutions=chosen, obligation=obligation, by=request.actor
            ),
            "已加入 {:,} 家机构。",
            f"{request.path}?{request.GET.urlencode()}",
        )
    return render_list(
        request,
        "projects/participant_add.html",
        table_class=CandidateTable,
        filterset_class=CandidateFilter,
        queryset=institutions,
        context={
            "project": project,
            "may_change": may_change_participants(project, request.user),
        },
    )


@requires(Permission.IMPORT, roles=CHOOSERS)
def participant_import(request: SignedInRequest, code: str) -> HttpResponseBase:
    project = project_or_404(code)
    back = reverse("projects:participant_list", args=[code])
    return run_import_page(
        request,
        PARTICIPANT_IMPORT,
        context={"project_id": project.pk},
        back_url=back,
        project=project,
        crumbs=(*crumbs(project), ("参加机构", back)),
    )


@requires(Permission.EXPORT)
def participant_export(request: SignedInRequest, code: str) -> HttpResponseBase:
    project = project_or_404(code)
    return export_response(request, PARTICIPANT_EXPORT, context={"project_id": project.pk})


def crumbs(project: Project) -> tuple[tuple[str, str], ...]:
    """The way to a project's page."""
    return (
        ("项目列表", reverse("projects:project_list")),
        (project.name, reverse("projects:project_detail", args=[project.code])),
    )


def _participations(project: Project) -> QuerySet[Participation]:
    rows: QuerySet[Participation] = Participation.objects.filter(project=project)
    return rows.select_related("organization__division__parent__parent").order_by("path")

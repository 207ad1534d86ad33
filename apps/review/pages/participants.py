"""参加机构 of a published round: who takes part and where each stands, who joins late, who is removed."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from apps.accounts.models.roles import Permission, Role
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.projects.domain.filters import CandidateFilter
from apps.projects.domain.participants.acts import candidates
from apps.projects.models import Obligation, Project
from apps.projects.pages.tables import CandidateTable
from apps.review.domain.filters import ParticipantFilter
from apps.review.domain.reads import actions_for
from apps.review.domain.refusals import ReviewRefused
from apps.review.domain.rounds.participants import add_participants, why_not_join
from apps.review.models import Filing
from apps.review.models.statuses import Action
from apps.review.pages.desks import project_of
from apps.review.pages.tables import ParticipantTable
from apps.ui.lists import build_table, matching, render_list, selected
from apps.ui.pages.replicas import reads_replica

CHOOSERS = (Role.ALLIANCE, Role.PROVINCE)
CONFLICT = 409


@requires(Permission.QUERY, roles=CHOOSERS)
@require_GET
@reads_replica
def participant_list(request: SignedInRequest, code: str) -> HttpResponse:
    """Every institution of the round below the reader; 移出 stands where the machine allows it."""
    project = project_of(request, code)
    rows = Filing.objects.of_project(project).institutions().with_organization().order_by("path")
    filterset = ParticipantFilter(request.GET, queryset=rows, request=request)
    table: Any = build_table(
        request,
        ParticipantTable,
        matching(filterset),
        filtered=filterset.is_narrowed,
        code=code,
    )
    actor = request.actor
    offered = actions_for(project, table.page_rows(), actor, at=timezone.now())
    table.removable = frozenset(pk for pk, acts in offered.items() if Action.EXCLUDE in acts)
    shown = {
        "project": project,
        "table": table,
        "filter": filterset,
        "hindrance": why_not_join(project, actor),
    }
    return render(request, "review/participant_list.html", shown)


@requires(Permission.QUERY, roles=CHOOSERS)
def participant_add(request: SignedInRequest, code: str) -> HttpResponse:
    """Tick, give the reason, 加入. Refused, the page keeps the reason that was typed."""
    project = project_of(request, code)
    hindrance = why_not_join(project, request.actor)
    refused: ReviewRefused | None = None
    if request.method == "POST":
        try:
            return _added(request, project)
        except ReviewRefused as error:
            refused = error
    return render_list(
        request,
        "review/participant_add.html",
        table_class=CandidateTable,
        filterset_class=CandidateFilter,
        queryset=candidates(project).select_related("division__parent__parent").order_by("path"),
        table_kwargs={"exclude": ("select",) if hindrance else ()},
        context={
            "project": project,
            "hindrance": hindrance,
            "refused": None if hindrance else refused,
            "obligations": Obligation.choices,
            "reason": request.POST.get("reason", ""),
        },
        status=CONFLICT if refused else 200,
    )


def _added(request: SignedInRequest, project: Project) -> HttpResponse:
    """Raises a `ReviewRefused`."""
    wanted = request.POST.get("obligation", "")
    obligation = Obligation(wanted) if wanted in Obligation.values else Obligation.REQUIRED
    filings = add_participants(
        project=project,
        institutions=selected(
            request, queryset=candidates(project), filterset_class=CandidateFilter
        ),
        obligation=obligation,
        reason=request.POST.get("reason", "")[:300],
        by=request.actor,
    )
    messages.success(request, f"已加入 {len(filings):,} 家机构，它们现在可以填报。")
    return redirect("review:participant_list", code=project.code)

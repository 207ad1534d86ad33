"""生成分量任务: from a finished demand project to a draft whose volumes can be looked at before anybody sees it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from apps.accounts.models.roles import Permission, Role
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.allocation.domain.generation.acts import generate_draft, generate_volumes, refresh_preview
from apps.allocation.domain.generation.sources import sources
from apps.allocation.models import Generation
from apps.allocation.pages.answering import remember
from apps.allocation.pages.forms import GenerateForm
from apps.allocation.tasks import GENERATE, PREVIEW
from apps.jobs.services import enqueue
from apps.projects.domain.refusals import ProjectRefused
from apps.projects.models import CatalogItem, Participation, WinningProduct
from apps.projects.pages.lookups import project_or_404
from apps.review.domain.refusals import ReviewRefused
from apps.review.pages.answering import carry_out

CONFLICT = 409
AT_ONCE = 500
"""Institutions whose volumes a page writes itself; for more it is a job."""
LISTED = 20
ALLIANCE = (Role.ALLIANCE,)


@requires(Permission.MANAGE, roles=ALLIANCE)
def generation_start(request: SignedInRequest) -> HttpResponse:
    """Which demand project, and what the new project is called; or the way by Excel."""
    form = GenerateForm(request.POST or None)
    if form.is_valid():
        try:
            project = generate_draft(by=request.actor, **form.cleaned_data)
        except (ProjectRefused, ReviewRefused) as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"已新建草稿“{project.name}”，请核对中选结果后生成分配量。")
            return redirect("allocation:generation_detail", code=project.code)
    shown = {"form": form, "has_sources": sources().exists(), "drafts": _unpublished()}
    status = CONFLICT if form.errors else 200
    return render(request, "allocation/generation_start.html", shown, status=status)


@requires(Permission.MANAGE, roles=ALLIANCE)
def generation_detail(request: SignedInRequest, code: str) -> HttpResponse:
    """The steps, and what the volumes come to before publication."""
    made = _made(code)
    remember(request, code)
    shown: dict[str, Any] = {
        "project": made.project,
        "made": made,
        "preview": made.preview,
        "items": CatalogItem.objects.filter(project=made.project).count(),
        "units": Participation.objects.filter(project=made.project).count(),
        "winners": WinningProduct.objects.filter(project=made.project).count(),
        "may_change": not made.project.is_frozen,
    }
    return render(request, "allocation/generation_detail.html", shown)


@requires(Permission.MANAGE, roles=ALLIANCE)
@require_POST
def generation_run(request: SignedInRequest, code: str) -> HttpResponse:
    """生成分配量, and the preview with it."""
    made = _made(code)
    if _is_large(made):
        return _followed(request, made, GENERATE, "生成分配量")
    return carry_out(
        request,
        lambda: generate_volumes(project=made.project, by=request.actor),
        lambda count: f"已生成分配量 {count:,} 行。",
        _detail(made),
    )


@requires(Permission.MANAGE, roles=ALLIANCE)
@require_POST
def generation_refresh(request: SignedInRequest, code: str) -> HttpResponse:
    """重新预览 after winners or shares changed."""
    made = _made(code)
    if _is_large(made):
        return _followed(request, made, PREVIEW, "重新预览")
    return carry_out(
        request,
        lambda: refresh_preview(project=made.project, by=request.actor),
        lambda _: "已按当前中选结果和规则重新计算。",
        _detail(made),
    )


def _unpublished() -> list[Generation]:
    """What was begun and not published yet, the latest first."""
    rows = Generation.objects.filter(project__published_at__isnull=True)
    return list(rows.select_related("project", "source").order_by("-project_id")[:LISTED])


def _made(code: str) -> Generation:
    project = project_or_404(code)
    rows = Generation.objects.select_related("project", "source", "version")
    generation: Generation = get_object_or_404(rows, project=project)
    return generation


def _detail(made: Generation) -> str:
    return reverse("allocation:generation_detail", args=[made.project.code])


def _is_large(made: Generation) -> bool:
    return bool(Participation.objects.filter(project=made.project).count() > AT_ONCE)


def _followed(request: SignedInRequest, made: Generation, name: str, verb: str) -> HttpResponse:
    job = enqueue(
        name,
        by=request.actor,
        title=f"{verb}“{made.project.name}”",
        back_url=_detail(made),
        project_id=made.project.pk,
    )
    return redirect(job)

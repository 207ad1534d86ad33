"""The alliance's acts on a whole round: 发布, 截止, 办结."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from apps.accounts.domain.proofs import require_proof
from apps.accounts.models.roles import Permission, Role
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.jobs.services import enqueue
from apps.projects.domain.publication import lacks
from apps.projects.models import (
    CatalogItem,
    Participation,
    Phase,
    Project,
    ProjectWindow,
    WinningProduct,
)
from apps.review.domain.checklist import checklist_of
from apps.review.domain.guards import objections
from apps.review.domain.kinds import kind_of
from apps.review.domain.reads import progress_of
from apps.review.domain.refusals import PublicationRefused, ReviewRefused
from apps.review.domain.rounds.concluding import (
    close_project,
    closing_report,
    conclude_project,
    conclusion_gate,
    unreported,
)
from apps.review.domain.rounds.publishing import publication_report, publish_project
from apps.review.models import Filing
from apps.review.models.statuses import Action
from apps.review.pages.desks import project_of
from apps.review.pages.own_filing import accepted_losses
from apps.review.pages.unsettled import who_is_missing
from apps.review.tasks import CLOSE, CONCLUDE, PUBLISH

CONFLICT = 409
LISTED = 100
AT_ONCE = 2_000
"""Institutions of a round that a page publishes, closes or concludes itself; for a larger one it is a job."""


@requires(Permission.MANAGE, roles=(Role.ALLIANCE,))
def project_publish(request: SignedInRequest, code: str) -> HttpResponse:
    project = project_of(request, code)
    numbers = _numbers(project)
    refused: PublicationRefused | None = None
    if request.method == "POST":
        try:
            return _published(request, project, numbers["institutions"])
        except PublicationRefused as error:
            refused = error
    whole = numbers["institutions"] <= AT_ONCE
    report = None if project.is_frozen else publication_report(project, whole=whole)
    shown = {
        "project": project,
        "report": report,
        "problems": _with_links(project, report.problems) if report else [],
        "refused": refused,
        **numbers,
    }
    status = CONFLICT if refused else 200
    return render(request, "review/project_publish.html", shown, status=status)


def _published(request: SignedInRequest, project: Project, institutions: int) -> HttpResponse:
    """At once, or as a job where many institutions take part. Raises `PublicationRefused`."""
    if institutions > AT_ONCE:
        return followed(request, project, PUBLISH, "发布项目", **proved(request, project))
    planted = publish_project(project, by=request.actor)
    messages.success(request, f"项目“{project.name}”已发布，生成 {planted:,} 份申报单。")
    return redirect("review:filing_list", code=project.code)


def followed(
    request: SignedInRequest, project: Project, name: str, verb: str, **params: int | str
) -> HttpResponse:
    """Ask for the job; its page says how far it is, how it ended or why it was refused."""
    job = enqueue(
        name,
        by=request.actor,
        title=f"{verb}“{project.name}”",
        back_url=request.get_full_path(),
        project_id=project.pk,
        **params,
    )
    return redirect(job)


def proved(request: SignedInRequest, project: Project) -> dict[str, bool]:
    """A job proves nothing: whoever asks for it does. Raises `ProofMissing`."""
    require_proof(by=request.actor, asked=project.asks_proof)
    return {"proved": request.actor.proved}


def is_large(project: Project) -> bool:
    return bool(Participation.objects.filter(project=project).count() > AT_ONCE)


def _with_links(project: Project, problems: Sequence[str]) -> list[tuple[str, str]]:
    """Each sentence with the page where it is mended, as far as the project itself knows one."""
    pages = {lack.sentence: reverse(lack.view, args=[project.code]) for lack in lacks(project)}
    return [(problem, pages.get(problem, "")) for problem in problems]


def _numbers(project: Project) -> dict[str, Any]:
    """What the project consists of, for the sentence of the confirmation."""
    return {
        "institutions": Participation.objects.filter(project=project).count(),
        "items": CatalogItem.objects.filter(project=project).count(),
        "products": WinningProduct.objects.filter(project=project).count(),
        "windows": ProjectWindow.objects.filter(project=project).order_by("opens_at"),
    }


@requires(Permission.MANAGE, roles=(Role.ALLIANCE,))
def project_close(request: SignedInRequest, code: str) -> HttpResponse:
    """截止: what was never reported counts as not reported."""
    project = project_of(request, code)
    refused: ReviewRefused | None = None
    if request.method == "POST" and is_large(project):
        return followed(request, project, CLOSE, "截止项目")
    if request.method == "POST":
        try:
            report = close_project(project, by=request.actor)
        except ReviewRefused as error:
            refused = error
        else:
            number = len(report.lapsing)
            messages.success(request, f"项目已截止，{number:,} 家从未上报的计为未报。")
            return redirect("review:filing_list", code=code)
    shown = {
        "project": project,
        "report": closing_report(project),
        "refused": refused,
        "listed": LISTED,
        "settling_url": _settling_url(project),
    }
    return render(request, "review/project_close.html", shown, status=CONFLICT if refused else 200)


@requires(Permission.MANAGE, roles=(Role.ALLIANCE,))
def project_conclude(request: SignedInRequest, code: str) -> HttpResponse:
    """办结: freezes every filing of the project, the missing provinces confirmed by name."""
    project = project_of(request, code)
    if project.published_at is None:
        raise Http404
    refused: ReviewRefused | None = None
    confirmed, losing = "confirmed" in request.POST, accepted_losses(request)
    if request.method == "POST" and is_large(project):
        known = {"confirmed": confirmed, "losing": losing, **proved(request, project)}
        return followed(request, project, CONCLUDE, "办结项目", **known)
    if request.method == "POST":
        try:
            conclude_project(project, by=request.actor, confirmed=confirmed, losing=losing)
        except ReviewRefused as error:
            refused = error
        else:
            messages.success(request, f"项目“{project.name}”已办结，全部数据锁定。")
            return redirect("review:filing_list", code=code)
    shown = {**_conclusion(request, project), "refused": refused}
    return render(
        request, "review/project_conclude.html", shown, status=CONFLICT if refused else 200
    )


def _conclusion(request: SignedInRequest, project: Project) -> dict[str, Any]:
    """What stands between the round and 办结, and what would be missing from it."""
    root, gate = conclusion_gate(project)
    return {
        "project": project,
        "root": root,
        "gate": gate,
        "checklist": checklist_of(project, root.path),
        **who_is_missing(request, gate, LISTED),
        "progress": progress_of(root),
        "may_close": project.phase == Phase.PUBLISHED,
        **_unreported(project),
        "still_open": _still_open(project),
        "objection": objections(project, [root], Action.CONCLUDE).get(root.pk, ""),
    }


def _settling_url(project: Project) -> str:
    name = kind_of(project).settling_page()
    return reverse(name, args=[project.code]) if name else ""


def _unreported(project: Project) -> dict[str, Any]:
    """The institutions that would be left out, where their kind has another way to settle them."""
    url = _settling_url(project)
    rows = unreported(project) if url else Filing.objects.none()
    return {
        "settling_url": url,
        "unreported": list(rows[:LISTED]),
        "unreported_count": rows.count(),
        "settles_some": rows.filter(reported_once=False).exists(),
    }


def _still_open(project: Project) -> list[ProjectWindow]:
    """Tiers whose time has not run out: who concludes now cuts them short."""
    rows = ProjectWindow.objects.filter(project=project, is_on=True, closes_at__gt=timezone.now())
    return list(rows.order_by("closes_at"))

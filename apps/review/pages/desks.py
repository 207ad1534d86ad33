"""The desk of whoever asks, and which subsystem its pages belong to."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse

from apps.accounts.models.roles import Permission
from apps.accounts.pages.requests import SignedInRequest
from apps.projects.models import Project, ProjectKind, Withdrawal
from apps.projects.pages.trail import Trail
from apps.review.models import Filing
from apps.review.pages.bureau_page import BureauPage, desk_for
from apps.scope.paths import in_subtree
from apps.ui.numbers import number_of

DEMAND, ALLOCATION = "demand", "allocation"
TRAILS = {subject: Trail(f"review.{subject}", "") for subject in (DEMAND, ALLOCATION)}
KINDS = {DEMAND: (ProjectKind.DEMAND, ProjectKind.HISTORY), ALLOCATION: (ProjectKind.ALLOCATION,)}


def desk_of(request: SignedInRequest, code: str) -> BureauPage:
    """The person's desk in a project. Raises `OutsideChain`, `Http404`."""
    actor: Any = request.actor
    desk = desk_for(actor, code)
    turn_rail(request, desk.project.kind)
    TRAILS[request.subject].remember(request, code)  # type: ignore[attr-defined]
    return desk


def top_of(request: SignedInRequest, desk: BureauPage) -> Filing:
    """The bureau looked at: the one named in the address if it stands below the own one, else the own."""
    wanted = number_of(request.GET.get("at", ""))
    if wanted in (None, desk.own.pk):
        return desk.own
    rows = Filing.objects.of_project(desk.project).bureaus().filter(in_subtree(desk.own.path))
    top: Filing = get_object_or_404(rows.select_related("organization"), pk=wanted)
    return top


def tabs_of(request: SignedInRequest, desk: BureauPage, current: str) -> list[dict[str, Any]]:
    """The pages of a bureau's desk in one project, as far as its policies and the account's rights know them."""
    user: Any = request.user
    project = desk.project
    policies = {project.institution_withdrawal, project.bureau_withdrawal}
    pages = [("review:filing_list", "审核列表", True), ("portal:progress_detail", "填报进度", True)]
    pages.append(("review:appeal_list", "申诉", True))
    if user.has(Permission.REVIEW):
        asks = Withdrawal.ON_REQUEST in policies
        pages += [
            ("review:withdrawal_list", "撤回处理", asks),
            ("review:overdue_list", "逾期处理", not desk.own.is_root),
        ]
    return [
        {"label": label, "href": reverse(name, args=[project.code]), "current": name == current}
        for name, label, shown in pages
        if shown or name == current
    ]


def project_of(request: SignedInRequest, code: str) -> Project:
    """A project, on the rail of its subsystem. Raises `Http404`."""
    project: Project = get_object_or_404(Project.objects.all(), code=code)
    turn_rail(request, project.kind)
    return project


def turn_rail(request: SignedInRequest, kind: str) -> None:
    """The rail shows the subsystem that the project belongs to."""
    request.subject = ALLOCATION if kind == ProjectKind.ALLOCATION else DEMAND  # type: ignore[attr-defined]

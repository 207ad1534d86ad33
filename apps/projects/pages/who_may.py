"""谁现在可以做什么: which tier of which province may act, now or at any other moment."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from apps.accounts.models.roles import Permission
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.organizations.models import Tier
from apps.projects.domain.windows.standing import obstacle_to, tier_windows
from apps.projects.domain.windows.who_may import Board, open_supplements
from apps.projects.pages.lookups import project_or_404
from apps.projects.pages.moments_form import MomentForm


@requires(Permission.QUERY)
def who_may(request: SignedInRequest, code: str) -> HttpResponse:
    project = project_or_404(code)
    form = MomentForm(request.GET or None, initial={"at": timezone.now()})
    at = form.cleaned_data["at"] if form.is_bound and form.is_valid() else None
    at = at or timezone.now()
    board = Board.read(project, at)
    shown = {
        "project": project,
        "form": form,
        "at": at,
        "obstacle": obstacle_to(project, Tier.INSTITUTION, at),
        "national": tier_windows(project, at),
        "tiers": board.tiers,
        "provinces": board.rows(),
        "supplements": open_supplements(project, at),
    }
    return render(request, "projects/who_may.html", shown)

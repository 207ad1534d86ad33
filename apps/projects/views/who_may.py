"""谁现在可以做什么: which tier of which province may act, now or at any other moment."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from apps.accounts.decorators import requires
from apps.accounts.roles import Permission
from apps.projects.forms.moments import MomentForm
from apps.projects.lookups import project_or_404
from apps.projects.publication import tiers_of
from apps.projects.standing import acts_of, nobody_may, open_supplements, tier_windows
from apps.projects.standing import who_may as provinces_at

from .requests import SignedInRequest


@requires(Permission.QUERY)
def who_may(request: SignedInRequest, code: str) -> HttpResponse:
    project = project_or_404(code)
    form = MomentForm(request.GET or None, initial={"at": timezone.now()})
    at = form.cleaned_data["at"] if form.is_bound and form.is_valid() else None
    at = at or timezone.now()
    shown = {
        "project": project,
        "form": form,
        "at": at,
        "nobody_may": nobody_may(project, at),
        "national": [(row, acts_of(project, row.tier)) for row in tier_windows(project, at)],
        "tiers": tiers_of(project),
        "provinces": provinces_at(project, at),
        "supplements": open_supplements(project, at),
    }
    return render(request, "projects/who_may.html", shown)

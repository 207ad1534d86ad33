"""切换项目: what the name of a round in the head of its pages opens."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from apps.accounts.models.roles import ORGANIZATION_ROLES, Permission, Role
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.portal.domain.rounds import rounds_of

LONGEST = 500


@requires(Permission.QUERY, roles=(*ORGANIZATION_ROLES, Role.MANUFACTURER))
@require_GET
def round_list(request: SignedInRequest) -> HttpResponse:
    of = request.GET.get("of", "")[:LONGEST]
    shown = {"rounds": rounds_of(request.user, of=of, at=timezone.now())}
    return render(request, "portal/round_list.html", shown)

"""What the pages of this app share: the project that the rail leads back to, the acts on a version."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from apps.accounts.models.roles import Permission
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.projects.models import Project, ProjectKind
from apps.projects.pages.trail import Trail
from apps.review.pages.answering import carry_out
from apps.ui.paging import address
from apps.volumes.domain.grouped import By
from apps.volumes.domain.versions import review_version
from apps.volumes.models.base import Version
from apps.volumes.navigation import VIEWERS

TRAIL = Trail("volumes", "volumes/no_project.html")
remember = TRAIL.remember
V = TypeVar("V", bound=Version)


@requires(Permission.QUERY, roles=VIEWERS)
def latest(request: SignedInRequest, page: str) -> HttpResponse:
    """From the rail to a project under way or done."""
    projects = Project.objects.of_kind(ProjectKind.DEMAND).filter(published_at__isnull=False)
    return TRAIL.follow(request, projects, page)


def by_tabs(request: HttpRequest, by: By) -> list[dict[str, object]]:
    """The same list per item, per main specification and per lot."""
    return [
        {
            "label": grouping.label,
            "href": address(request, by=grouping.value or None, sort=None, page=None),
            "current": grouping == by,
        }
        for grouping in By
    ]


def act_on(
    request: SignedInRequest,
    versions: Sequence[V],
    *,
    publish: Callable[..., V],
    withdraw: Callable[..., V],
    back: str,
) -> HttpResponse:
    """复核, 发布, 撤销 of the version that the form names. Raises `Http404` where there is none of that number."""
    wanted, action = request.POST.get("version", ""), request.POST.get("action", "")
    version = next((version for version in versions if str(version.number) == wanted), None)
    if version is None:
        raise Http404
    acts: dict[str, tuple[str, Callable[..., V]]] = {
        "review": ("已复核", review_version),
        "publish": ("已发布", publish),
        "withdraw": ("已撤销", partial(withdraw, reason=request.POST.get("reason", ""))),
    }
    if action not in acts:
        return redirect(back)
    word, act = acts[action]
    told = partial(act, version=version, by=request.actor)
    return carry_out(request, told, lambda done: f"{word}{done}。", back)

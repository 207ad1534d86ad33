"""签章件 of calculation bases and agreed volumes: the alliance's of everything, a province's of its own."""

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from apps.accounts.models import User
from apps.accounts.models.roles import Permission, Role
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.exchange.domain.papers import PaperSpec
from apps.exchange.pages.exports import paper_response
from apps.review.pages.outside import explains_chain
from apps.ui.pages.replicas import reads_replica
from apps.volumes.files.papers import AGREED_PAPER, BASE_PAPER, OF_PAPERS
from apps.volumes.models import AgreedVersion, BaseVersion, State
from apps.volumes.models.base import Version
from apps.volumes.pages.volumes_page import VolumesPage, chosen, desk_for, left_out, versions_of

SIGNERS = (Role.ALLIANCE, Role.PROVINCE)
NOT_PUBLISHED = "只有已发布的版本可以生成签章件。"


@requires(Permission.EXPORT, roles=SIGNERS)
@require_GET
@reads_replica
@explains_chain
def base_paper(request: SignedInRequest, code: str) -> HttpResponseBase:
    desk = _signed_desk(request, code)
    version = chosen(versions_of(BaseVersion, desk.project), request)
    if version is not None and left_out(desk, version):
        version = None
    return _answered(request, desk, version, BASE_PAPER, "volumes:base_detail")


@requires(Permission.EXPORT, roles=SIGNERS)
@require_GET
@reads_replica
@explains_chain
def agreed_paper(request: SignedInRequest, code: str) -> HttpResponseBase:
    desk = _signed_desk(request, code)
    version = chosen(versions_of(AgreedVersion, desk.project), request)
    return _answered(request, desk, version, AGREED_PAPER, "volumes:agreed_list")


def may_sign(user: User, version: Version | None) -> bool:
    """Whether a page that shows this version offers its paper."""
    is_published = version is not None and version.state == State.PUBLISHED
    return is_published and user.role in SIGNERS and user.has(Permission.EXPORT)


def _signed_desk(request: SignedInRequest, code: str) -> VolumesPage:
    """Of the nation or of a province; what lies below has no paper of its own."""
    desk = desk_for(request, code)
    if desk.filing.tier not in OF_PAPERS:
        raise Http404
    return desk


def _answered(
    request: SignedInRequest, desk: VolumesPage, version: Version | None, spec: PaperSpec, page: str
) -> HttpResponseBase:
    if version is None or version.state != State.PUBLISHED:
        messages.warning(request, NOT_PUBLISHED)
        return redirect(page, code=desk.project.code)
    context = {"version_id": version.pk, "filing_id": desk.filing.pk}
    return paper_response(request, spec, context=context)

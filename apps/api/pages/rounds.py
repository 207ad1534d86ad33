"""Projects: which ones, in which phase, when one's own tier may act, and how one's own filing stands."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Router, Schema

from apps.accounts.models.roles import Permission
from apps.api.domain.cursors import page_of_query
from apps.api.pages.paging import Cursor, Limit, Page, page
from apps.api.pages.requests import ProgramRequest
from apps.api.pages.rights import takes
from apps.projects.domain.windows.timings import timings_across
from apps.projects.models import Project
from apps.projects.models.windows import Timing
from apps.review.domain.labels import status_text
from apps.review.models import Filing

router = Router()


class WindowOut(Schema):
    opens_at: datetime
    closes_at: datetime
    is_on: bool


class OwnFilingOut(Schema):
    status: str
    status_text: str
    version: int
    window: WindowOut | None
    closes_at: datetime | None


class RoundOut(Schema):
    code: str
    name: str
    kind: str
    kind_name: str
    product_type: str
    phase: str
    phase_name: str
    published_at: datetime | None
    filing: OwnFilingOut | None


class RoundDetailOut(RoundOut):
    description: str
    chain: list[str]
    baseline_years: list[int]
    explanation_scope: str
    explanation_direction: str
    explanation_threshold: str
    attachment: str
    institution_withdrawal: str
    approval: str
    asks_proof: bool
    program_review: bool
    whole_packs_only: bool


class RoundPage(Page):
    items: list[RoundOut]


@router.get(
    "/projects",
    response=RoundPage,
    summary="项目列表",
    description="令牌范围内的项目，各带本单位申报单的状态和时间窗口。",
)
@takes(Permission.QUERY)
def project_list(
    request: ProgramRequest, cursor: Cursor = "", limit: Limit = 100
) -> dict[str, Any]:
    projects, following = page_of_query(Project.objects.all(), cursor, limit)
    own = own_filings(request, projects)
    return page([_round(request, each, own.get(each.pk)) for each in projects], following)


@router.get(
    "/projects/{slug:code}",
    response=RoundDetailOut,
    summary="一个项目",
    description="项目的规则，和本单位申报单的状态、时间窗口。",
)
@takes(Permission.QUERY)
def project_detail(request: ProgramRequest, code: str) -> dict[str, Any]:
    project = get_object_or_404(Project.objects.all(), code=code)
    own = own_filings(request, [project])
    policies = {name: getattr(project, name) for name in POLICIES}
    policies["explanation_threshold"] = str(project.explanation_threshold)
    return _round(request, project, own.get(project.pk)) | policies


POLICIES = tuple(set(RoundDetailOut.model_fields) - set(RoundOut.model_fields))


def own_filings(
    request: ProgramRequest, projects: Iterable[Project]
) -> dict[int, tuple[Filing, Timing]]:
    """By project: one's own filing with its times; two statements."""
    unit = request.actor.organization
    if unit is None:
        return {}
    keys = [project.pk for project in projects]
    filings = list(Filing.objects.filter(organization=unit, project__in=keys))
    return {
        filing.project_id: (filing, timing)
        for filing, timing in zip(filings, timings_across(filings), strict=True)
    }


def _round(
    request: ProgramRequest, project: Project, own: tuple[Filing, Timing] | None
) -> dict[str, Any]:
    return {
        "code": project.code,
        "name": project.name,
        "kind": project.kind,
        "kind_name": project.get_kind_display(),
        "product_type": project.product_type,
        "phase": project.phase,
        "phase_name": project.get_phase_display(),
        "published_at": project.published_at,
        "filing": _own(*own, at=request.actor.moment) if own else None,
    }


def _own(filing: Filing, timing: Timing, *, at: datetime) -> dict[str, Any]:
    return {
        "status": filing.status,
        "status_text": status_text(filing),
        "version": filing.version,
        "window": timing.own,
        "closes_at": timing.closes_at(at),
    }

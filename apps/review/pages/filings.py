"""查看详情: one filing with its lines, its history, what may be done with it, and the next one."""

from collections.abc import Sequence
from typing import Any

from django.db.models import BigIntegerField, CharField
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from apps.accounts.models.roles import Permission
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.organizations.models import Tier
from apps.projects.models import Withdrawal
from apps.review.domain.appeals.matters import may_appeal
from apps.review.domain.appeals.own_events import appealable
from apps.review.domain.checklist import checklist_of
from apps.review.domain.gates import gate_reports
from apps.review.domain.headings import review_title
from apps.review.domain.kinds import kind_of
from apps.review.domain.labels import status_text, status_tone
from apps.review.domain.missing.losses import losses_among, number_lost
from apps.review.domain.offers import Standing, standing_of
from apps.review.domain.reads import history_of, progress_of, requests_of
from apps.review.models import Filing, WithdrawalRequest
from apps.review.models.statuses import Action, Status
from apps.review.pages.buttons import asking_url, buttons_of, detail_url, in_words
from apps.review.pages.desks import turn_rail
from apps.review.pages.neighbours import Neighbours, neighbours_of
from apps.review.pages.steps import steps_of
from apps.review.pages.tables import FilingTable
from apps.scope.prepared import Prepared
from apps.ui.lists import build_table
from apps.ui.paging import address

LINES = "lines"
LARGEST = BigIntegerField.MAX_BIGINT


@requires(Permission.QUERY)
@require_GET
def filing_detail(request: SignedInRequest, code: str, pk: int) -> HttpResponse:
    filing = filing_or_404(code, pk)
    turn_rail(request, filing.kind)
    now = timezone.now()
    by: Any = request.actor
    standing = standing_of(filing.project, filing, by, at=now)
    figures, history = shown_figures(filing, request.user), history_of(filing)
    shown = {
        "filing": filing,
        "project": filing.project,
        "status": {"text": status_text(filing), "tone": status_tone(filing)},
        "is_returned": filing.state == Status.RETURNED,
        "steps": steps_of(filing, standing.branch),
        "figures": figures,
        "until": standing.timing.closes_at(now),
        "history": history,
        "appealable": appealable(filing, history, by),
        "may_appeal": filing.organization_id == request.user.organization_id
        and may_appeal(filing.project, by),
        "requests": shown_requests(filing),
        "may_decide": standing.may(Action.GRANT),
        "asking_url": asking_url(filing.project, filing, standing.branch, by),
        "has_case": has_case(filing, request.user),
        **_place(request, filing, standing),
        **_acts(request, filing, standing, in_words(figures)),
        **_content(request, filing),
    }
    return render(request, "review/filing_detail.html", shown)


def shown_requests(filing: Filing) -> Sequence[WithdrawalRequest]:
    """Asked for only where the project knows withdrawal on request."""
    policies = {filing.project.institution_withdrawal, filing.project.bureau_withdrawal}
    return requests_of(filing) if Withdrawal.ON_REQUEST in policies else []


def shown_figures(filing: Filing, reader: Any) -> Sequence[tuple[str, str]]:
    """The kind's figures; an institution's are its own until it reports."""
    if _is_unreported(filing) and filing.organization_id != reader.organization_id:
        return []
    return kind_of(filing).figures([filing]).get(filing.pk, [])


def has_case(filing: Filing, reader: Any) -> bool:
    """Whether 案卷 is offered: something happened to an institution's filing, or it is a bureau's."""
    return reader.has(Permission.EXPORT) and (bool(filing.version) or not filing.is_institution)


def _is_unreported(filing: Filing) -> bool:
    return filing.is_institution and filing.state == Status.DRAFT


def filing_or_404(code: str, pk: int) -> Filing:
    filing = FILING.first(pk=pk, code=code) if pk <= LARGEST else None
    if filing is None:
        raise Http404
    return filing


FILING: Prepared[Filing] = Prepared(
    lambda pk, code: Filing.objects.filter(pk=pk, project__code=code).select_related(
        "project", "organization__division", "reviewed_by"
    ),
    pk=BigIntegerField(),
    code=CharField(),
)
"""Read by every page of a report."""


def _place(request: SignedInRequest, filing: Filing, standing: Standing) -> dict[str, Any]:
    """Where the reader is: the title of its own list, and the filing's place in it."""
    user: Any = request.user
    queue = request.GET.get("queue", "")
    parent = next(iter(standing.branch.above(filing)[-1:]), None)
    is_own = parent is not None and parent.organization_id == user.organization_id
    near = (
        neighbours_of(filing, parent, QueryDict(queue).dict())
        if parent and is_own
        else Neighbours()
    )
    return {
        "title": review_title(filing.kind, user.role) if user.organization_id else "",
        "queue": queue,
        "near": near,
        "previous": detail_url(near.previous, filing.project.code, queue) if near.previous else "",
        "following": detail_url(near.following, filing.project.code, queue)
        if near.following
        else "",
    }


def _acts(
    request: SignedInRequest, filing: Filing, standing: Standing, package: str
) -> dict[str, Any]:
    buttons = buttons_of(filing, standing, package=package, queue=request.GET.get("queue", ""))
    own = [button for button in buttons if not button.in_place_of]
    return {
        "may_name_lines": filing.is_institution and any(button.act.names_lines for button in own),
        "buttons": buttons,
        "head": [button for button in own if button.act.place == "head"],
        "behind": [button for button in own if button.act.place != "head"],
        "in_place": [button for button in buttons if button.in_place_of],
        "hops": standing.hops,
        "gate": None,  # 提交 in a bureau's place: its units are the page's own list, with where they stand
        **(_losses(filing) if any(button.confirms_open for button in buttons) else {}),
    }


def _losses(filing: Filing) -> dict[str, Any]:
    """Whose reports 提交 in a bureau's place would leave out; the service compares the number once more.

    Below a county there are no bureaus that could lose any.
    """
    if filing.tier == Tier.COUNTY:
        return {}
    losses = losses_among(gate_reports(filing.project, [filing])[filing.pk].missing)
    return {"losses": losses, "number_lost": number_lost(losses)}


def _content(request: SignedInRequest, filing: Filing) -> dict[str, Any]:
    """The lines, or of a bureau's package the units below; its lines are a second tab.

    What an institution is still filling in is nobody else's to read until it reports (S0-15).
    """
    user: Any = request.user
    lines = filing.is_institution or request.GET.get("view") == LINES
    is_own = filing.organization_id == user.organization_id
    is_shown = lines and (is_own or not _is_unreported(filing))
    detail = kind_of(filing).detail(filing, request.GET.dict()) if is_shown else None
    shown: dict[str, Any] = {
        "detail": detail,
        "table": None,
        "tabs": [],
        "progress": None,
        "checklist": None,
    }
    if filing.is_institution:
        return shown
    shown["tabs"] = [
        {"label": "下级单位", "href": address(request, view=None, page=None), "current": not lines},
        {"label": "汇总明细", "href": address(request, view=LINES, page=None), "current": lines},
    ]
    at = filing.pk if filing.organization_id != user.organization_id else 0
    shown |= _progress(filing) | {"checklist": checklist_of(filing.project, filing.path, at=at)}
    if not lines:
        shown["table"] = _children(request, filing)
    return shown


def _progress(filing: Filing) -> dict[str, Any]:
    progress = progress_of(filing)
    returned = f"退回未重报 {progress.returned:,} 家" if progress.returned else ""
    settled = f"{progress.settled:,} / {progress.total:,} 已审完"
    return {"progress": progress, "settled_text": settled, "returned_text": returned}


def _children(request: SignedInRequest, filing: Filing) -> FilingTable:
    rows = Filing.objects.children_of(filing).with_organization().select_related("reviewed_by")
    table: Any = build_table(
        request,
        FilingTable,
        rows.order_by("path"),
        exclude=("select",),
        code=filing.project.code,
        kind=filing.kind,
    )
    page = table.page_rows()
    table.show_figures(page)
    return table

"""待办: what waits for an account now, with deadlines. Few indexed statements, whatever the number of projects."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import (
    BigIntegerField,
    Count,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce
from django.urls import reverse

from apps.accounts.domain.approvals import concerning, place_of
from apps.accounts.models import Approval
from apps.accounts.models.roles import ENTERPRISE_ROLES, Permission, Role
from apps.allocation.domain.stops.confirming import number_awaiting
from apps.distribution.domain.agreements.waiting import agreements_for
from apps.distribution.domain.relations.listing import todos_for as deliveries_for
from apps.projects.domain.windows.timings import timings_across
from apps.projects.models import Gate, Phase, Project, ProjectKind, Withdrawal
from apps.projects.models.windows import Timing
from apps.reporting.models import HistoryDoubt
from apps.review.domain.appeals.reads import waiting_for
from apps.review.domain.labels import status_text, status_tone
from apps.review.domain.reads import counts_below, requests_below
from apps.review.models import Filing, WithdrawalRequest
from apps.review.models.statuses import EDITABLE, FROZEN, Status
from apps.scope.database import Ask, send
from apps.scope.prepared import Prepared

RECENT = 6
PARTIES = (Role.INSTITUTION, *ENTERPRISE_ROLES)
NOBODY = Value(0, output_field=IntegerField())
TWO_PERSONS = (Role.ALLIANCE, Role.PROVINCE, *ENTERPRISE_ROLES)
"""Who asks for what another approves, or approves it."""
WORK_PAGES: dict[str, str] = {ProjectKind.ALLOCATION: "allocation:report_detail"}
Counts = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Todo:
    """One line: what to do in which project, how much of it, until when."""

    title: str
    project: str
    url: str
    tone: str = "waiting"
    count: int | str | None = None
    note: str = ""
    until: datetime | None = None
    unit: str = "家"


@dataclass(frozen=True, slots=True)
class Recent:
    """A project that the account takes part in, and how it stands there."""

    name: str
    url: str
    status: str
    tone: str


@dataclass(frozen=True, slots=True)
class Landing:
    """What the portal shows an account of its projects."""

    todos: list[Todo]
    recent: list[Recent]


More = Callable[[Any], Sequence[Todo]]
_more: list[More] = []


def register_todos(more: More) -> None:
    """Once by each app above, when it is ready; it costs one statement at most where nothing waits."""
    if more not in _more:
        _more.append(more)


def desk_of(user: Any, *, at: datetime, along: Sequence[Ask[Any] | None] = ()) -> Landing:
    """At most seven statements, and one of each app above: filings, those below, requests, windows, agreements.

    `along` is what the page asks besides, in the trip of the first of them.
    """
    own, prepared = _ask_own_filings(user), _ask_preparing(user)
    send(*(ask for ask in (own, prepared, *along) if ask is not None))
    filings = own.answer if own else []
    active = [f for f in filings if f.project.is_in_progress and f.state in EDITABLE]
    active = active if user.has(right_to_work(user)) else []
    bureaus = [filing for filing in active if not filing.is_institution]
    counts, asked = counts_below(bureaus), requests_below(bureaus)
    todos = []
    for filing, timing in zip(active, timings_across(active), strict=True):
        todos += todos_for(filing, timing, counts.get(filing.pk, {}), at=at)
        todos += _requests(filing, asked.get(filing.pk, 0), timing.closes_at(at))
        todos += _doubts(filing, timing.closes_at(at))
    todos += _asked(user, filings)
    todos += _appeals(filings)
    todos += _adjusted(user, filings)
    todos += _preparing(prepared.answer if prepared else [])
    todos += _deliveries(user)
    todos += _agreements(user, filings)
    todos += _approvals(user)
    todos += [todo for more in _more for todo in more(user)]
    todos.sort(key=lambda todo: (todo.until is None, todo.until or at))
    return Landing(todos, _recent(user, filings[:RECENT]))


def _recent(user: Any, filings: Sequence[Filing]) -> list[Recent]:
    """By the unit's own filings; enterprises have none and see the projects that they won in."""
    if user.enterprise_id is None:
        return [
            Recent(
                filing.project.name, _place(user, filing), status_text(filing), status_tone(filing)
            )
            for filing in filings
        ]
    return [
        Recent(project.name, _project_url(project), project.get_phase_display(), "info")
        for project in Project.objects.all().recent_first()[:RECENT]
    ]


def _place(user: Any, filing: Filing) -> str:
    return url_of(filing) if user.has(right_to_work(user)) else _project_url(filing.project)


def _project_url(project: Project) -> str:
    return reverse("projects:project_detail", args=[project.code])


def _ask_own_filings(user: Any) -> Ask[list[Filing]] | None:
    """The filings of the account's unit, the latest project first."""
    if user.organization_id is None:
        return None
    if user.role == Role.INSTITUTION or not user.has(Permission.REVIEW):
        return OWN.ask(organization=user.organization_id)
    asked = OWN_WITH_DOUBTS if user.role == Role.PROVINCE else OWN_OF_BUREAU
    return asked.ask(organization=user.organization_id)


def right_to_work(user: Any) -> Permission:
    """Without it a sub-account has nothing to do, whatever waits for its unit."""
    return Permission.REPORT if user.role == Role.INSTITUTION else Permission.REVIEW


def todos_for(filing: Filing, timing: Timing, below: Counts, *, at: datetime) -> list[Todo]:
    """What one of the unit's own filings, which it may still change, asks of it."""
    url = url_of(filing)
    until = timing.closes_at(at)
    if filing.state == Status.RETURNED:
        again = "上报" if filing.is_institution else "提交"
        title = f"{status_text(filing)}，请更正后重新{again}"
        note = filing.return_reason
        back = [Todo(title, filing.project.name, url, "returned", note=note, until=until)]
    else:
        back = []
    if filing.maintained:
        return []
    if filing.is_institution:
        own = [Todo("待填报上报", filing.project.name, url, "working", until=until)]
        return back or (own if timing.is_open_or_before_deadline(at) else [])
    return back + _bureau_todos(filing, below, until)


def _bureau_todos(filing: Filing, below: Counts, until: datetime | None) -> list[Todo]:
    project, url = filing.project, url_of(filing)
    waiting, absent = below.get(Status.SUBMITTED, 0), below.get(Status.DRAFT, 0)
    returned = below.get(Status.RETURNED, 0)
    note = "，".join(
        text
        for text, number in ((f"{absent} 家未上报", absent), (f"{returned} 家退回未重报", returned))
        if number
    )
    if waiting:
        queue = f"{url}?status={Status.SUBMITTED}"
        return [Todo("待审核", project.name, queue, count=waiting, note=note, until=until)]
    blocked = returned or (absent and project.gate == Gate.STRICT)
    if blocked or not below.get(Status.APPROVED):
        return []
    title, page = (
        ("可以办结", "project_conclude") if filing.is_root else ("可以提交上级", "filing_confirm")
    )
    url = reverse(f"review:{page}", args=[project.code])
    return [Todo(title, project.name, url, "success", note=note, until=until)]


def _requests(filing: Filing, number: int, until: datetime | None) -> list[Todo]:
    if not number:
        return []
    url = reverse("review:withdrawal_list", args=[filing.project.code])
    return [
        Todo("撤回申请待处理", filing.project.name, f"{url}?state=open", count=number, until=until)
    ]


def _asked(user: Any, filings: Sequence[Filing]) -> list[Todo]:
    """The unit's own requests that wait for the tier above; no statement without the policy (S3-27)."""
    asking = {
        filing.pk: filing.project
        for filing in filings
        if filing.state in FROZEN and _policy(filing) == Withdrawal.ON_REQUEST
    }
    if not asking or not user.has(Permission.REPORT):
        return []
    rows = WithdrawalRequest.objects.filter(filing_id__in=list(asking)).open().order_by("asked_at")
    return [
        Todo(
            "已申请撤回，等待上级处理",
            asking[pk].name,
            reverse("review:withdrawal_ask", args=[asking[pk].code]),
        )
        for pk in rows.values_list("filing_id", flat=True)
    ]


def _policy(filing: Filing) -> str:
    project = filing.project
    return project.institution_withdrawal if filing.is_institution else project.bureau_withdrawal


def _doubts(filing: Filing, until: datetime | None) -> list[Todo]:
    number = doubting(filing)
    if not number:
        return []
    url = reverse("reporting:doubt_list", args=[filing.project.code])
    return [
        Todo("历史数待核定", filing.project.name, f"{url}?state=open", count=number, until=until)
    ]


def _appeals(filings: Sequence[Filing]) -> list[Todo]:
    """What the unit has to answer, also after its package went up and after 办结."""
    return [
        Todo(
            "申诉待答复",
            filing.project.name,
            f"{reverse('review:appeal_list', args=[filing.project.code])}?state=open&answerer=own",
            count=number,
            unit="件",
        )
        for filing in filings
        if (number := int(getattr(filing, "appealing", 0)))
    ]


def _adjusted(user: Any, filings: Sequence[Filing]) -> list[Todo]:
    """What other products took over after the unit had reported; before that it confirms by reporting."""
    if not user.has(Permission.REPORT):
        return []
    return [
        Todo(
            "取消中选后的数量待确认",
            filing.project.name,
            reverse("allocation:adjusted_list", args=[filing.project.code]),
            count=number,
            unit="项",
        )
        for filing in filings
        if filing.state in FROZEN and (number := int(getattr(filing, "adjusting", 0)))
    ]


def _ask_preparing(user: Any) -> Ask[list[Project]] | None:
    """Projects before publication: the alliance sees drafts too, a province those it prepares (scope)."""
    return PREPARING.ask() if user.role in {Role.ALLIANCE, Role.PROVINCE} else None


def _preparing(projects: Sequence[Project]) -> list[Todo]:
    return [
        Todo(
            f"{project.get_phase_display()}中，待设置和发布",
            project.name,
            _project_url(project),
            "working",
        )
        for project in projects
    ]


PREPARING: Prepared[Project] = Prepared(
    lambda: Project.objects.filter(phase__in=[Phase.DRAFT, Phase.PREPARING]).recent_first()[:RECENT]
)


def _deliveries(user: Any) -> list[Todo]:
    """What delivery asks of an enterprise: proposals to answer, drafts to submit, refusals and replacements."""
    if user.enterprise_id is None or not user.has(Permission.DELIVERY):
        return []
    url = reverse("distribution:relation_list")
    return [
        Todo(f"配送关系{todo.label}", "配送", f"{url}{todo.query}", count=todo.text, unit="条")
        for todo in deliveries_for(user)
        if todo.number
    ]


def _agreements(user: Any, filings: Sequence[Filing]) -> list[Todo]:
    """What agreements ask of the institution and of both enterprises; nothing without an allocation."""
    takes_part = any(filing.kind == ProjectKind.ALLOCATION for filing in filings)
    if user.role not in PARTIES or not (takes_part or user.enterprise_id):
        return []
    url = reverse("distribution:agreement_list")
    return [
        Todo(todo.title, "三方协议", f"{url}{todo.query}", todo.tone, count=todo.text, unit="份")
        for todo in agreements_for(user)
    ]


def _approvals(user: Any) -> list[Todo]:
    """What this very account decides, and what it asked for and carries out now that it is approved."""
    if user.role not in TWO_PERSONS:
        return []
    decides, ready = concerning(user)
    todos = _approved(ready)
    if decides:
        url, until = reverse("accounts:approval_list"), min(each.expires_at for each in decides)
        number = len(decides)
        todos.append(Todo("双人审批待办理", "账号", url, count=number, unit="项", until=until))
    return todos


def _approved(ready: Sequence[Approval]) -> list[Todo]:
    """One line for each place where something is carried out."""
    at: dict[str, list[Approval]] = {}
    for asked in ready:
        at.setdefault(place_of(asked), []).append(asked)
    return [
        Todo(
            "已批准，待执行",
            asked[0].title if len(asked) == 1 else asked[0].get_kind_display(),
            url,
            "success",
            count=len(asked),
            unit="项",
            until=min(each.expires_at for each in asked),
        )
        for url, asked in at.items()
    ]


def url_of(filing: Filing) -> str:
    """Where the unit works on its filing."""
    if filing.is_institution:
        page = WORK_PAGES.get(filing.kind, "reporting:demand_edit")
        return reverse(page, args=[filing.project.code])
    return reverse("review:filing_list", args=[filing.project.code])


def _own(organization: Any, doubts: Any, appeals: Any, adjusted: Any) -> QuerySet[Filing]:
    own = Filing.objects.filter(organization_id=organization).select_related("project")
    counted = own.annotate(doubting=doubts, appealing=appeals, adjusting=adjusted)
    return counted.order_by("-project__published_at", "-pk")[:50]


def _institutions_doubting() -> Coalesce:
    """Institutions with open doubts in the filing's project (S2-07c): for whoever decides on them."""
    rows = HistoryDoubt.objects.all().open().filter(filing__project=OuterRef("project_id"))
    counted = rows.order_by().values("filing__project").annotate(n=Count("filing", distinct=True))
    return Coalesce(Subquery(counted.values("n")), NOBODY)


KEY = BigIntegerField()
OWN: Prepared[Filing] = Prepared(
    lambda organization: _own(organization, NOBODY, NOBODY, number_awaiting("pk")),
    organization=KEY,
)
OWN_OF_BUREAU: Prepared[Filing] = Prepared(
    lambda organization: _own(organization, NOBODY, waiting_for("project_id", "path"), NOBODY),
    organization=KEY,
)
OWN_WITH_DOUBTS: Prepared[Filing] = Prepared(
    lambda organization: _own(
        organization, _institutions_doubting(), waiting_for("project_id", "path"), NOBODY
    ),
    organization=KEY,
)
"""Read by every home; the numbers of doubts, of appeals and of what is to be confirmed come with the unit's filings."""


def doubting(filing: Filing) -> int:
    """How many institutions; 0 for whoever does not decide."""
    return int(getattr(filing, "doubting", 0))

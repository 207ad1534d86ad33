"""中选企业账号: the alliance issues accounts to the winners of a project, many at once."""

from typing import Any

from django.db.models import (
    CharField,
    Count,
    DateTimeField,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.http import HttpResponse

from apps.accounts.domain.reads import being_issued
from apps.accounts.models import IssueSheet, SheetKind, User
from apps.accounts.models.roles import Permission, Role
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.issue import issue
from apps.accounts.pages.requests import SignedInRequest
from apps.distribution.domain.agreements.filters import MakerFilter
from apps.distribution.pages.agreements.tables import MakerTable
from apps.organizations.models import Enterprise
from apps.projects.models import WinningProduct
from apps.ui.lists import render_list, selected

ALLIANCE = (Role.ALLIANCE,)


def makers() -> QuerySet[Enterprise]:
    """Who won something to be bought: how many products, the manufacturer's account, whether it is just being made."""
    won = WinningProduct.objects.of_allocations().filter(enterprise=OuterRef("pk")).order_by()
    main = User.objects.filter(
        enterprise=OuterRef("pk"), role=Role.MANUFACTURER, parent_account__isnull=True
    )
    counted = won.values("enterprise").annotate(number=Count("pk")).values("number")
    rows = Enterprise.objects.filter(Exists(won)).annotate(
        products=Subquery(counted, output_field=IntegerField()),
        username=Subquery(main.values("username")[:1], output_field=CharField()),
        last_login=Subquery(main.values("last_login")[:1], output_field=DateTimeField()),
        is_being_issued=Q(pk__in=being_issued(SheetKind.ENTERPRISES)),
    )
    enterprises: QuerySet[Enterprise] = rows.order_by("sort_key")
    return enterprises


@requires(Permission.MANAGE_ACCOUNTS, roles=ALLIANCE)
def maker_list(request: SignedInRequest) -> HttpResponse:
    """GET lists, POST issues the ticked ones or all that match and have no account."""
    if request.method == "POST":
        chosen: Any = selected(request, queryset=makers(), filterset_class=MakerFilter)
        waiting = chosen.filter(username__isnull=True).exclude(
            pk__in=being_issued(SheetKind.ENTERPRISES)
        )
        ids = list(waiting.values_list("pk", flat=True))
        return issue(request, SheetKind.ENTERPRISES, ids, back=request.get_full_path())
    sheets = IssueSheet.objects.filter(owner=request.user, kind=SheetKind.ENTERPRISES).waiting()
    return render_list(
        request,
        "distribution/maker_list.html",
        table_class=MakerTable,
        filterset_class=MakerFilter,
        queryset=makers(),
        context={"sheets": list(sheets.order_by("-created_at")[:20])},
    )

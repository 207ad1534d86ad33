"""名次无企业: the ranks of agreed volumes that nobody holds, with what would be theirs."""

from django.db.models import OuterRef, Subquery
from django.http import HttpResponse
from django.views.decorators.http import require_GET

from apps.accounts.models.roles import Permission
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.projects.models import CatalogItem
from apps.review.pages.outside import explains_chain
from apps.ui.lists import render_list
from apps.ui.pages.replicas import reads_replica
from apps.volumes.domain.checklist import NOBODY
from apps.volumes.domain.filters import VacancyFilter
from apps.volumes.models import AgreedVersion, State, WinnerShare
from apps.volumes.navigation import BUREAUS
from apps.volumes.pages.tables import VacancyTable
from apps.volumes.pages.volumes_page import chosen, desk_for, versions_of


@requires(Permission.QUERY, roles=BUREAUS)
@require_GET
@reads_replica
@explains_chain
def vacancy_list(request: SignedInRequest, code: str) -> HttpResponse:
    desk = desk_for(request, code)
    seen = versions_of(AgreedVersion, desk.project)
    version = chosen([version for version in seen if version.standing != State.WITHDRAWN], request)
    rows = WinnerShare.objects.filter(NOBODY, version=version.pk if version else 0)
    items = CatalogItem.objects.filter(
        project=desk.project, competition_unit=OuterRef("competition_unit")
    )
    unit = items.order_by("position", "item_code").values("unit")[:1]
    return render_list(
        request,
        "volumes/vacancy_list.html",
        table_class=VacancyTable,
        filterset_class=VacancyFilter,
        queryset=rows.annotate(unit=Subquery(unit)).order_by("competition_unit", "rank"),
        context={"project": desk.project, "desk": desk, "version": version},
    )

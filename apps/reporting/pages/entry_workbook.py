"""模板 down, filled in offline, up again (采购需求的 Excel)."""

from django.http import HttpResponseBase
from django.urls import reverse

from apps.accounts.models.roles import Permission
from apps.accounts.pages.decorators import fills, requires
from apps.accounts.pages.requests import SignedInRequest
from apps.audit.pages.authorship import quantities_only
from apps.exchange.pages.import_page import run_import_page
from apps.reporting.files.workbooks import ENTRY_IMPORT
from apps.reporting.pages.answering import INSTITUTION
from apps.reporting.pages.demand_page import DemandPage


@fills
@quantities_only
@requires(Permission.MAINTAIN, roles=INSTITUTION)
def demand_import(request: SignedInRequest, code: str) -> HttpResponseBase:
    desk = DemandPage.of(request.actor, code)
    back = reverse("reporting:demand_edit", args=[code])
    project_page = reverse("projects:project_detail", args=[code])
    codes = reverse("projects:own_code_list", args=[code])
    return run_import_page(
        request,
        ENTRY_IMPORT,
        context={"project_id": desk.project.pk, "filing_id": desk.filing.pk},
        back_url=back,
        project=desk.project,
        crumbs=((desk.project.name, project_page), ("采购需求维护", back)),
        beside=() if desk.by.mandate else (("编码对照", codes),),
    )

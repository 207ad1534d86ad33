"""约定采购量计算基数: look, generate, review, publish, withdraw, export (S2-08)."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from apps.accounts.models.roles import Permission
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.exchange.pages.exports import export_response
from apps.exchange.pages.import_page import run_import_page
from apps.review.pages.answering import carry_out
from apps.review.pages.outside import explains_chain
from apps.ui.lists import build_table
from apps.ui.pages.replicas import reads_replica
from apps.ui.tables import ListTable
from apps.volumes.domain.bases.acts import generate_base, publish_base, withdraw_base
from apps.volumes.domain.bases.rows import BaseRow, across_conversions, base_rows
from apps.volumes.domain.bases.totals import provinces_of
from apps.volumes.domain.grouped import By, base_groups, by_of, matching
from apps.volumes.domain.guards import are_results_fixed
from apps.volumes.domain.refusals import ProvincesMissing
from apps.volumes.files.workbooks import BASE_EXPORT, CONVERSION_IMPORT
from apps.volumes.models import BaseVersion
from apps.volumes.models.base import Version
from apps.volumes.navigation import VIEWERS
from apps.volumes.pages.answering import act_on, by_tabs, remember
from apps.volumes.pages.forms import ItemFilter
from apps.volumes.pages.papers import may_sign
from apps.volumes.pages.tables import BaseTable, GroupTable
from apps.volumes.pages.volumes_page import (
    VolumesPage,
    chosen,
    desk_for,
    is_any_published,
    left_out,
    names_of,
    units_below,
    versions_of,
)


@requires(Permission.QUERY, roles=VIEWERS)
@reads_replica
@explains_chain
def base_detail(request: SignedInRequest, code: str) -> HttpResponse:
    desk = desk_for(request, code)
    remember(request, code)
    versions = versions_of(BaseVersion, desk.project)
    version = chosen(versions, request)
    form = ItemFilter(request.GET or None, units=units_below(desk.own))
    manages = request.user.has(Permission.MANAGE)
    shown = {
        "desk": desk,
        "tabs": desk.tabs("base_detail"),
        "project": desk.project,
        "versions": versions,
        "version": version,
        "form": form,
        "manages": manages,
        "is_fixed": is_any_published(versions),
        "may_withdraw": manages and _is_settled(version) and not are_results_fixed(desk.project),
        "across": across_conversions(desk.project) if manages and not _is_settled(version) else [],
        "may_export": request.user.has(Permission.EXPORT),
        "may_sign": may_sign(request.user, version),
        **(_contents(request, desk, version, form) if version is not None else {}),
    }
    return render(request, "volumes/base_detail.html", shown)


def _is_settled(version: Version | None) -> bool:
    return version is not None and not version.is_open


def _contents(
    request: SignedInRequest, desk: VolumesPage, version: BaseVersion, form: ItemFilter
) -> dict[str, object]:
    """The rows, and where they come from; for the alliance the provinces to choose from."""
    if left_out(desk, version):
        return {"is_left_out": True}
    rows, by = base_rows(version, desk.filing), by_of(request.GET.get("by", ""))
    kept = [row for row in rows if form.keeps(row)]
    counted = provinces_of(desk.project).approved if desk.is_alliance else ()
    return {
        "table": _table(request, rows, kept, by),
        "by_tabs": by_tabs(request, by),
        "wanted": sum(1 for row in rows if row.quantity),
        "items": len(rows),
        "converted": sum(1 for row in rows if row.is_converted),
        "missing": names_of(version.missing) if desk.is_alliance else [],
        "provinces": [f for f in counted if f.path not in version.missing],
    }


def _table(request: SignedInRequest, rows: list[BaseRow], kept: list[BaseRow], by: By) -> ListTable:
    filtered = bool(request.GET)
    if by == By.ITEM:
        return build_table(request, BaseTable, kept, filtered=filtered)
    groups = matching(base_groups(rows, by), [row.item for row in kept])
    return build_table(request, GroupTable, groups, filtered=filtered, by=by, of_base=True)


@requires(Permission.MANAGE)
def base_generate(request: SignedInRequest, code: str) -> HttpResponse:
    """汇总生成: names the provinces that are missing, and goes on without them only when that is confirmed."""
    desk = desk_for(request, code)
    refused: ProvincesMissing | None = None
    if request.method == "POST":
        try:
            return _generated(request, desk)
        except ProvincesMissing as error:
            refused = error
    shown = {
        "project": desk.project,
        "provinces": provinces_of(desk.project),
        "refused": refused,
    }
    status = 409 if refused else 200
    return render(request, "volumes/base_generate.html", shown, status=status)


def _generated(request: SignedInRequest, desk: VolumesPage) -> HttpResponse:
    """Raises `ProvincesMissing`; every other refusal is told on the page of the base."""
    confirmed = "confirmed" in request.POST
    missing = provinces_of(desk.project).missing
    if missing and not confirmed:
        raise ProvincesMissing(missing)
    return carry_out(
        request,
        lambda: generate_base(project=desk.project, by=request.actor, confirmed=confirmed),
        lambda version: f"已生成{version}，请核对、复核后发布。",
        reverse("volumes:base_detail", args=[desk.project.code]),
    )


@requires(Permission.MANAGE)
@require_POST
def base_act(request: SignedInRequest, code: str) -> HttpResponse:
    desk = desk_for(request, code)
    return act_on(
        request,
        versions_of(BaseVersion, desk.project),
        publish=publish_base,
        withdraw=withdraw_base,
        back=reverse("volumes:base_detail", args=[code]),
    )


@requires(Permission.EXPORT, roles=VIEWERS)
@reads_replica
def base_export(request: SignedInRequest, code: str) -> HttpResponseBase:
    desk = desk_for(request, code)
    version = chosen(versions_of(BaseVersion, desk.project), request)
    if version is None or left_out(desk, version):
        return redirect("volumes:base_detail", code=code)
    context = {
        "project_id": desk.project.pk,
        "version_id": version.pk,
        "filing_id": desk.filing.pk,
    }
    return export_response(request, BASE_EXPORT, context=context)


@requires(Permission.MANAGE, Permission.IMPORT)
def conversion_import(request: SignedInRequest, code: str) -> HttpResponseBase:
    desk = desk_for(request, code)
    back = reverse("volumes:base_detail", args=[code])
    return run_import_page(
        request,
        CONVERSION_IMPORT,
        context={"project_id": desk.project.pk},
        back_url=back,
        project=desk.project,
        crumbs=(
            (desk.project.name, reverse("projects:project_detail", args=[code])),
            ("计算基数", back),
        ),
    )

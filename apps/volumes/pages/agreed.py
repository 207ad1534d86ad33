"""约定采购量: the list, how each came about, generate, review, publish, withdraw, export."""

from collections.abc import Sequence

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from apps.accounts.models.roles import Permission
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.exchange.pages.exports import export_response
from apps.jobs.services import enqueue
from apps.projects.models import Participation, WinningProduct
from apps.review.domain.appeals.matters import may_appeal
from apps.review.pages.answering import carry_out
from apps.review.pages.outside import explains_chain
from apps.ui.lists import build_table, is_filtered, matching
from apps.ui.pages.replicas import reads_replica
from apps.ui.tables import ListTable
from apps.volumes.domain.agreed.acts import (
    generate_agreed,
    publish_agreed,
    uses_of,
    withdraw_agreed,
)
from apps.volumes.domain.agreed.rank_steps import shares_in_words
from apps.volumes.domain.agreed.rows import (
    AgreedRow,
    agreed_rows,
    held_of,
    kept_of,
    quantities_below,
)
from apps.volumes.domain.agreed.steps import steps_of
from apps.volumes.domain.agreed.terms import terms_of_row
from apps.volumes.domain.bases.rows import folded_rows, reported_row
from apps.volumes.domain.filters import BelowFilter
from apps.volumes.domain.grouped import By, agreed_groups, by_of
from apps.volumes.domain.grouped import matching as matching_groups
from apps.volumes.files.workbooks import AGREED_EXPORT
from apps.volumes.models import (
    AgreedTerms,
    AgreedVersion,
    BaseVersion,
    Rule,
    WinnerShare,
)
from apps.volumes.navigation import VIEWERS
from apps.volumes.pages.answering import act_on, by_tabs, remember
from apps.volumes.pages.forms import ItemFilter
from apps.volumes.pages.papers import may_sign
from apps.volumes.pages.tables import AgreedTable, BelowTable, GroupTable
from apps.volumes.pages.volumes_page import (
    VolumesPage,
    chosen,
    desk_for,
    is_any_published,
    units_below,
    versions_of,
)
from apps.volumes.tasks import GENERATE

AT_ONCE = 2_000
"""Institutions of a round whose volumes a page computes itself; for a larger one it is a job."""


@requires(Permission.QUERY, roles=VIEWERS)
@reads_replica
@explains_chain
def agreed_list(request: SignedInRequest, code: str) -> HttpResponse:
    desk = desk_for(request, code)
    remember(request, code)
    versions = versions_of(AgreedVersion, desk.project)
    version = chosen(versions, request)
    form = ItemFilter(request.GET or None, units=units_below(desk.own))
    rows = agreed_rows(version, desk.filing) if version is not None else []
    by = by_of(request.GET.get("by", ""))
    appeals = may_appeal(desk.project, request.actor)
    shown = {
        "desk": desk,
        "tabs": desk.tabs("agreed_list"),
        "project": desk.project,
        "versions": versions,
        "version": version,
        "form": form,
        "by_tabs": by_tabs(request, by),
        "table": _table(request, rows, [row for row in rows if form.keeps(row)], by, appeals),
        "may_appeal": appeals,
        "items": len(rows),
        "agreed": sum(1 for row in rows if row.held.agreed),
        "without": sum(1 for row in rows if not row.terms.winners),
        "manages": (manages := request.user.has(Permission.MANAGE)),
        "is_fixed": is_any_published(versions),
        "may_withdraw": manages and version is not None and not uses_of(version),
        "may_export": request.user.has(Permission.EXPORT),
        "may_sign": may_sign(request.user, version),
        "base": BaseVersion.objects.of_project(desk.project).published().first(),
    }
    return render(request, "volumes/agreed_list.html", shown)


def _table(
    request: SignedInRequest,
    rows: list[AgreedRow],
    kept: list[AgreedRow],
    by: By,
    appeals: bool,  # noqa: FBT001
) -> ListTable:
    filtered = bool(request.GET)
    if by == By.ITEM:
        unused = (*_unused(rows), *(() if appeals else ("actions",)))
        return build_table(request, AgreedTable, kept, filtered=filtered, exclude=unused)
    groups = matching_groups(agreed_groups(rows, by), [row.item for row in kept])
    return build_table(request, GroupTable, groups, filtered=filtered, by=by, of_base=False)


def _unused(rows: Sequence[AgreedRow]) -> tuple[str, ...]:
    """Columns that no rule of these rows fills."""
    folded = any(row.terms.coefficient != 1 for row in rows)
    return () if folded else ("coefficient", "converted")


@requires(Permission.QUERY, roles=VIEWERS)
@reads_replica
def agreed_detail(request: SignedInRequest, code: str, item: int) -> HttpResponse:
    """Step by step how the unit's volume of an item came about, and the units below."""
    desk = desk_for(request, code)
    version = chosen(versions_of(AgreedVersion, desk.project), request)
    if version is None:
        raise Http404
    row = get_object_or_404(
        AgreedTerms.objects.select_related("item", "main"), version=version, item_id=item
    )
    shown = {
        "desk": desk,
        "project": desk.project,
        "version": version,
        "row": row,
        "item": row.item,
        "may_appeal": may_appeal(desk.project, request.actor),
        **_explained(desk, version, row),
        **(_below(request, desk, version, row) if not desk.filing.is_institution else {}),
    }
    return render(request, "volumes/agreed_detail.html", shown)


def _explained(desk: VolumesPage, version: AgreedVersion, row: AgreedTerms) -> dict[str, object]:
    if version.is_by_item:
        reported = [reported_row(version.base_id, desk.filing, row.item)]
    else:
        reported = folded_rows(version.base_id, desk.filing, row.item)
    winners = WinningProduct.objects.filter(
        project=desk.project, item__competition_unit=row.item.competition_unit
    )
    names = list(
        winners.order_by("rank", "enterprise__sort_key").values_list("enterprise__name", flat=True)
    )
    held = held_of(version, desk.filing, row.item)
    shares = _shares(version, row)
    ranks = {share.enterprise_id: share.rank for share in shares if share.enterprise_id}
    kept = kept_of(version, desk.filing, row.item, ranks)
    return {
        "held": held,
        "steps": steps_of(
            desk.filing,
            reported,
            terms_of_row(row),
            held,
            winners=list(dict.fromkeys(names)),
            kept=kept,
        ),
        "shares": shares_in_words(shares, kept),
    }


def _shares(version: AgreedVersion, row: AgreedTerms) -> list[WinnerShare]:
    """R6: the ranks of the item's competition unit, nationally."""
    if row.rule != Rule.CASCADE:
        return []
    shares = WinnerShare.objects.filter(version=version, competition_unit=row.item.competition_unit)
    return list(shares.select_related("enterprise").order_by("rank"))


def _below(
    request: SignedInRequest, desk: VolumesPage, version: AgreedVersion, row: AgreedTerms
) -> dict[str, object]:
    below = quantities_below(version, desk.filing).filter(item=row.item)
    rows = below.select_related("filing__organization").order_by("filing__path")
    filterset = BelowFilter(request.GET or None, queryset=rows, request=request)
    table = build_table(
        request, BelowTable, matching(filterset), filtered=is_filtered(filterset), terms=row
    )
    return {"filter": filterset, "table": table}


@requires(Permission.MANAGE)
@require_POST
def agreed_generate(request: SignedInRequest, code: str) -> HttpResponse:
    """At once, or as a job where many institutions report."""
    desk = desk_for(request, code)
    back = reverse("volumes:agreed_list", args=[code])
    if Participation.objects.filter(project=desk.project).count() > AT_ONCE:
        job = enqueue(
            GENERATE,
            by=request.actor,
            title=f"生成约定采购量“{desk.project.name}”",
            back_url=back,
            project_id=desk.project.pk,
        )
        return redirect(job)
    return carry_out(
        request,
        lambda: generate_agreed(project=desk.project, by=request.actor),
        lambda version: f"已生成{version}，请核对、复核后发布。",
        back,
    )


@requires(Permission.MANAGE)
@require_POST
def agreed_act(request: SignedInRequest, code: str) -> HttpResponse:
    desk = desk_for(request, code)
    return act_on(
        request,
        versions_of(AgreedVersion, desk.project),
        publish=publish_agreed,
        withdraw=withdraw_agreed,
        back=reverse("volumes:agreed_list", args=[code]),
    )


@requires(Permission.EXPORT, roles=VIEWERS)
@reads_replica
def agreed_export(request: SignedInRequest, code: str) -> HttpResponseBase:
    desk = desk_for(request, code)
    version = chosen(versions_of(AgreedVersion, desk.project), request)
    if version is None:
        return redirect("volumes:agreed_list", code=code)
    context = {
        "project_id": desk.project.pk,
        "version_id": version.pk,
        "filing_id": desk.filing.pk,
    }
    return export_response(request, AGREED_EXPORT, context=context)

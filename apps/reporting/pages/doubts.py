"""历史数有误: the province decides; institutions and the bureaus between see what became of it (S2-07c)."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from apps.accounts.models.roles import Permission
from apps.accounts.pages.decorators import fills, requires
from apps.accounts.pages.requests import SignedInRequest
from apps.exchange.pages.quantity_field import QuantityField
from apps.projects.models import CatalogItem
from apps.reporting.domain.purchases.deciding import Decision, decide_doubts
from apps.reporting.domain.purchases.lists import DoubtFilter, DoubtTable, OwnDoubtTable, doubts_of
from apps.reporting.domain.refusals import DoubtRefused
from apps.reporting.models import MOST, DoubtState, HistoryDoubt
from apps.reporting.navigation import BUREAUS, INSTITUTION
from apps.reporting.pages.answering import remember
from apps.reporting.pages.purchases import KEEPERS, demand_project_or_404
from apps.review.pages.answering import carry_out
from apps.ui.lists import build_table, is_filtered, matching, selected
from apps.ui.pages.replicas import reads_replica


class DecisionForm(forms.Form):
    """The fields of both dialogs; `number` only where one doubt is ticked, `reason` is why a number is kept."""

    outcome = forms.ChoiceField(choices=[("correct", "更正"), ("keep", "维持原数")])
    answer = forms.CharField(label="核定意见", max_length=300, required=False)
    reason = forms.CharField(label="核定意见", max_length=300, required=False)

    def __init__(self, data: Any = None, *, item: CatalogItem | None) -> None:
        """`item` of the one doubt that is ticked."""
        super().__init__(data)
        pack, unit = (item.pack_quantity, item.unit) if item else (1, "")
        self.fields["number"] = QuantityField(label="核定数", pack=pack, unit=unit, most=MOST)

    def decision(self) -> Decision:
        """Raises `DoubtRefused` with the first thing to mend."""
        if not self.is_valid():
            name, errors = next(iter(self.errors.items()))
            raise DoubtRefused(f"{self.fields[name].label or '核定结果'}：{errors[0]}")
        given = self.cleaned_data
        if given["outcome"] == "correct":
            return Decision(corrects=True, answer=given["answer"], number=given["number"])
        return Decision(corrects=False, answer=given["reason"])


@fills
@requires(Permission.QUERY, roles=(*BUREAUS, *INSTITUTION))
@reads_replica
def doubt_list(request: SignedInRequest, code: str) -> HttpResponse:
    project = demand_project_or_404(code)
    remember(request, code)
    is_institution = request.user.role in INSTITUTION
    filterset = DoubtFilter(request.GET or None, queryset=doubts_of(project), request=request)
    if is_institution:
        del filterset.filters["unit"]
    may_decide = request.user.role in KEEPERS and request.user.has(Permission.REVIEW)
    table_class = OwnDoubtTable if is_institution else DoubtTable
    table: Any = build_table(
        request,
        table_class,
        matching(filterset),
        filtered=is_filtered(filterset),
        project=project,
        exclude=() if may_decide else ("select",),
    )
    table.show_standing()
    shown = {
        "project": project,
        "filter": filterset,
        "table": table,
        "may_decide": may_decide,
        "is_institution": is_institution,
    }
    return render(request, "reporting/doubt_list.html", shown)


@requires(Permission.REVIEW, roles=KEEPERS)
@require_POST
def doubt_decide(request: SignedInRequest, code: str) -> HttpResponse:
    project = demand_project_or_404(code)
    rows = selected(request, queryset=doubts_of(project), filterset_class=DoubtFilter)
    ids = list(rows.filter(state=DoubtState.OPEN).values_list("pk", flat=True)[:5_000])

    def decide() -> list[HistoryDoubt]:
        decision = DecisionForm(request.POST, item=_only_item(ids)).decision()
        return decide_doubts(project=project, doubts=ids, decision=decision, by=request.actor)

    return carry_out(
        request,
        decide,
        lambda decided: f"已核定 {len(decided):,} 条，并已通知医疗机构。",
        reverse("reporting:doubt_list", args=[code]),
    )


def _only_item(ids: Sequence[int]) -> CatalogItem | None:
    """Of the doubt, where a single one is ticked."""
    if len(ids) != 1:
        return None
    doubt = HistoryDoubt.objects.select_related("item").filter(pk=ids[0]).first()
    return doubt.item if doubt else None

"""逾期处理: 恢复上次上报, 计零, 计为未报, 补报 for the institutions whose time is over."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models.roles import Permission
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.review.domain.filters import OverdueFilter
from apps.review.domain.machine import TRANSITIONS
from apps.review.domain.overdue import Pile, Piles, acts_of, facing, word_for
from apps.review.domain.selecting import freeze_selection
from apps.review.models import Filing
from apps.review.models.statuses import Action
from apps.review.pages.bureau_page import BureauPage
from apps.review.pages.desks import desk_of, tabs_of
from apps.review.pages.outside import explains_chain
from apps.review.pages.tables import OverdueTable
from apps.ui.lists import build_table, matching, selected
from apps.ui.pages.replicas import reads_replica
from apps.ui.paging import address


@requires(Permission.REVIEW)
@reads_replica
@explains_chain
def overdue_list(request: SignedInRequest, code: str) -> HttpResponse:
    desk = desk_of(request, code)
    piles = Piles.of(desk.own, at=timezone.now())
    counts = piles.heights()
    pile = _pile(request, counts)
    rows = _rows(piles, pile)
    if request.method == "POST":
        return _freeze(request, desk, pile, rows)
    filterset = OverdueFilter(
        request.GET or None, queryset=rows, request=request, project=desk.project
    )
    table: Any = build_table(
        request,
        OverdueTable,
        matching(filterset),
        filtered=bool(request.GET.get("unit") or request.GET.get("saved")),
        code=code,
    )
    shown = {
        "project": desk.project,
        "own": desk.own,
        "pile": pile,
        "table": table,
        "filter": filterset,
        "acts": _acts_on(request, desk, pile, table),
        "tabs": tabs_of(request, desk, "review:overdue_list"),
        "piles": _piles(request, pile, counts),
    }
    return render(request, "review/overdue_list.html", shown)


def _acts_on(
    request: SignedInRequest, desk: BureauPage, pile: Pile, table: Any
) -> list[tuple[str, str, str]]:
    rows = [row.record for row in table.paginated_rows]
    faced = facing(desk.project, rows, request.actor, at=timezone.now())
    offered = _offered(table, faced, pile)
    return [(act.value, word_for(act, pile), TRANSITIONS[act].act.icon) for act in offered]


def _pile(request: SignedInRequest, counts: Mapping[Pile, int]) -> Pile:
    """The one asked for, else the first in which something waits."""
    asked = (pile for pile in Pile if pile == request.GET.get("pile"))
    return next(asked, next((pile for pile in Pile if counts[pile]), Pile.ONCE))


def _piles(
    request: SignedInRequest, chosen: Pile, counts: Mapping[Pile, int]
) -> list[dict[str, Any]]:
    return [
        {
            "label": pile.label,
            "href": address(request, pile=pile.value, page=None),
            "current": pile == chosen,
            "count": counts[pile],
        }
        for pile in Pile
    ]


def _rows(piles: Piles, pile: Pile) -> Any:
    rows = piles.holding(pile).with_organization()  # type: ignore[attr-defined]
    return rows.select_related("parent__organization").order_by("path")


def _offered(table: Any, faced: list[Any], pile: Pile) -> list[Action]:
    """The acts that some row of this page allows; only such rows can be ticked."""
    acts = acts_of(pile)
    fitting = {overdue.filing.pk: overdue.acts & frozenset(acts) for overdue in faced}
    table.tickable = frozenset(pk for pk, acts in fitting.items() if acts)
    fitting_acts = frozenset().union(*fitting.values())
    if not fitting_acts:
        table.columns.hide("select")
    return [act for act in acts if act in fitting_acts]


def _freeze(request: SignedInRequest, desk: BureauPage, pile: Pile, rows: Any) -> HttpResponse:
    """Remember those of the ticked for whom the act is possible; its page says what will happen."""
    here = f"{reverse('review:overdue_list', args=[desk.project.code])}?{request.GET.urlencode()}"
    action = next((a for a in acts_of(pile) if a.value == request.POST.get("action")), None)
    if action is None:
        return redirect(here)
    narrowed: Any = partial(OverdueFilter, project=desk.project)
    chosen = list(selected(request, queryset=rows, filterset_class=narrowed))
    faced = facing(desk.project, chosen, request.actor, at=timezone.now())
    fitting: list[Filing] = [overdue.filing for overdue in faced if action in overdue.acts]
    if not fitting:
        messages.warning(request, f"没有可以{word_for(action, pile)}的单位，请先勾选。")
        return redirect(here)
    if left_out := len(chosen) - len(fitting):
        messages.info(
            request, f"另有 {left_out} 家现在不能{word_for(action, pile)}，不在本次处理范围。"
        )
    selection = freeze_selection(
        desk.project,
        fitting,
        action,
        by=request.actor,
        back_to=here[:500],
    )
    return redirect("review:selection_detail", code=desk.project.code, pk=selection.pk)

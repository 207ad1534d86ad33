"""没有审核完的单位, a page of them: whose reports go with them, whether anybody is there, whom to call."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest

from apps.accounts.pages.phones import phone_cell
from apps.review.domain.gates import GateReport
from apps.review.domain.missing.losses import losses_among, number_lost
from apps.review.domain.missing.unsettled import in_order, unsettled


def who_is_missing(request: HttpRequest, gate: GateReport, size: int) -> dict[str, Any]:
    """Two statements: what they would take with them, and when a page of them was last there."""
    losses = losses_among(gate.missing)
    page = Paginator(in_order(gate, losses), size).get_page(request.GET.get("page"))
    return {
        "losses": losses,
        "number_lost": number_lost(losses),
        "pager": page,
        "unsettled": [
            (bureau, phone_cell(request.user, bureau.filing.organization))  # type: ignore[arg-type]
            for bureau in unsettled(list(page.object_list), losses)
        ],
    }

"""没有审核完的单位, a page of them, each with whom to call."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest

from apps.accounts.pages.phones import phone_cell
from apps.review.domain.gates import GateReport
from apps.review.domain.unsettled import unsettled


def unsettled_page(request: HttpRequest, gate: GateReport, size: int) -> Page:
    user: Any = request.user
    page: Any = Paginator(unsettled(gate), size).get_page(request.GET.get("page"))
    page.object_list = [(*row, phone_cell(user, row[0].organization)) for row in page.object_list]
    return page  # type: ignore[no-any-return]

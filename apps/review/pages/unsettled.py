"""没有审核完的单位, a page of them, each with whom to call."""

from django.core.paginator import Page, Paginator
from django.http import HttpRequest

from apps.accounts.pages.phones import phone_cell
from apps.review.domain.gates import GateReport
from apps.review.domain.unsettled import unsettled


def unsettled_page(request: HttpRequest, gate: GateReport, size: int) -> Page:
    page = Paginator(unsettled(gate), size).get_page(request.GET.get("page"))
    page.object_list = [
        (*row, phone_cell(request.user, row[0].organization))  # type: ignore[arg-type]
        for row in page.object_list
    ]
    return page

"""Pages of a list that stays quick at any size: counting stops at a cap.

Invariant: showing a page costs one bounded count and one bounded select, however many rows match.
"""

from collections.abc import Iterable
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.safestring import SafeString

from apps.ui.pages.seen_sets import Stamp, stamp_of
from apps.ui.patterns import part

COUNT_CAP = 10_000
PAGE_SIZES = (10, 20, 50, 100)
DEFAULT_PAGE_SIZE = 20
PRINTED = "print"
PRINTED_ROWS = 5_000
"""So many rows go to the printer at once, about 150 sheets; what is beyond is said."""


class CappedPaginator(Paginator):
    """Counts at most `COUNT_CAP` rows; `more` says whether there are others beyond it."""

    @property
    def _rows(self) -> Any:
        return getattr(getattr(self.object_list, "data", None), "data", self.object_list)

    @cached_property
    def _stamp(self) -> Stamp | None:
        if not isinstance(self._rows, QuerySet):
            return None
        return stamp_of(self._rows.order_by()[: COUNT_CAP + 1])

    @property
    def _counted(self) -> int:
        return len(self._rows) if self._stamp is None else self._stamp.count

    @cached_property
    def seen_set(self) -> str:
        """For “全部符合条件的”: the stamp of all that match, also of what is beyond the cap.

        Rows that read themselves page by page bring their own as `stamp`.
        """
        if isinstance(stamp := getattr(self._rows, "stamp", None), Stamp):
            return str(stamp)
        if not isinstance(self._rows, QuerySet):
            return str(
                Stamp.of_keys(getattr(row, "pk", place) for place, row in enumerate(self._rows, 1))
            )
        return str(stamp_of(self._rows.order_by()) if self.more else self._stamp)

    @cached_property
    def count(self) -> int:
        return min(self._counted, COUNT_CAP)

    @property
    def more(self) -> bool:
        return self._counted > COUNT_CAP

    @property
    def count_text(self) -> str:
        """`4,250` or `10,000+`."""
        return f"{self.count:,}{'+' if self.more else ''}"


def page_size(request: HttpRequest, default: int = DEFAULT_PAGE_SIZE) -> int:
    """The page size asked for in the address, if it is one of those on offer."""
    wanted = request.GET.get("per_page", "")
    return int(wanted) if wanted in {str(size) for size in PAGE_SIZES} else default


def is_printed(request: HttpRequest) -> bool:
    """Whether the address asks for a list as it goes to the printer: whole, without ticks and acts."""
    return request.GET.get(PRINTED) == "1"


def kept_parameters(request: HttpRequest) -> list[tuple[str, str]]:
    """What a new query keeps of the address: order and page size, never the page."""
    return [(key, request.GET[key]) for key in ("sort", "per_page") if request.GET.get(key)]


def address(request: HttpRequest, **changes: Any) -> str:
    """The query string of this address with some parameters changed (None removes one)."""
    query = request.GET.copy()
    for key, value in changes.items():
        query.pop(key, None)
        if value is not None:
            query[key] = str(value)
    return f"?{query.urlencode()}"


def pager(request: HttpRequest, page: Page, sizes: Iterable[int]) -> dict[str, Any]:
    """The context of `ui/_pager.html`."""
    paginator = page.paginator
    numbers = [
        {"number": number, "href": address(request, page=number), "current": number == page.number}
        if isinstance(number, int)
        else {"number": 0, "href": "", "current": False}
        for number in paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    ]
    return {
        "page": page,
        "count_text": getattr(paginator, "count_text", f"{paginator.count:,}"),
        "capped": getattr(paginator, "more", False),
        "numbers": numbers if paginator.num_pages > 1 else [],
        "previous": address(request, page=page.number - 1) if page.number > 1 else "",
        "next": address(request, page=page.number + 1) if page.has_next() else "",
        "sizes": [(size, size == paginator.per_page) for size in sizes],
        "kept": [
            (key, value)
            for key, values in request.GET.lists()
            if key not in {"page", "per_page"}
            for value in values
        ],
    }


def sort_header(request: HttpRequest, column: Any) -> SafeString:
    """`column` is a django-tables2 bound column."""
    ordered = bool(column.is_ordered)
    descending = ordered and column.order_by_alias.is_descending
    href = address(request, sort=column.order_by_alias.next, page=None)
    return part(
        "ui/_sort_header.html",
        {"label": column.header, "href": href},
        icon=("arrow-down" if descending else "arrow-up") if ordered else "selector",
        ordered=ordered,
        spoken="降序" if descending else "升序",
    )


def head_cell(request: HttpRequest, column: Any, classes: str) -> SafeString:
    """The head of a column; what it is ordered by is said aloud."""
    content = sort_header(request, column) if column.orderable else column.header
    order = ""
    if column.is_ordered:
        order = "descending" if column.order_by_alias.is_descending else "ascending"
    return part("ui/_head_cell.html", {"classes": classes, "content": content}, order=order)

"""The list page: a query bar, a sortable table, a pager, and a selection for bulk actions.

A view builds its whole list with one call and stays within its query budget (one bounded count
and one select, plus what the queryset prefetches):

    @requires(Permission.REVIEW)
    def filing_list(request, code):
        project = get_object_or_404(Project.objects.all(), code=code)
        return render_list(
            request,
            "review/filing_list.html",
            table_class=FilingTable,              # apps.ui.tables.ListTable
            filterset_class=FilingFilter,         # django_filters.FilterSet, or None
            queryset=Filing.objects.for_project(project).select_related("organization"),
            context={"project": project},
        )

and its template draws it:

    {% extends "base.html" %}
    {% block page_class %}page-fill{% endblock %}
    {% block content %}
      {% query_bar form=filter.form %}<a class="btn" href="…">导出</a>{% endquery_bar %}
      {% bulk_form table=table %}
        {% open_dialog dialog="approve" label="审核通过" icon="check" needs_selection=True %}
        {% dialog id="approve" title="审核通过" confirm="审核通过" name="action" value="approve" %}…{% enddialog %}
      {% endbulk_form %}
      {% data_table table=table %}
    {% endblock %}

The address keeps filters, `sort`, `page` and `per_page` (10, 20, 50, 100); 重置 clears them all. With `print=1` it
is the whole list as it goes to the printer, up to 5,000 rows, without ticks and acts; 打印 leads there.
Counting stops at 10,000 (`10,000+`). Rows are ordered by the chosen column and then by primary key.
Order names by their full pinyin: `Column(order_by=("organization__sort_key",))`. Name filters:
`apps.ui.filters.NameFilter`.

The POST of a bulk action gets its rows back from `selected`, inside the same filter:

    filings = selected(request, queryset=…, filterset_class=FilingFilter)
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import EmptyPage
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django_filters import FilterSet

from apps.ui.numbers import number_of
from apps.ui.pages import seen_sets
from apps.ui.pages.seen_sets import seen_rows
from apps.ui.paging import PRINTED_ROWS, CappedPaginator, is_printed, page_size
from apps.ui.tables import SELECTED, ListTable

ALL_MATCHING = "select_all"
LONGEST_NUMBER = 18  # digits of a page; reading thousands of them is refused by the language


def render_list(
    request: HttpRequest,
    template: str,
    *,
    table_class: type[ListTable],
    queryset: QuerySet | Sequence[Any],
    filterset_class: type[FilterSet] | None = None,
    context: Mapping[str, Any] | None = None,
    table_kwargs: Mapping[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render one list; the template gets `table` and `filter` beside the given context."""
    filterset = None
    rows = queryset
    if filterset_class is not None:
        filterset = filterset_class(request.GET or None, queryset=queryset, request=request)
        rows = matching(filterset)
    table = build_table(
        request, table_class, rows, filtered=is_filtered(filterset), **table_kwargs or {}
    )
    shown = {"table": table, "filter": filterset, **(context or {})}
    return render(request, template, shown, status=status)


def matching(filterset: FilterSet) -> QuerySet:
    """The rows that match; none while a filter has a value that makes no sense (its error is shown)."""
    if filterset.is_bound and not filterset.is_valid():
        return filterset.queryset.none()
    return filterset.qs


def is_filtered(filterset: FilterSet | None) -> bool:
    """Whether any filter of the query bar has a value."""
    if filterset is None or not filterset.is_bound:
        return False
    return any(filterset.data.get(bound.html_name) for bound in filterset.form)


def build_table(
    request: HttpRequest,
    table_class: type[ListTable],
    rows: QuerySet | Sequence[Any],
    *,
    filtered: bool = False,
    **table_kwargs: Any,
) -> ListTable:
    """A table ordered and paged as the address says; for pages with more than one thing on them."""
    table = table_class(rows, **table_kwargs)
    table.request = request
    table.filtered = filtered
    if wanted := request.GET.getlist(table.prefixed_order_by_field):
        table.order_by = wanted
    if isinstance(table.data.data, QuerySet):
        table.data.data = in_fixed_order(table.data.data)
    if is_printed(request):
        _as_printed(table)
    else:
        _turn_to_page(table, request)
    return table


def _as_printed(table: ListTable) -> None:
    """One page of all rows; nothing on paper can be ticked or pressed."""
    table.printed = True
    for name in {"select", "actions"} & set(table.columns.names()):
        table.columns.hide(name)
    table.paginate(paginator_class=CappedPaginator, per_page=PRINTED_ROWS, page=1)


def _turn_to_page(table: ListTable, request: HttpRequest) -> None:
    """The page asked for; beyond the last one, the last."""
    wanted = request.GET.get(table.prefixed_page_field, "1")
    number = number_of(wanted[:LONGEST_NUMBER]) or 1
    size = page_size(request, table.rows_per_page)
    try:
        table.paginate(paginator_class=CappedPaginator, per_page=size, page=max(number, 1))
    except EmptyPage:
        table.page = table.paginator.page(table.paginator.num_pages)


def in_fixed_order(rows: QuerySet) -> QuerySet:
    """The same order, made total by the primary key, so that no row is on two pages."""
    order = rows.query.order_by or ()
    if any(isinstance(term, str) and term.lstrip("-") in {"pk", "id"} for term in order):
        return rows
    return rows.order_by(*order, "pk")


def selected(
    request: HttpRequest,
    *,
    queryset: QuerySet,
    filterset_class: type[FilterSet] | None = None,
) -> QuerySet:
    """The rows of a bulk action: the ticked ones, or all that match the filter in the address.

    All are those that the page counted. Raises `seen_sets.SetMoved`, which sends the person back to the list.
    """
    if request.POST.get(ALL_MATCHING):
        rows = queryset
        if filterset_class is not None:
            rows = matching(
                filterset_class(request.GET or None, queryset=queryset, request=request)
            )
        return seen_rows(rows, request.POST.get(seen_sets.FIELD, ""))
    try:
        return queryset.filter(pk__in=request.POST.getlist(SELECTED))
    except (ValueError, ValidationError):
        return queryset.none()

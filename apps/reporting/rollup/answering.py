"""Answers questions: decide what is read, read it, add it up."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.utils import timezone

from apps.organizations.pinyin import sort_key
from apps.projects.models import Project
from apps.reporting.models import DemandProgress
from apps.reporting.statements import quickly
from apps.review.models import Filing
from apps.review.statuses import Status

from .folding import NO_FACET, ONLY, Table, facet_order
from .goods import Goods, goods_of
from .places import Plan, Planner
from .question import FACETS, GOODS, PLACES, Answer, Dimension, Header, Question, TooWide
from .reading import Asked, counts, figures, known_facets, known_places

MOST_COLUMNS, MOST_ROWS, MOST_CELLS = 300, 5_000, 30_000
STATUSES = tuple(status for status in Status if status != Status.EXCLUDED)
Filters = Mapping[Dimension, Sequence[str]]


def answer(question: Question) -> Answer:
    """The figures. Raises `TooWide`, and `ValueError` where rows and columns are the same dimension.

    A root outside the scope raises `Filing.DoesNotExist`. Twelve statements at most, however large the round.
    """
    if question.rows == question.columns:
        raise ValueError("Rows and columns are the same dimension.")
    root = Filing.objects.get(pk=question.root.pk, project=question.project)
    filters = {each: keys for each, keys in question.filters.items() if keys}
    goods = goods_of(question.project, filters)
    planner = _planner(root, question.rows, question.columns, filters)
    plan = planner.make()
    _check_width(question, goods, planner)
    asked = _asked(question, filters, goods)
    table = Table(question.rows, question.columns, plan.keys)
    with quickly():
        table.add_figures(figures(asked, plan))
        table.add_counts(counts(asked, plan))
        freshness = _freshness(plan)
    return _answered(question, table, planner, goods, freshness)


def choices(project: Project, root: Filing, dimension: Dimension) -> list[Header]:
    """What a dimension may be narrowed to within the subtree, in the order of the tables."""
    root = Filing.objects.get(pk=root.pk, project=project)
    if dimension in GOODS:
        return goods_of(project, {}).headers(dimension)
    if dimension == Dimension.STATUS:
        return _statuses(STATUSES)
    planner = _planner(root, dimension, None, {})
    plan = planner.make()
    if dimension in PLACES:
        units = planner.tree.by_code
        codes = known_places(plan) & units.keys()
        keys = {planner.tree.key(units[code].path, dimension) for code in codes}
        return planner.tree.headers(dimension, plan.shown[dimension] | keys)
    with quickly():
        found = known_facets(dimension, plan)
    return _facets(dimension, {key or NO_FACET for key in found})


def _planner(root: Filing, rows: Dimension, columns: Dimension | None, filters: Filters) -> Planner:
    by_status = Dimension.STATUS in {rows, columns, *filters}
    return Planner(root, rows, columns, filters, by_status=by_status)


def _asked(question: Question, filters: Filters, goods: Goods) -> Asked:
    axes = (question.rows, question.columns)
    faceted = {*FACETS, Dimension.STATUS}
    row, column = (each if each in faceted else None for each in axes)
    return Asked(
        facets=(row, column),
        filters={
            each: ["" if key == NO_FACET else key for key in keys]
            for each, keys in filters.items()
            if each in faceted
        },
        goods=goods,
        keys=goods.keyed(*axes),
        has_goods=goods.is_narrowed or any(each in GOODS for each in axes),
    )


def _check_width(question: Question, goods: Goods, planner: Planner) -> None:
    """What is known before anything is read: goods, and places that bureaus answer for as a whole."""
    axes = [each for each in (question.rows, question.columns) if each is not None]
    sizes = [
        len(goods.headers(each)) if each in GOODS else len(planner.plan.shown.get(each, ())) or 1
        for each in axes
    ]
    _refuse_width(question, sizes[0], sizes[1] if len(sizes) > 1 else 1)


def _refuse_width(question: Question, rows: int, columns: int) -> None:
    """Places within places make no more cells than there are places."""
    nested = question.rows in PLACES and question.columns in PLACES
    cells = max(rows, columns) if nested else rows * columns
    if question.columns and columns > MOST_COLUMNS:
        raise TooWide(
            f"按{question.columns.label}展开有 {columns:,} 列，最多 {MOST_COLUMNS} 列；"
            "请把它放在行上，或先筛选。"
        )
    if rows > MOST_ROWS or cells > MOST_CELLS:
        raise TooWide(
            f"这张表有 {rows:,} 行、{columns:,} 列，超过一次能显示的 {MOST_CELLS:,} 格；请先按地区或品种筛选。"
        )


def _freshness(plan: Plan) -> tuple[datetime, int]:
    """The oldest summary that was read, and how many bureaus none has reached."""
    wanted = plan.working.filings
    now = timezone.now()
    if not wanted:
        return now, 0
    ages = list(DemandProgress.objects.filter(filing__in=wanted).values_list("as_of", flat=True))
    return min(ages, default=now), len(wanted) - len(ages)


def _answered(
    question: Question,
    table: Table,
    planner: Planner,
    goods: Goods,
    freshness: tuple[datetime, int],
) -> Answer:
    rows = _headers(question.rows, table.rows, planner, goods)
    columns = _headers(question.columns, table.columns, planner, goods)
    _refuse_width(question, len(rows), len(columns))
    scale = {"years": len(question.project.baseline_years), "parts": goods.parts}
    return Answer(
        rows=rows,
        columns=columns,
        cells={key: cell.measures(**scale) for key, cell in table.cells.items()},
        row_totals={key: row.measures(**scale) for key, row in table.rows.items()},
        column_totals={key: column.measures(**scale) for key, column in table.columns.items()},
        total=table.total.measures(**scale),
        as_of=freshness[0],
        unread=freshness[1],
    )


def _headers(
    dimension: Dimension | None, found: Collection[str], planner: Planner, goods: Goods
) -> tuple[Header, ...]:
    if dimension is None:
        return (Header(ONLY, ""),)
    if dimension in GOODS:
        return tuple(goods.headers(dimension))
    if dimension in PLACES:
        keys = planner.plan.shown[dimension] | set(found)
        return tuple(planner.tree.headers(dimension, keys))
    if dimension == Dimension.STATUS:
        return tuple(_statuses([status for status in STATUSES if status in found]))
    return tuple(_facets(dimension, found))


def _facets(dimension: Dimension, keys: Collection[str]) -> list[Header]:
    order = sorted(keys, key=lambda key: (*facet_order(dimension, key)[:2], sort_key(key)))
    return [Header(key, "未填写" if key == NO_FACET else key) for key in order]


def _statuses(found: Collection[Status]) -> list[Header]:
    return [Header(status.value, status.label) for status in found]

"""Answers questions: decide what is read, read it, add it up."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from apps.organizations.models.pinyin import sort_key
from apps.projects.models import Project
from apps.reporting.domain.rollup import sql
from apps.reporting.domain.rollup.asked import COLUMNS, FACETED, BoundQuestion, Found
from apps.reporting.domain.rollup.folding import NO_FACET, ONLY, Table, facet_order
from apps.reporting.domain.rollup.goods import Axes, Goods
from apps.reporting.domain.rollup.places import Plan, Planner, Sources
from apps.reporting.domain.rollup.question import (
    GOODS,
    GROUPED,
    PLACES,
    Answer,
    Dimension,
    Groups,
    Header,
    Question,
    TooWide,
)
from apps.reporting.domain.rollup.sources import Source
from apps.reporting.domain.rollup.sql import Part, array
from apps.reporting.domain.rollup.sums import Sums
from apps.reporting.domain.totals.sql import FROZEN, PROGRESS, Family
from apps.reporting.models import DemandProgress
from apps.review.models import Filing
from apps.review.models.statuses import Status

MOST_COLUMNS, MOST_ROWS, MOST_CELLS = 300, 5_000, 30_000
STATUSES = tuple(status for status in Status if status != Status.EXCLUDED)
Filters = Mapping[Dimension, Sequence[str]]


def answer(question: Question, source: Source | None = None) -> Answer:
    """The figures. Raises `TooWide`, and `ValueError` where rows, columns or groups make no sense together.

    A root outside the scope raises `Filing.DoesNotExist`. Seven statements at most, however large the round; those for
    catalogue and bureaus are spared where `source` has read them already.
    """
    axes = Axes(question.rows, question.columns, question.groups)
    _check_axes(axes)
    source = source or Source(question.project, question.root)
    filters = {dimension: keys for dimension, keys in question.filters.items() if keys}
    goods = source.catalogue.narrowed(filters)
    planner = _planner(source, axes, filters)
    plan = planner.make()
    _check_width(question, goods, planner)
    asked = BoundQuestion(axes, _facets_of(filters), goods)
    table = Table(asked, plan)
    table.add(read(asked, plan))
    return _answered(question, table, planner, goods)


def _check_axes(axes: Axes) -> None:
    if axes.rows == axes.columns:
        raise ValueError("Rows and columns are the same dimension.")
    if axes.groups and (GROUPED.get(axes.rows) != axes.groups or axes.groups == axes.columns):
        raise ValueError("Rows can't be grouped by this dimension.")


def choices(
    project: Project, root: Filing, dimension: Dimension, source: Source | None = None
) -> list[Header]:
    """What a dimension may be narrowed to within the subtree, in the order of the tables."""
    source = source or Source(project, root)
    if dimension in GOODS:
        return source.catalogue.headers(dimension)
    if dimension == Dimension.STATUS:
        return _statuses(STATUSES)
    planner = _planner(source, Axes(dimension), {})
    plan = planner.make()
    if dimension in PLACES:
        units = planner.tree.by_code
        codes = known_places(plan) & units.keys()
        keys = {planner.tree.key(units[code].path, dimension) for code in codes}
        return planner.tree.headers(dimension, plan.shown[dimension] | keys)
    return _facets(dimension, {key or NO_FACET for key in known_facets(dimension, plan)})


def _planner(source: Source, axes: Axes, filters: Filters) -> Planner:
    by_status = Dimension.STATUS in {*axes, *filters}
    return Planner(source.tree(axes, filters), axes, filters, by_status=by_status)


def _facets_of(filters: Filters) -> Filters:
    """Filters on facets, as the tables write them."""
    return {
        dimension: ["" if key == NO_FACET else key for key in keys]
        for dimension, keys in filters.items()
        if dimension in FACETED
    }


def _check_width(question: Question, goods: Goods, planner: Planner) -> None:
    """What is known before anything is read: goods, and places that bureaus answer for as a whole."""
    axes = [dimension for dimension in (question.rows, question.columns) if dimension is not None]
    sizes = [
        len(goods.headers(axis)) if axis in GOODS else len(planner.plan.shown.get(axis, ())) or 1
        for axis in axes
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


def _answered(question: Question, table: Table, planner: Planner, goods: Goods) -> Answer:
    rows = _headers(question.rows, table.rows, planner, goods)
    columns = _headers(question.columns, table.columns, planner, goods)
    _refuse_width(question, len(rows), len(columns))
    years = len(question.project.baseline_years)
    as_of, unread = _freshness(planner.plan)
    return Answer(
        rows=rows,
        columns=columns,
        cells=Sums(table.cells, years),
        row_totals=Sums(table.rows, years),
        column_totals=Sums(table.columns, years),
        total=Sums({ONLY: table.total}, years)[ONLY],
        as_of=as_of,
        unread=unread,
        groups=_grouped(question, table, planner, goods, years),
    )


def _grouped(
    question: Question, table: Table, planner: Planner, goods: Goods, years: int
) -> Groups | None:
    if question.groups is None:
        return None
    return Groups(
        headers=_headers(question.groups, table.groups, planner, goods),
        cells=Sums(table.group_cells, years),
        totals=Sums(table.groups, years),
        of=table.group_of,
    )


def _headers(
    dimension: Dimension | None, answered: Collection[str], planner: Planner, goods: Goods
) -> tuple[Header, ...]:
    if dimension is None:
        return (Header(ONLY, ""),)
    if dimension in GOODS:
        return tuple(goods.headers(dimension))
    if dimension in PLACES:
        keys = planner.plan.shown[dimension] | set(answered)
        return tuple(planner.tree.headers(dimension, keys))
    if dimension == Dimension.STATUS:
        return tuple(_statuses([status for status in STATUSES if status in answered]))
    return tuple(_facets(dimension, answered))


def _facets(dimension: Dimension, keys: Collection[str]) -> list[Header]:
    order = sorted(keys, key=lambda key: (*facet_order(dimension, key)[:2], sort_key(key)))
    return [Header(key, "未填写" if key == NO_FACET else key) for key in order]


def _statuses(statuses: Collection[Status]) -> list[Header]:
    return [Header(status.value, status.label) for status in statuses]


def families(plan: Plan) -> list[tuple[Family, Sources]]:
    """Those that there is something to read from."""
    pairs = ((FROZEN, plan.frozen), (PROGRESS, plan.working))
    return [(family, sources) for family, sources in pairs if sources.filings]


def read(asked: BoundQuestion, plan: Plan) -> list[Found]:
    """Everything that the question needs, from both families of tables at once; one statement."""
    parts = [Part(asked, family, sources) for family, sources in families(plan)]
    if not parts or (asked.goods.is_narrowed and not asked.goods.items):
        return []
    values = _items("cell", asked, len(asked.cells)) | _items("all", asked, len(asked.keys))
    values["which"] = array(item.pk for item in asked.goods.items)
    for facet, keys in asked.filters.items():
        values[f"only_{COLUMNS[facet]}"] = list(keys)
    for part in parts:
        values |= part.values
    return sql.found(parts, values)


def known_facets(dimension: Dimension, plan: Plan) -> set[str]:
    """What there is of a facet."""
    asked = BoundQuestion(Axes(dimension), {}, Goods([]))
    parts = [Part(asked, family, sources) for family, sources in families(plan)]
    return sql.facets(parts) if parts else set()


def known_places(plan: Plan) -> set[str]:
    """Codes of the places that institutions right below the opened bureaus stand under."""
    opened = [(family, sources.opened) for family, sources in families(plan) if sources.opened]
    return sql.places(opened) if opened else set()


def _items(name: str, asked: BoundQuestion, most: int) -> dict[str, Any]:
    """Pairs of items and the numbers of their keys, the first `most` of these."""
    grouped = [*asked.cells.values(), *asked.unions.values()][:most]
    pairs = [(item, number) for number, items in enumerate(grouped) for item in items]
    return {
        f"{name}_items": array(item.pk for item, _ in pairs),
        f"{name}_keys": array(number for _, number in pairs),
        f"{name}_units": array(item.unit for item, _ in pairs),
    }

"""Questions by any two dimensions agree with a count by hand, to the unit, within the own subtree only."""

import itertools
from collections.abc import Mapping

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.organizations.models import Organization
from apps.projects.models import CatalogItem
from apps.reporting.domain.reports import keep_reports
from apps.reporting.domain.rollup import (
    GROUPED,
    Dimension,
    Question,
    Source,
    TooWide,
    answer,
    choices,
    refresh,
)
from apps.reporting.domain.totals import freeze_totals, sql
from apps.reporting.domain.totals.verifying import differences
from apps.reporting.models import (
    DemandLine,
    DemandReporters,
    DemandTotal,
    PurchaseHistory,
)
from apps.review.models import Filing
from apps.review.models.statuses import FROZEN, Status
from apps.scope.context import whole_country
from tests import factories_demand as make
from tests.cast import Tree
from tests.factories_review import put

from .country import PLACES, Country, held
from .tallying import assert_tallies, tallied

PAIRS = [(one, other) for one in Dimension for other in (None, *Dimension) if one != other]

pytestmark = pytest.mark.usefixtures("country")


@pytest.mark.parametrize("chain", [["county", "city", "province"], ["province"]])
def test_every_pair_of_dimensions_tallies_with_the_lines(tree: Tree, chain: list[str]) -> None:
    country = Country(tree, 11, chain=chain)
    country.report()
    country.settle()
    freeze_totals(put(Status.APPROVED, country.filings().get(tier="alliance")))
    refresh(country.project)
    roots = country.filings().bureaus()
    for root in roots.filter(tier__in=["alliance", "province"]):
        below = Filing.objects.below(root).institutions().exclude(status=Status.EXCLUDED)
        lines = tallied(country.project, held(root))
        everybody = tallied(country.project, below)
        for rows, columns in PAIRS:
            due = everybody if Dimension.STATUS in (rows, columns) else lines
            found = answer(Question(country.project, root, rows, columns))
            assert_tallies(found, due, country.project, rows, columns)
            assert found.unread == 0


@pytest.mark.parametrize("seed", [5, 6])
def test_work_in_progress_tallies_as_of_the_last_refresh(tree: Tree, seed: int) -> None:
    country = Country(tree, seed)
    country.report()
    for _turn in range(12):
        country.act()
    refresh(country.project)
    root = country.filings().get(tier="alliance")
    reported = [
        f for f in country.filings().institutions() if f.state in FROZEN and not _left_out(f)
    ]
    lines = tallied(country.project, reported)
    for rows, columns in PAIRS:
        if Dimension.STATUS not in (rows, columns):
            assert_tallies(
                answer(Question(country.project, root, rows, columns)),
                lines,
                country.project,
                rows,
                columns,
            )
    lines = tallied(
        country.project, country.filings().institutions().exclude(status=Status.EXCLUDED)
    )
    found = answer(Question(country.project, root, Dimension.STATUS, Dimension.ITEM))
    assert_tallies(found, lines, country.project, Dimension.STATUS, Dimension.ITEM)
    _assert_groups_are_rows_above(country, root)


def _assert_groups_are_rows_above(country: Country, root: Filing) -> None:
    """What rows add up to by a place further up, or by variety, is what is answered for that dimension itself."""
    source = Source(country.project, root)
    narrowed = {Dimension.ITEM: ("P0001", "P0002", "P0005"), Dimension.PROVINCE: ("42",)}
    for rows, groups in GROUPED.items():
        for columns, filters in itertools.product((None, *Dimension), ({}, narrowed)):
            if columns in (rows, groups):
                continue
            asked = Question(country.project, root, rows, columns, filters, groups)
            found = answer(asked, source)
            above = answer(Question(country.project, root, groups, columns, filters), source)
            kept = found.groups
            assert kept is not None
            for mine, due in ((kept.totals, above.row_totals), (kept.cells, above.cells)):
                assert _said(mine) == _said(due), (rows, columns, filters)
            assert [each for each in kept.headers if each.key in above.row_totals] == [
                each for each in above.rows if each.key in above.row_totals
            ]
            assert {kept.of[row] for row in found.row_totals} <= {h.key for h in kept.headers}
            assert found.total == above.total


def _said(figures: Mapping) -> dict:
    """Cells without anything may be there or not."""
    return {
        key: each
        for key, each in figures.items()
        if each.institutions or each.quantity or each.bought or each.amount
    }


def _left_out(filing: Filing) -> bool:
    """Below a bureau that hasn't submitted to one that has."""
    chain, above = [filing], filing.parent
    while above is not None:
        chain.append(above)
        above = above.parent
    return any(
        one.state not in FROZEN and other.state in FROZEN
        for one, other in itertools.pairwise(chain)
    )


FILTERS = [
    {Dimension.ITEM: ("P0001", "P0004")},
    {Dimension.PROVINCE: ("42",), Dimension.VARIETY: ("品种0",)},
    {Dimension.CITY: ("420100",), Dimension.OWNERSHIP: ("公立",)},
    {Dimension.GRADE: ("-", "一级"), Dimension.MANUFACTURER: ("药厂1",)},
]


@pytest.mark.parametrize("filters", FILTERS)
def test_filters_leave_what_they_name(
    tree: Tree, filters: dict[Dimension, tuple[str, ...]]
) -> None:
    country = Country(tree, 7)
    country.report()
    country.settle()
    root = country.filings().get(tier="alliance")
    refresh(country.project)
    provinces = [
        f for f in country.filings() if f.tier == "province" and f.state == Status.APPROVED
    ]
    lines = [
        line
        for line in tallied(country.project, [f for province in provinces for f in held(province)])
        if all(line.keys[each] in keys for each, keys in filters.items())
    ]
    narrowed = any(
        each in (Dimension.ITEM, Dimension.VARIETY, Dimension.MANUFACTURER) for each in filters
    )
    assert lines
    for rows, columns in (
        (Dimension.ITEM, Dimension.COUNTY),
        (Dimension.KIND, None),
        (Dimension.CITY, Dimension.GRADE),
    ):
        found = answer(Question(country.project, root, rows, columns, filters))
        assert_tallies(found, lines, country.project, rows, columns, narrowed=narrowed)


def test_grade_of_the_report_counts_not_that_of_today(tree: Tree) -> None:
    country = Country(tree, 8)
    country.report()
    country.settle()
    root = country.filings().get(tier="province", organization=tree["42"])
    before = answer(Question(country.project, root, Dimension.GRADE)).cells

    Organization.objects.filter(tier="institution").update(grade="未定级")

    assert answer(Question(country.project, root, Dimension.GRADE)).cells == before
    assert list(differences(country.project)) == []


def test_nobody_asks_above_or_beside_the_own_subtree(tree: Tree, scope_of_user) -> None:
    country = Country(tree, 13)
    country.report()
    country.settle()
    refresh(country.project)
    county, city, other = (
        country.filings().get(organization=tree[code]) for code in ("420106", "420100", "14")
    )
    clerk = country.clerk(tree["420100"])

    with scope_of_user(clerk):
        own = answer(Question(country.project, city, Dimension.PROVINCE, Dimension.COUNTY))
        assert {header.key for header in own.rows} == {"42"}
        assert [header.label for header in own.rows] == ["湖北"]
        assert {header.key for header in own.columns} <= {"420100", "420106"}
        answer(Question(country.project, county, Dimension.ITEM))
        above = {Dimension.PROVINCE: ("42",)}
        by_county, same = (
            answer(Question(country.project, city, Dimension.COUNTY, filters=filters))
            for filters in ({}, above)
        )
        assert by_county.cells
        assert same.cells == by_county.cells
        for outside in (other, city.parent):
            with pytest.raises(Filing.DoesNotExist):
                answer(Question(country.project, outside, Dimension.ITEM))
            with pytest.raises(Filing.DoesNotExist):
                choices(country.project, outside, Dimension.GRADE)
        assert not DemandTotal.objects.filter(filing=other).exists()
        assert not DemandReporters.objects.exclude(filing__path__startswith=city.path).exists()


def test_answer_costs_the_same_few_statements_whatever_is_asked(tree: Tree) -> None:
    country = Country(tree, 14)
    country.report()
    for _turn in range(10):
        country.act()
    refresh(country.project)
    root = country.filings().get(tier="alliance")
    most = 0
    for rows, columns in PAIRS:
        with CaptureQueriesContext(connection) as captured:
            answer(Question(country.project, root, rows, columns))
        most = max(most, len([each for each in captured if "SAVEPOINT" not in each["sql"]]))

    assert most <= 6


def test_too_wide_a_table_is_refused_in_words(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    country = Country(tree, 15)
    root = country.filings().get(tier="alliance")
    monkeypatch.setattr("apps.reporting.domain.rollup.answering.MOST_COLUMNS", 5)

    with pytest.raises(TooWide, match="按品规展开有 6 列"):
        answer(Question(country.project, root, Dimension.PROVINCE, Dimension.ITEM))
    with pytest.raises(ValueError, match="same dimension"):
        answer(Question(country.project, root, Dimension.ITEM, Dimension.ITEM))


def test_counties_are_offered_where_the_chain_has_none(
    tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    country = Country(tree, 17, chain=["city", "province"])
    country.report()
    refresh(country.project)
    root = country.filings().get(tier="alliance")

    offered = [header.key for header in choices(country.project, root, Dimension.COUNTY)]

    assert {"420106", "420202"} <= set(offered) <= set(PLACES)
    found = answer(Question(country.project, root, Dimension.COUNTY))
    assert {header.key for header in found.rows} <= set(offered)
    monkeypatch.setattr("apps.reporting.domain.rollup.answering.MOST_COLUMNS", 1)
    with pytest.raises(TooWide, match="按区县展开有"):
        answer(Question(country.project, root, Dimension.ITEM, Dimension.COUNTY))


def test_refresh_reads_only_what_changed(tree: Tree) -> None:
    country = Country(tree, 16)
    country.report()
    refresh(country.project)
    with CaptureQueriesContext(connection) as idle:
        refresh(country.project)
    assert not any("INSERT" in each["sql"] for each in idle)
    root = country.filings().get(tier="alliance")
    draft = (
        country.filings().institutions().filter(status=Status.DRAFT).first()
        or put(Status.DRAFT, country.filings().institutions().first())[0]
    )
    with whole_country(reason="test"):
        PurchaseHistory.objects.filter(organization=draft.organization).update(quantity=7)

    refresh(country.project)

    after = answer(Question(country.project, root, Dimension.STATUS))
    lines = tallied(
        country.project, country.filings().institutions().exclude(status=Status.EXCLUDED)
    )
    assert_tallies(after, lines, country.project, Dimension.STATUS, None)


@pytest.mark.parametrize("place", [1, 2])
def test_what_is_typed_while_a_refresh_runs_is_left_to_the_next_one(
    tree: Tree, monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    """An item that nobody below wanted before, or a unit of another kind, between two of its statements."""
    country = Country(tree, 12)
    filings = country.filings().institutions()
    code = CatalogItem.objects.filter(project=country.project).first().item_code
    DemandLine.objects.filter(filing__in=filings, item__item_code=code).delete()
    PurchaseHistory.objects.all().delete()
    keep_reports(put(Status.SUBMITTED, *filings[1:]))
    draft = filings.get(status=Status.DRAFT)
    run, statements = sql.run, iter(range(10**6))

    def typed_between(statement: str, values: object) -> None:
        if "INSERT" in statement and next(statements) == place:
            make.planned(country.project, draft.organization, {code: 7})
            if place == 1:
                Organization.objects.filter(pk=draft.organization_id).update(grade="另一级")
        run(statement, values)

    monkeypatch.setattr(sql, "run", typed_between)
    with whole_country(reason="test"):
        refresh(country.project)
        monkeypatch.undo()
        refresh(country.project)

    assert list(differences(country.project)) == []

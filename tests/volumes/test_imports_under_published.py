"""An import is checked against what is published: what it may not change is said before it is confirmed."""

import io
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pgtrigger
import pytest
from openpyxl import load_workbook

from apps.accounts.domain.actors import Actor
from apps.exchange.domain.dry_run import DryRun
from apps.exchange.domain.imports import ImportSpec
from apps.exchange.files.reader import read_workbook
from apps.exchange.files.templates import write_template
from apps.projects.models import WinningProduct
from apps.scope.context import whole_country
from apps.volumes.domain.guards import BASE_FIXED, RESULTS_FIXED
from apps.volumes.domain.imports import save_results
from apps.volumes.domain.refusals import VolumesRefused
from apps.volumes.files.workbooks import CONVERSION_IMPORT, RESULT_IMPORT
from tests.volumes import rounds
from tests.volumes.conftest import Stage


@pytest.fixture
def published(stage: Stage) -> Iterator[Stage]:
    """Base and agreed volumes of the stage are published; two items could be converted."""
    with whole_country(reason="test"), pgtrigger.ignore():
        rounds.add_items(stage.project, {"E": "甲单元"})
    rounds.published_base(stage.project, stage.officer)
    rounds.published_agreed(stage.project, stage.officer)
    with whole_country(reason="test"):
        yield stage


def edited(spec: ImportSpec, stage: Stage, page: str, **cells: object) -> DryRun:
    """The filled template with other values in its first row, or in a row of its own where `item_code` is given."""
    context = {"project_id": stage.project.pk}
    book = load_workbook(io.BytesIO(write_template(spec.workbook, spec.prefill(context))))
    sheet, table = book[page], next(each for each in spec.workbook.sheets if each.title == page)
    (head,) = (
        row for row in sheet.iter_rows(max_row=10) if str(row[1].value) == table.columns[1].title
    )
    place = {str(cell.value): cell.column for cell in head}
    row = sheet.max_row + 1 if table.key[0] in cells else head[0].row + 1
    for key, value in cells.items():
        sheet.cell(row, place[table.column(key).title]).value = value
    file = io.BytesIO()
    book.save(file)
    reading = read_workbook(file, spec.workbook)
    assert not reading.problems
    return spec.validate(reading, context)


def refused(outcome: DryRun) -> list[tuple[str, str]]:
    return [(problem.column, problem.message) for problem in outcome.problems]


def test_a_rank_or_cut_is_refused_where_it_stands(published: Stage) -> None:
    outcome = edited(RESULT_IMPORT, published, "中选结果", rank=7, cut=12)

    assert refused(outcome) == [("名次", RESULTS_FIXED), ("降幅", RESULTS_FIXED)]
    assert not outcome.changes_something


def test_another_winner_is_refused(published: Stage) -> None:
    row = {
        "item_code": "A",
        "enterprise": "又一家药业",
        "uscc": "91420100MA4K3XUH5B",
        "is_new": "是",
    }
    outcome = edited(RESULT_IMPORT, published, "中选结果", **row)

    assert refused(outcome) == [("统一社会信用代码", RESULTS_FIXED)]


def test_rules_and_classes_are_refused(published: Stage) -> None:
    unit = edited(
        RESULT_IMPORT, published, "竞争单元", competition_unit="甲单元", rule="R1", winners=3
    )
    item = edited(RESULT_IMPORT, published, "品规类别", item_code="A", ratio_class="从严品种")

    assert {message for _, message in refused(unit) + refused(item)} == {RESULTS_FIXED}
    assert not unit.changes_something
    assert not item.changes_something


def test_conversions_are_refused(published: Stage) -> None:
    untouched = edited(CONVERSION_IMPORT, published, "折算系数")
    other = edited(CONVERSION_IMPORT, published, "折算系数", main="E", coefficient=2)

    assert refused(untouched) == []
    assert BASE_FIXED in {message for _, message in refused(other)}


def test_prices_and_capacities_are_completed(published: Stage) -> None:
    outcome = edited(RESULT_IMPORT, published, "中选结果", capacity=123_456, price=3, pack=28)
    assert refused(outcome) == []
    save_results(project=published.project, outcome=outcome, by=Actor.of(published.officer))

    products = WinningProduct.objects.filter(project=published.project).with_terms()
    assert [(each.capacity, each.price) for each in products if each.capacity] == [
        (123_456, Decimal(3))
    ]


def test_the_database_holds_rank_and_cut_itself(published: Stage) -> None:
    outcome = edited(RESULT_IMPORT, published, "中选结果", capacity=5)
    (change,) = outcome.changed
    outcome.changed[:] = [replace(change, rank=9)]

    with pytest.raises(VolumesRefused):
        save_results(project=published.project, outcome=outcome, by=Actor.of(published.officer))

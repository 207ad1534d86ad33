"""A column that an uploaded workbook lacks changes nothing: of every import that may lack one, every such one."""

import io
import sys
from collections.abc import Collection, Iterator
from decimal import Decimal
from typing import Any

import pgtrigger
import pytest
from openpyxl import load_workbook

from apps.exchange.domain.dry_run import DryRun
from apps.exchange.domain.imports import ImportSpec
from apps.exchange.files.columns import WorkbookSpec
from apps.exchange.files.reader import read_workbook
from apps.exchange.files.templates import write_template
from apps.projects.files.own_codes import OWN_CODE_IMPORT
from apps.projects.files.workbooks import CATALOGUE_IMPORT
from apps.projects.models import (
    CatalogItem,
    PrimaryProvince,
    SupplyProvince,
    SupplyRank,
    WinningProduct,
    WinningTerms,
)
from apps.scope.context import whole_country
from apps.volumes.files.workbooks import CONVERSION_IMPORT, RESULT_IMPORT
from apps.volumes.models import Conversion
from apps.volumes.models.rules import LINEAR
from tests import factories_demand as make
from tests.factories_projects import own_code
from tests.factories_review import Filing
from tests.volumes import rounds
from tests.volumes.conftest import Stage

IMPORTS = (CATALOGUE_IMPORT, RESULT_IMPORT, CONVERSION_IMPORT, OWN_CODE_IMPORT)
"""Those that could lose something by an optional column; a test below says that there are no others."""
LOSES_NOTHING = {
    "name": "compared with what the code stands for",
    "verified": "a tick for this file alone",
    "words": "an empty cell leaves the explanation alone as well",
    "address": "an empty cell leaves alone where somebody is",
}
UNIT = "H42010600001"
CURVE = dict(zip(LINEAR, map(Decimal, ("40", "60", "40", "50", "2")), strict=True))


def optional(book: WorkbookSpec) -> list[str]:
    return [column.title for sheet in book.sheets for column in sheet.columns if column.optional]


CASES = [(spec, title) for spec in IMPORTS for title in dict.fromkeys(optional(spec.workbook))]


@pytest.fixture
def standing(stage: Stage) -> Stage:
    """Every optional column has something that could be lost."""
    with whole_country(reason="test"), pgtrigger.ignore():
        product = WinningProduct.objects.get(item__item_code="C", project=stage.project)
        WinningProduct.objects.filter(pk=product.pk).update(
            rank=1, capacity=5_000, supply_rank=SupplyRank.BACKUP
        )
        WinningTerms.objects.create(
            product=product, version=2, price=3, pack=28, daily_usage=2, cut=Decimal("50.5")
        )
        for code in ("42", "14"):
            SupplyProvince.objects.create(product=product, province=stage.tree[code])
        PrimaryProvince.objects.create(product=product, province=stage.tree["42"])
        rounds.add_items(stage.project, {"E": "甲单元"})
        CatalogItem.objects.filter(project=stage.project, item_code="E").update(
            manufacturer_name="乙厂"
        )
        items = make.items_of(stage.project)
        Conversion.objects.create(
            project=stage.project, item=items["E"], main=items["A"],
            coefficient=Decimal("0.5"), is_across_confirmed=True,
        )  # fmt: skip
    own_code(stage.project, stage.tree[UNIT], "A", "HB001")
    rounds.set_unit(stage.project, "丙单元", rule="r4", sharing="choice", **CURVE)
    return stage


def place(stage: Stage) -> dict[str, Any]:
    """What any of the imports is told."""
    return {"project_id": stage.project.pk, "unit_id": stage.tree[UNIT].pk}


def without(spec: ImportSpec, context: dict[str, Any], titles: Collection[str]) -> DryRun:
    """What the filled template would do after these columns are deleted from it."""
    book = load_workbook(io.BytesIO(write_template(spec.workbook, spec.prefill(context))))
    for table in spec.workbook.sheets:
        sheet = book[table.title]
        gone = {column.title for column in table.columns if column.optional} & set(titles)
        places = [c.column for row in sheet.iter_rows(max_row=10) for c in row if c.value in gone]
        for place in sorted(places, reverse=True):
            sheet.delete_cols(place)
    file = io.BytesIO()
    book.save(file)
    reading = read_workbook(file, spec.workbook)
    outcome = spec.validate(reading, context)
    outcome.problems += reading.problems
    return outcome


def said(outcome: DryRun) -> tuple[list[str], list[Any], list[Any]]:
    return [each.message for each in outcome.problems], outcome.new, outcome.changed


@pytest.mark.parametrize(
    ("spec", "title"), CASES, ids=[f"{spec.name}-{title}" for spec, title in CASES]
)
def test_an_absent_column_changes_nothing(standing: Stage, spec: ImportSpec, title: str) -> None:
    with whole_country(reason="test"):
        outcome = without(spec, place(standing), {title})

    assert said(outcome) == ([], [], [])
    assert outcome.unchanged


@pytest.mark.parametrize("spec", IMPORTS, ids=lambda spec: spec.name)
def test_no_optional_column_at_all_changes_nothing(standing: Stage, spec: ImportSpec) -> None:
    with whole_country(reason="test"):
        outcome = without(spec, place(standing), optional(spec.workbook))

    assert said(outcome) == ([], [], [])


def test_an_empty_cell_still_clears(standing: Stage) -> None:
    with whole_country(reason="test"):
        context = {"project_id": standing.project.pk}
        book = load_workbook(
            io.BytesIO(write_template(RESULT_IMPORT.workbook, RESULT_IMPORT.prefill(context)))
        )
        sheet = book["中选结果"]
        places = {c.value: c.column for row in sheet.iter_rows(max_row=10) for c in row}
        for row in sheet.iter_rows(min_row=3):
            for title in ("最大产能", "主供/备供", "供应省", "主供省"):
                row[places[title] - 1].value = None
        file = io.BytesIO()
        book.save(file)
        outcome = RESULT_IMPORT.validate(read_workbook(file, RESULT_IMPORT.workbook), context)

    (change,) = outcome.changed
    assert (change.capacity, change.supply_rank, change.provinces, change.primaries) == (
        None,
        SupplyRank.PRIMARY,
        (),
        (),
    )


def test_primary_provinces_that_stay_must_lie_within_new_supply_provinces(standing: Stage) -> None:
    with whole_country(reason="test"), pgtrigger.ignore():
        context = {"project_id": standing.project.pk}
        SupplyProvince.objects.filter(province=standing.tree["42"]).delete()

        outcome = without(RESULT_IMPORT, context, {"主供省"})

    assert said(outcome)[0] == ["主供省必须在供应省之内：湖北"]


def imports() -> Iterator[ImportSpec]:
    """Every import of the product."""
    found = [
        value
        for name, module in sys.modules.items()
        if name.startswith("apps.")
        for value in [
            *vars(module).values(),
            *(getattr(each, "spec", None) for each in vars(module).values()),
        ]
        if isinstance(value, ImportSpec)
    ]
    yield from {spec.name: spec for spec in found}.values()


def could_lose(book: WorkbookSpec) -> bool:
    """Columns that the template fills in and protects are only shown."""
    return any(
        column.optional and not column.locked and column.key not in LOSES_NOTHING
        for sheet in book.sheets
        for column in sheet.columns
    )


def test_no_other_import_could_lose_what_it_lacks(stage: Stage) -> None:
    with whole_country(reason="test"):
        filing = Filing.objects.of_project(stage.project).institutions().first()
        context = {"project_id": stage.project.pk, "filing_id": filing.pk}
        found = {spec.name: could_lose(spec.workbook_for(context)) for spec in imports()}

    assert len(found) >= 10
    assert {name for name, loses in found.items() if loses} == {s.name for s in IMPORTS}

"""Templates that belong to another project, or to rows that have come and gone since."""

import io
from typing import Any

import pytest

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.exchange.domain.dry_run import DryRun
from apps.exchange.domain.imports import ImportSpec, check_stored, store_upload
from apps.exchange.files.templates import write_template
from tests.exchange.samples import BOOK

ROWS = ["A01", "A02"]


def rows_of(context: Any) -> dict[str, list[dict[str, str]]]:
    return {"目录": [{"code": code, "name": "甲"} for code in context["rows"]]}


def unchanged(reading: Any, context: Any) -> DryRun:
    return DryRun(unchanged=list(reading.whole_rows))


GIVEN_ROWS = ImportSpec(
    name="tests.given_rows",
    title="填报数量",
    workbook=BOOK,
    validate=unchanged,
    apply=lambda _outcome, **_who: None,
    prefill=rows_of,
    stamp=lambda context: {"项目": context["project"], "目录版本": context["version"]},
    fixed_rows=True,
)


@pytest.mark.parametrize(
    ("now", "sentence"),
    [
        ({}, ""),
        ({"project": "FL-2"}, "这份模板的项目是“FL-1”，现在导入的项目是“FL-2”"),
        ({"version": "4"}, "这份模板的目录版本是“3”，现在导入的目录版本是“4”"),
        ({"rows": ["A01", "A02", "A03"]}, "这份模板已过时，下载之后系统中新增 1 行（A03），"),
        ({"rows": ["A02"]}, "这份模板已过时，下载之后系统中删去 1 行（A01），"),
        (
            {"rows": ["A02", "B1", "B2", "B3", "B4"]},
            "新增 4 行（B1、B2、B3等）、删去 1 行（A01），请重新下载模板",
        ),
        ({"rows": ["A02", "A01"]}, ""),
    ],
)
def test_a_template_of_another_time_or_project_is_refused(
    now: dict[str, Any], sentence: str, country: Any, province_officer: User
) -> None:
    made = {"project": "FL-1", "version": "3", "rows": ROWS}
    template = io.BytesIO(write_template(BOOK, rows_of(made), stamp=GIVEN_ROWS.stamp_for(made)))
    by = Actor.of(province_officer)

    upload = store_upload(GIVEN_ROWS, template, "目录.xlsx", by=by, context={**made, **now})
    outcome = check_stored(GIVEN_ROWS, upload)

    assert sentence in "".join(problem.message for problem in outcome.problems)
    assert bool(outcome.problems) is bool(sentence)
    assert len(outcome.unchanged) == (0 if sentence else len(ROWS))

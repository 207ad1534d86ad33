"""Imports as a clerk does them: the template filled in, checked, applied. Only the upload's storage is left out."""

import io
from collections.abc import Iterable, Mapping
from typing import Any

from apps.accounts.domain.actors import Actor
from apps.exchange.domain.imports import ImportSpec
from apps.exchange.files.reader import read_workbook
from apps.exchange.files.rendering import Record
from apps.exchange.files.templates import write_template


class ImportRefused(RuntimeError):
    """The demo's own data do not pass the product's checks: a defect of one or the other."""


def import_records(
    spec: ImportSpec,
    records: Mapping[str, Iterable[Record]],
    *,
    context: Mapping[str, Any],
    by: Actor,
) -> None:
    """Write `records` into a workbook and import it. Raises `ImportRefused` with the first problem."""
    workbook = spec.workbook_for(context)
    file = io.BytesIO(write_template(workbook, records, stamp=spec.stamp_for(context)))
    reading = read_workbook(file, workbook)
    outcome = spec.validate(reading, context)
    for problem in [*reading.problems, *outcome.problems]:
        raise ImportRefused(f"{spec.title}: {problem}")
    spec.apply(outcome, by=by, context=context)

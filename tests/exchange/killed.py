"""An import and an export for a real worker that dies half way: each does half, then waits for the test."""

import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from apps.accounts.models.roles import Permission
from apps.exchange.domain.exports import ExportSpec
from apps.exchange.domain.imports import ImportSpec
from apps.exchange.domain.registry import register_export, register_import
from apps.organizations.models import Organization
from tests.exchange import contacts

ROWS = 40_000
Context = Mapping[str, Any]


def wait(go: str) -> None:
    while not Path(go).exists():
        time.sleep(0.05)


def save_slowly(outcome: Any, *, by: Any, context: Context) -> None:
    """The first row is written when the worker dies."""
    unit, row = outcome.new[0]
    Organization.objects.filter(pk=unit.pk).update(contact_name=row["contact_name"])
    Path(f"{context['go']}.half").touch()
    wait(context["go"])
    contacts.save(outcome, by=by, context=context)


def half_and_half(context: Context) -> Iterator[tuple[str, str, str]]:
    for number in range(ROWS):
        if number == ROWS // 2:
            Path(f"{context['go']}.half").touch()
            wait(context["go"])
        yield f"C{number:06d}", "甲", ""


SLOW_IMPORT = register_import(
    ImportSpec(
        name="tests.killed",
        title="导入联系人",
        workbook=contacts.CONTACTS,
        validate=contacts.check,
        apply=save_slowly,
        permissions=(Permission.IMPORT,),
    )
)
SLOW_EXPORT = register_export(
    ExportSpec(
        name="tests.killed",
        title="导出联系人",
        workbook=contacts.CONTACTS,
        rows=lambda context: {"联系人": half_and_half(context)},
        count=lambda _context: ROWS,
        permissions=(Permission.EXPORT,),
    )
)

"""Whatever people type, no file that the product hands out holds a formula: every address, by every method, is asked.

Nothing is remembered here of which addresses give files: the access matrix names them all, the admin's are found by
their form. A text of a workbook is marked as text, one of a CSV stands behind an apostrophe.
"""

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from http import HTTPStatus
from itertools import cycle
from typing import Any

import openpyxl
import pytest
from django.contrib import admin
from django.db import DatabaseError, connection, models, transaction
from django.test import Client
from django.urls import reverse
from import_export.admin import ImportExportMixin

from apps.scope.backstop.policies import tables
from config.embedded_postgres import ROOT
from tests.net import access_table as table
from tests.net.access_world import World
from tests.net.test_access_matrix import undone
from tests.running import as_owner

pytestmark = pytest.mark.django_db

TYPED = ("=1+1|", "＝1+1|", "+1|", "＋1|", "-1|", "－1|", "@A1|", "＠A1|", "\u3000=1|", "\xa0=1|")
"""What a name, a reason, a specification … begins with in this world; full-width, and behind blanks of other kinds."""
KEYS = re.compile(
    r"(^|_)(session|path|code|hash|digest|token|key|secret|password|username|handle|uscc|tier|level|kind|office|chain)(_|$)"
)
"""Columns that the product looks things up by; what people type is not among them."""
NUMBER = re.compile(r"[+-]?\d+([.:]\d+)*%?")
FILES = ("spreadsheetml.sheet", "text/csv", "application/zip")
FORMATS = ("xlsx", "csv")
MANY = 60
"""Columns of the world that hold what people typed."""
NOT_HERE = {"reporting:history_export"}
"""No round of this world is over; the same file comes from `reporting:result_export`."""


def typed_columns() -> Iterator[tuple[str, str, int]]:
    """(table, column, room) of every text that is no key, no choice and no name of a file."""
    for model in tables():
        for field in model._meta.concrete_fields:
            is_text = isinstance(field, models.CharField | models.TextField)
            is_free = not (field.choices or field.unique or field.primary_key)
            if is_text and is_free and not KEYS.search(field.name):
                yield model._meta.db_table, field.column, field.max_length or 1_000


def poison() -> int:
    """Texts begin as a formula does, where the database lets them; returns in how many columns."""
    signs, done = cycle(TYPED), 0
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for name, column, room in typed_columns():
            written = f'UPDATE {name} SET "{column}" = left(%s || "{column}", %s) WHERE "{column}" <> \'\''
            try:
                with transaction.atomic():
                    cursor.execute(written, [next(signs), room])
                    done += cursor.rowcount > 0
            except DatabaseError:
                continue
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    return done


def is_evaluated(text: str) -> bool:
    """By rules of its own: what is left of the text without blanks, in plain width, begins as a formula does."""
    plain = unicodedata.normalize("NFKC", text).strip()
    return plain[:1] in set("=+-@") and len(plain) > 1 and not NUMBER.fullmatch(plain)


def texts_of_workbook(content: bytes) -> Iterator[tuple[str, bool]]:
    """Each text, and whether a spreadsheet keeps it one."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str):
                    yield cell.value, cell.data_type == "s" and bool(cell.quotePrefix)


def texts_of_csv(content: bytes) -> Iterator[tuple[str, bool]]:
    for line in csv.reader(io.StringIO(content.decode("utf-8-sig"))):
        yield from ((cell.removeprefix("'"), cell.startswith("'")) for cell in line)


def texts_in(content: bytes, kind: str) -> Iterator[tuple[str, bool]]:
    if "csv" in kind:
        yield from texts_of_csv(content)
    elif "sheet" in kind:
        yield from texts_of_workbook(content)
    else:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            for name in packed.namelist():
                ends = name.rpartition(".")[2]
                if ends in FORMATS:
                    yield from texts_in(packed.read(name), {"csv": "csv", "xlsx": "sheet"}[ends])


class Found:
    """What the files of the addresses said."""

    def __init__(self) -> None:
        self.files: set[tuple[str, str]] = set()
        self.with_formulas: set[str] = set()
        self.evaluated: set[tuple[str, str]] = set()

    def look(self, name: str, response: Any) -> bool:
        """Whether it is a file of rows."""
        kind = response.get("Content-Type", "")
        content = response.getvalue()
        if response.status_code != HTTPStatus.OK or not any(each in kind for each in FILES):
            return False
        self.files.add((name, kind))
        for text, is_kept in texts_in(content, kind):
            if is_evaluated(text):
                self.with_formulas.add(name)
                if not is_kept:
                    self.evaluated.add((name, text[:60]))
        return "zip" not in kind


def asked(world: World, found: Found) -> None:
    """Each line of the matrix, by the first who gets it; what answers with rows in both formats."""
    for row in (row for rows in table.tables().values() for row in rows):
        whom = next((who for who in table.PERSONAS if row.cell(who) == "200"), None)
        if whom is None:
            continue
        client = world.person(whom)
        send = client.get if row.method == "GET" else client.post
        for form in FORMATS:
            with undone(client):
                is_file = found.look(row.url_name, send(table.url_of(world, row), {"format": form}))
            if not is_file:
                break


def asked_of_admin(client: Client, found: Found) -> None:
    """Whatever of the administration is exported, in every format that it offers."""
    for model, page in admin.site._registry.items():
        if isinstance(page, ImportExportMixin):
            name = f"admin:{model._meta.app_label}_{model._meta.model_name}_export"
            for number in range(len(page.export_formats)):
                found.look(name, client.post(reverse(name), {"format": number, "resource": "0"}))


def test_no_file_of_any_address_holds_a_formula(world: World):
    assert poison() > MANY
    found = Found()
    for client in world.clients.values():
        client.raise_request_exception = False
    asked(world, found)
    asked_of_admin(world.person("system"), found)

    assert found.evaluated == set()
    names = {name for name, _kind in found.files}
    assert names == found.with_formulas  # each says something that people type
    exports = {name for name in table.addresses() if name.endswith("_export")}
    assert exports - names == NOT_HERE
    assert {name for name in names if name.startswith("admin:")}


FEW = ("writer.py", "printed.py", "templates.py", "errors/report.py")
"""Modules of `exchange/files` that make workbooks and CSVs: what they write is held by their own tests."""
ELSEWHERE = {
    "apps/allocation/domain/dumping/writing.py": "a round for auditors' programs, by a command"
}


def test_nobody_else_writes_workbooks_or_csv():
    """What isn't asked by an address (jobs, error reports, case files) is written by the same few modules."""
    writes = re.compile(r"\bWorkbook\(|csv\.(?:writer|DictWriter)\(|\bimport xlsxwriter\b")
    found = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "apps").rglob("*.py")
        if writes.search(path.read_text("utf-8"))
    }
    assert found == {f"apps/exchange/files/{name}" for name in FEW} | set(ELSEWHERE)

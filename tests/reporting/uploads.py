"""Workbooks as clerks upload them: titles, rows, and the outcome page."""

import io
from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook


def book(sheet: str, titles: Sequence[str], *rows: Sequence[Any]) -> SimpleUploadedFile:
    workbook = Workbook()
    workbook.active.title = sheet
    for row in (titles, *rows):
        workbook.active.append(list(row))
    content = io.BytesIO()
    workbook.save(content)
    return SimpleUploadedFile("历史.xlsx", content.getvalue())


def uploaded(client: Client, url: str, file: SimpleUploadedFile) -> tuple[Any, str]:
    """The stored upload with its counts and problems, and the address that applies it."""
    response = client.post(url, {"file": file}, follow=True)
    address, _ = response.redirect_chain[-1]
    return response.context["upload"], address

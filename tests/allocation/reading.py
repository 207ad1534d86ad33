"""Reading pages and files in tests of allocation."""

import io
import re
from html import unescape

from django.test import Client
from django.urls import reverse

from tests.exported import opened_export


def url(name: str, *args: object) -> str:
    return reverse(f"allocation:{name}", args=args)


def text_of(response) -> str:
    """What stands on the page, tags left out and white space folded."""
    html = re.sub(
        r"<(script|style|template)\b.*?</\1>", " ", response.content.decode(), flags=re.DOTALL
    )
    main = html[html.index("<main") :]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def rows_of(response) -> list[list[str]]:
    """The cells of the first table's body."""
    body = re.search(r"<tbody>(.*?)</tbody>", response.content.decode(), flags=re.DOTALL)
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", body[1], flags=re.DOTALL) if body else []
    return [
        [
            " ".join(unescape(re.sub(r"<[^>]+>", " ", cell)).split())
            for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, flags=re.DOTALL)
        ]
        for row in rows
    ]


def sheet_of(client: Client, address: str) -> list[tuple[object, ...]]:
    """The first sheet of an exported workbook, its heading first."""
    response = client.get(address)
    assert response.status_code == 200, response
    content = b"".join(response.streaming_content) if response.streaming else response.content
    book = opened_export(io.BytesIO(content))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    book.close()
    return rows

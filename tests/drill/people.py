"""One person at the product's pages, for what takes more than a press: long imports and exports."""

import html
import http.client
import io
import re
import time
import uuid
from http import HTTPStatus

from openpyxl import load_workbook
from openpyxl.cell import Cell

from tests.drill.clients import TOKEN, Desk
from tests.drill.machines import DrillFailed
from tests.drill.places import HOST

QUANTITY, CODE = "预采购量", "品规编号"
LINK = re.compile(r'href="(/demand/[^"]+/import/\?upload=[^"&]+)"')
FORM = "application/x-www-form-urlencoded"
HEAD = 20
"""The last row in which the heads of columns may stand."""
AGAIN = 0.5
TRIES = 240


class Person:
    """Asks through the balancer, and again where the service says that it comes back."""

    def __init__(self, port: int, desk: Desk) -> None:
        self.port, self.desk = port, desk

    def get(self, url: str) -> http.client.HTTPResponse:
        return self._asked("GET", url, b"", "")

    def read(self, url: str) -> bytes:
        """Raises `DrillFailed`."""
        answer = self.get(url)
        if answer.status != HTTPStatus.OK:
            raise DrillFailed(f"{url}: {answer.status}")
        return answer.read()

    def export(self) -> str:
        """The page of the job that writes a long workbook."""
        return self._job(self.get(f"{self._page}?template=filled"))

    def upload(self, workbook: bytes) -> str:
        """The page of the job that checks it."""
        kind, body = _form(workbook)
        return self._job(self._asked("POST", self._page, body, kind))

    def apply(self, checked: str) -> str:
        """The page of the job that imports what was checked."""
        found = LINK.search(self.read(checked).decode())
        if found is None:
            raise DrillFailed(f"{checked} leads to no upload")
        return self._job(self._asked("POST", html.unescape(found[1]), b"", FORM))

    @property
    def _page(self) -> str:
        return f"/demand/{self.desk.code}/entry/import/"

    def _job(self, answer: http.client.HTTPResponse) -> str:
        where = answer.getheader("Location", "")
        answer.read()
        if answer.status != HTTPStatus.FOUND or "/jobs/" not in where:
            raise DrillFailed(f"no job: {answer.status} {where}")
        return where

    def _asked(self, method: str, url: str, body: bytes, kind: str) -> http.client.HTTPResponse:
        headers = {
            "Host": "localhost",
            "Cookie": f"{self.desk.cookie}; csrftoken={TOKEN}",
            "Content-Type": kind,
            "X-CSRFToken": TOKEN,
        }
        for _ in range(TRIES):
            line = http.client.HTTPConnection(HOST, self.port, timeout=60)
            line.request(method, url, body=body, headers=headers)
            answer = line.getresponse()
            if answer.status != HTTPStatus.SERVICE_UNAVAILABLE:
                return answer
            time.sleep(AGAIN)
        raise DrillFailed(f"{url}: unavailable")


def refilled(workbook: bytes, number: int) -> bytes:
    """Another quantity in every row."""
    book = load_workbook(io.BytesIO(workbook))
    head = next(
        head
        for sheet in book.worksheets
        for row in sheet.iter_rows(max_row=HEAD)
        if (head := _column(row)) is not None
    )
    sheet = head.parent
    for row in range(head.row + 1, sheet.max_row + 1):
        cell = sheet.cell(row, head.column)
        if cell.value is not None:
            cell.value = number
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _column(row: tuple[Cell, ...]) -> Cell | None:
    """The head of the quantities, in the row that has the head of the codes as well."""
    heads = {str(cell.value).strip(" *"): cell for cell in row}
    return heads.get(QUANTITY) if CODE in heads else None


def _form(workbook: bytes) -> tuple[str, bytes]:
    edge = uuid.uuid4().hex
    head = (
        f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="long.xlsx"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    return (
        f"multipart/form-data; boundary={edge}",
        head.encode() + workbook + f"\r\n--{edge}--\r\n".encode(),
    )

"""What a template remembers of its making, in a sheet that nobody sees: workbook, project, row keys, checksum.

Invariant: a stamp that was altered, or copied from another template, is not believed.
"""

import base64
import json
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from django.utils.crypto import constant_time_compare, salted_hmac

from apps.exchange.files.opened import OpenedBook
from apps.exchange.files.sheets import STAMP_SHEET
from apps.exchange.files.upload_checks import FileRefused

SALT = "apps.exchange.files.stamps"
LABEL, PAYLOAD, CHECKSUM = "模板信息，请勿改动", "payload", "checksum"
LINES = 5_000
CELL = 30_000  # a cell holds 32,767 characters


def write_stamp(book: Any, stamp: Mapping[str, str], row_keys: Iterable[str] = ()) -> None:
    """Add the hidden sheet to an openpyxl workbook."""
    content = json.dumps({"stamp": dict(stamp), "rows": list(row_keys)}).encode()
    payload = base64.b64encode(content).decode()  # no chunk of it looks like a formula
    sheet = book.create_sheet(STAMP_SHEET)
    sheet.append([LABEL])
    sheet.append([CHECKSUM, _checksum(payload)])
    for start in range(0, len(payload), CELL):
        sheet.append([PAYLOAD, payload[start : start + CELL]])
    sheet.sheet_state = "veryHidden"


Sealed = tuple[str, str]  # checksum and payload, as they stand in a workbook


def sealed_in(book: OpenedBook) -> Sealed | None:
    """The stamp of an uploaded workbook, unbelieved; None if it has none."""
    sheet = book.sheet(STAMP_SHEET)
    if sheet is None:
        return None
    lines = [tuple(value for value, _ in cells) for _, cells in islice(sheet.rows(2), LINES)]
    checksum = next((value for label, value in lines if label == CHECKSUM), "")
    return str(checksum), "".join(str(value) for label, value in lines if label == PAYLOAD)


def unsealed(sealed: Sealed | None) -> dict[str, Any]:
    """What it says, its row keys under "rows"; empty for none. Raises `FileRefused` if it was altered."""
    if sealed is None:
        return {}
    checksum, payload = sealed
    if not constant_time_compare(checksum, _checksum(payload)):
        raise FileRefused("模板里的隐藏信息被改动过，请重新下载模板，把数据粘贴进去再上传")
    content = json.loads(base64.b64decode(payload))
    return {**content["stamp"], "rows": content["rows"]}


def _checksum(payload: str) -> str:
    return salted_hmac(SALT, payload, algorithm="sha256").hexdigest()

"""Files of the administration's reference data: what comes in is checked, what goes out written, as everywhere.

django-import-export hands datasets about; these carry a workbook's bytes in, and records out.
"""

import io
from collections.abc import Iterable
from typing import Any, BinaryIO

from import_export.formats.base_formats import Format
from tablib import Dataset

from apps.exchange.files.columns import WorkbookSpec
from apps.exchange.files.rendering import Record
from apps.exchange.files.writer import write_csv, write_xlsx
from apps.jobs.files import content_type_of


class UploadedWorkbook(Dataset):
    """What was uploaded, unread: only `exchange` opens it, behind its limits."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.file: BinaryIO = io.BytesIO(content)

    def __len__(self) -> int:
        return 1


class TableRecords(Dataset):
    """Records of a workbook of one sheet, unwritten."""

    def __init__(self, workbook: WorkbookSpec, records: Iterable[Record]) -> None:
        super().__init__()
        self.workbook = workbook
        self.records = records


class TableFormat(Format):
    """One of the two ways in which a table is written."""

    extension: str

    def __init__(self, encoding: str | None = None) -> None:
        """The encoding that django-import-export proposes: `exchange` has its own."""

    def get_title(self) -> str:
        return self.extension

    def get_extension(self) -> str:
        return self.extension

    def get_content_type(self) -> str:
        return content_type_of(f"x.{self.extension}")

    def can_export(self) -> bool:
        return True


class Xlsx(TableFormat):
    extension = "xlsx"

    def can_import(self) -> bool:
        return True

    def create_dataset(self, in_stream: bytes) -> UploadedWorkbook:
        return UploadedWorkbook(in_stream)

    def export_data(self, dataset: TableRecords, **_options: Any) -> bytes:
        file = io.BytesIO()
        (sheet,) = dataset.workbook.sheets
        write_xlsx(file, dataset.workbook, {sheet.title: dataset.records})
        return file.getvalue()


class Csv(TableFormat):
    extension = "csv"

    def export_data(self, dataset: TableRecords, **_options: Any) -> bytes:
        file = io.BytesIO()
        (sheet,) = dataset.workbook.sheets
        write_csv(file, sheet, dataset.records)
        return file.getvalue()

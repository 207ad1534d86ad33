"""The cells that an import would change, as a workbook."""

from collections.abc import Iterator, Mapping
from dataclasses import astuple
from typing import Any

from apps.exchange.domain.changes import read_changes
from apps.exchange.domain.exports import ExportSpec
from apps.exchange.domain.registry import register_export
from apps.exchange.files.columns import Column, Kind, SheetSpec, WorkbookSpec
from apps.exchange.models import StoredUpload

Context = Mapping[str, Any]
CHANGES = "变更"
CHANGE_BOOK = WorkbookSpec(
    name="exchange.changes",
    filename="导入变更明细",
    sheets=(
        SheetSpec(
            CHANGES,
            (
                Column("sheet", "工作表", width=16),
                Column("row", "行", Kind.WHOLE, width=8),
                Column("about", "编号", width=30),
                Column("column", "列", width=20),
                Column("old", "原来", width=30),
                Column("new", "改为", width=30),
            ),
        ),
    ),
)


def _upload(context: Context) -> StoredUpload:
    """Raises `StoredUpload.DoesNotExist` once it is expired, or outside the scope."""
    upload: StoredUpload = StoredUpload.objects.get(pk=context["upload_id"])
    return upload


def _rows(context: Context) -> Iterator[tuple[Any, ...]]:
    with _upload(context).opened_changes() as file:
        yield from map(astuple, read_changes(file))


CHANGE_EXPORT = register_export(
    ExportSpec(
        name=CHANGE_BOOK.name,
        title="下载变更明细",
        workbook=CHANGE_BOOK,
        rows=lambda context: {CHANGES: _rows(context)},
        count=lambda context: _upload(context).change_count,
        permissions=("query",),  # the scope of uploads says whose it is
    )
)

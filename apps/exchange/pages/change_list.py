"""The list of what an import would change, on the page of its check: narrowed by column and words, cut at some rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django import forms

from apps.exchange.domain.changes import Change, read_changes
from apps.exchange.models import StoredUpload
from apps.ui.form_fields import offer

SHOWN_CHANGES = 200


class ChangeFilter(forms.Form):
    """`column`: a place in the upload's list of columns."""

    column = forms.ChoiceField(label="列", required=False)
    words = forms.CharField(
        label="内容",
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"placeholder": "编号、原来或改为的值", "type": "search"}),
    )
    upload = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, columns: list[tuple[str, str, int]]) -> None:
        super().__init__(data)
        several = len({sheet for sheet, _column, _number in columns}) > 1
        offer(
            self,
            "column",
            [
                ("", "全部"),
                *(
                    (
                        str(at),
                        f"{sheet} · {column}（{number:,}）"
                        if several
                        else f"{column}（{number:,}）",
                    )
                    for at, (sheet, column, number) in enumerate(columns)
                ),
            ],
        )


@dataclass(frozen=True, slots=True)
class ChangeList:
    """`rows` are the first that match, `more` whether there are others."""

    form: ChangeFilter
    rows: list[Change]
    more: bool


def change_list(upload: StoredUpload, data: Any) -> ChangeList | None:
    """None where nothing that is known changes, or was kept."""
    if not upload.changes:
        return None
    form = ChangeFilter(data, columns=[tuple(column) for column in upload.change_columns])
    asked = form.cleaned_data if form.is_valid() else {"column": "", "words": ""}
    with upload.opened_changes() as file:
        changes = read_changes(file, asked["words"].strip())
        if asked["column"]:
            sheet, column, _number = upload.change_columns[int(asked["column"])]
            changes = _of_column(changes, sheet, column)
        rows = list(islice(changes, SHOWN_CHANGES + 1))
    return ChangeList(form, rows[:SHOWN_CHANGES], len(rows) > SHOWN_CHANGES)


def _of_column(changes: Iterator[Change], sheet: str, column: str) -> Iterator[Change]:
    return (change for change in changes if (change.sheet, change.column) == (sheet, column))

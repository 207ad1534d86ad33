"""Rows as the entry page sends them, by form or by script, read into entries. Nothing is dropped silently:

a row that can't be read is refused with a sentence, the others are saved.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.http import QueryDict

from apps.exchange.files.quantities import QuantityUnreadable, parse_quantity
from apps.reporting.domain.sheet.rows import Packed
from apps.reporting.domain.sheet.saving import Entry
from apps.reporting.domain.words import read_words
from apps.reporting.models import MOST
from apps.ui.numbers import number_of

MOST_ROWS = 5_000
LONGEST = 60  # characters of a quantity


class TypedRow(NamedTuple):
    """One row before it is read; `seen` is the version that the page showed."""

    item: int
    planned: str
    words: str
    seen: int | None
    packs_checked: bool = False


@dataclass(slots=True)
class Typed:
    """What could be read, and by item what could not."""

    entries: list[Entry] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)

    def take(self, known: Iterable[Packed], rows: Iterable[TypedRow]) -> list[Entry]:
        """Read the rows; `known` are the items of the catalogue among theirs."""
        items = {item.pk: item for item in known}
        for row in rows:
            item = items.get(row.item)
            if item is None:
                self.refused[row.item] = "这个品规不在本项目的目录里，请刷新页面。"
                continue
            try:
                planned = _quantity(row.planned, item)
            except QuantityUnreadable as error:
                self.refused[row.item] = str(error)
                continue
            reason, explanation = read_words(row.words)
            entry = Entry(row.item, planned, reason, explanation, row.seen, row.packs_checked)
            self.entries.append(entry)
        return self.entries


class Unreadable(ValueError):
    """The request itself makes no sense."""


def read(known: Iterable[Packed], rows: Iterable[TypedRow]) -> Typed:
    """`known` are the items of the catalogue among those of the rows."""
    typed = Typed()
    typed.take(known, rows)
    return typed


def _quantity(text: str, item: Packed) -> int | None:
    planned = parse_quantity(text[:LONGEST], pack=item.pack_quantity, unit=item.unit)
    if planned is not None and planned > MOST:
        raise QuantityUnreadable(f"数量太大，最多 {MOST:,} {item.unit}")
    return planned


def rows_in_form(data: QueryDict) -> list[TypedRow]:
    """`item` lists the rows on the page; each has `planned-7`, `words-7`, `seen-7`, `checked-7`."""
    listed = data.getlist("item")[:MOST_ROWS]
    numbers = [(value, number) for value in listed if (number := number_of(value)) is not None]
    return [
        TypedRow(
            item=number,
            planned=data.get(f"planned-{sent}", ""),
            words=data.get(f"words-{sent}", ""),
            seen=number_of(data.get(f"seen-{sent}")),
            packs_checked=f"checked-{sent}" in data,
        )
        for sent, number in numbers
    ]


def rows_in_json(payload: Any) -> list[TypedRow]:
    """`{"rows": [[item, "120", "说明", seen, checked], …]}`. Raises `Unreadable`."""
    try:
        rows = payload["rows"]
        if len(rows) > MOST_ROWS:
            raise Unreadable("一次保存的行数太多。")
        return [
            TypedRow(int(item), str(planned), str(words), int(seen), bool(checked))
            for item, planned, words, seen, checked in rows
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise Unreadable("请求的内容不完整，请刷新页面后重试。") from error


def items_in_json(payload: Any) -> list[int]:
    """The ticked rows in `settle`. Raises `Unreadable`."""
    try:
        return [int(item) for item in payload.get("settle", [])][:MOST_ROWS]
    except (AttributeError, TypeError, ValueError) as error:
        raise Unreadable("请求的内容不完整，请刷新页面后重试。") from error

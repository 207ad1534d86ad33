"""Columns that several lists of relations share."""

from typing import Any

from apps.allocation.pages.table_columns import ItemColumn


class UnsortedItemColumn(ItemColumn):
    """A product in a list too long to be sorted by what stands in another table."""

    def __init__(self, item: str, **kwargs: Any) -> None:
        super().__init__(item, **kwargs)
        self.orderable = False

"""Quantities as clerks type them, for the pages: `exchange` holds the grammar, which workbooks share."""

from apps.exchange.files.quantities import PACK_WORDS, QuantityUnreadable, parse_quantity

__all__ = ["PACK_WORDS", "QuantityUnreadable", "parse_quantity"]

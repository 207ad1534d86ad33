"""A quantity in a form, read as on the sheet, in a pasted block and in a workbook: `120`, `1,827.00`, `120盒`."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from apps.exchange.files.quantities import QuantityUnreadable, parse_quantity


class QuantityField(forms.CharField):
    """A whole quantity in smallest units, at most `most`; blank is `None`."""

    def __init__(self, *, pack: int, unit: str, most: int | None = None, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "max_length": 40, **kwargs})
        self.pack = pack
        self.unit = unit
        self.most = most

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        try:
            quantity = parse_quantity(text, pack=self.pack, unit=self.unit)
        except QuantityUnreadable as error:
            raise ValidationError(str(error)) from error
        if quantity is not None and self.most is not None and quantity > self.most:
            raise ValidationError(f"数量太大，最多 {self.most:,} {self.unit}".rstrip())
        return quantity

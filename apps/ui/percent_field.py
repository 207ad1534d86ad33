"""Shares and thresholds as people write them, in per cent, kept as a part of one: `80` or `80%` is 0.8.

Invariant: what is meant as a part of one is refused, not taken for a hundredth of it, and so is 20 for 2,000 %.
"""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from apps.folding.domain.folding import half_width

WHOLE = 100
PLACES = 2
"""Decimals of a percentage; a part of one has two more."""
PART_OF_ONE = "请按百分数填写：{typed} 若指 {meant}%，请填 {meant}。"
BEYOND = "请填 0 到 {most} 之间的百分数，如 80 表示 80%。"


class PercentField(forms.DecimalField):
    """`label` should end in （%）. `most` in per cent."""

    def __init__(self, *, most: int = WHOLE, **kwargs: Any) -> None:
        self.most = most
        kwargs.setdefault("decimal_places", PLACES)
        super().__init__(max_digits=7, **kwargs)

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        typed = half_width(str(value)).strip().removesuffix("%") if value is not None else value
        percent = super().to_python(typed)
        if percent is None:
            return None
        if not percent.is_finite():
            raise ValidationError(BEYOND.format(most=self.most), code="beyond")
        if 0 < percent < 1:
            meant = f"{(percent * WHOLE).normalize():f}"
            raise ValidationError(PART_OF_ONE.format(typed=typed, meant=meant), code="part_of_one")
        if not 0 <= percent <= self.most:
            raise ValidationError(BEYOND.format(most=self.most), code="beyond")
        return percent

    def clean(self, value: Any) -> Any:
        if isinstance(value, Decimal):  # what is kept, of a field that is shut
            return value
        percent = super().clean(value)
        return None if percent is None else percent / WHOLE

    def prepare_value(self, value: Any) -> Any:
        """What is kept, in per cent; what was typed as it was typed."""
        if isinstance(value, Decimal):
            return f"{(value * WHOLE).normalize():f}"
        return value

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.clean(data) != initial)
        except ValidationError:
            return True

    def widget_attrs(self, widget: Any) -> dict[str, Any]:
        """A text of its own: a percent sign may be typed."""
        return {"inputmode": "decimal"}


def percent_of(field: Any, **kwargs: Any) -> PercentField:
    """For the field of a model that keeps a part of one, with its label and words."""
    given: dict[str, Any] = {
        "label": f"{field.verbose_name}（%）",
        "help_text": field.help_text,
        "required": not field.blank and not field.null,
        "initial": field.get_default(),
        "widget": forms.TextInput,
    }
    return PercentField(**{**given, **kwargs})

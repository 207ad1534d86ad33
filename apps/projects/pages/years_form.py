"""Years in one input: `2024、2025`, in any order, each once."""

import re
from typing import Any

from django import forms

from apps.folding.domain.folding import folded

SEPARATORS = re.compile(r"[,、;\s年]+")
EARLIEST, LATEST, MOST = 2000, 2100, 5


class YearsField(forms.CharField):
    """Cleans to a sorted list of years; at least one, at most `MOST`."""

    def __init__(self, **kwargs: Any) -> None:
        for name in ("base_field", "size", "max_length"):
            kwargs.pop(name, None)
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "、".join(str(year) for year in value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[int]:
        text = super().clean(value)
        words = [word for word in SEPARATORS.split(folded(str(text).replace(" ", "、"))) if word]
        if not all(re.fullmatch(r"\d{4}", word) for word in words):
            raise forms.ValidationError("请填写四位年份，多个年份用顿号隔开，如 2024、2025。")
        years = sorted({int(word) for word in words})
        if not 1 <= len(years) <= MOST or not EARLIEST <= years[0] <= years[-1] <= LATEST:
            raise forms.ValidationError(f"请填写 1 到 {MOST} 个年份。")
        return years

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.prepare_value(initial) != data)

"""The dialog of 历史数有误."""

from collections.abc import Sequence
from typing import Any

from django import forms

from apps.reporting.domain.refusals import DoubtRefused
from apps.reporting.models import MOST


class DoubtForm(forms.Form):
    """What a year's purchases really were, and what shows it."""

    year = forms.TypedChoiceField(label="年份", coerce=int)
    claimed = forms.IntegerField(label="采购量应为", min_value=0, max_value=MOST)
    note = forms.CharField(label="依据", max_length=300)

    def __init__(self, data: Any = None, *, years: Sequence[int]) -> None:
        super().__init__(data)
        self.fields["year"].choices = [(year, f"{year} 年") for year in years]  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """Raises `DoubtRefused` with the first thing to mend."""
        if self.is_valid():
            return self.cleaned_data
        name, errors = next(iter(self.errors.items()))
        raise DoubtRefused(f"{self.fields[name].label}：{errors[0]}")

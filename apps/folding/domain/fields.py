"""Fields of forms that take a name as a workbook's cell would."""

from typing import Any

from django import forms

from .folding import one_line
from .naming import name_problem


class NameField(forms.CharField):
    """One line, written in one way; no formula, no pictures."""

    def to_python(self, value: Any) -> str:
        return one_line(super().to_python(value) or "")

    def validate(self, value: str) -> None:
        super().validate(value)
        if problem := name_problem(value):
            raise forms.ValidationError(f"{problem}。")

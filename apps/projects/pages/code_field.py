"""The code of a new project in a form, as a workbook's cell would be taken."""

from typing import Any

from django import forms

from apps.folding.domain.folding import narrow
from apps.projects.models.codes import project_code_problem


class CodeField(forms.CharField):
    """Half-width, without blanks; one sentence for whatever is wrong.

    A model's `SlugField` says `allow_unicode` to its form field; a code has none.
    """

    def __init__(self, *, allow_unicode: bool = False, **kwargs: Any) -> None:
        del allow_unicode
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        return narrow(super().to_python(value) or "")

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and (problem := project_code_problem(value)):
            raise forms.ValidationError(f"{problem}。")

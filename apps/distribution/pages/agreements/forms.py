"""Forms of agreements: the clauses, the scan, the reason of a void, the choices of a page."""

from typing import Any

from django import forms
from django.http import QueryDict

from apps.distribution.models import AgreementClauses
from apps.projects.models import Project
from apps.reporting.pages.letter_form import LetterForm
from apps.ui.pages.versions import Versioned

CHOICE, WAS = "choice-", "was-"
LONGEST_NUMBER = 18


class ClausesForm(Versioned, forms.ModelForm):  # type: ignore[type-arg]
    """协议条款: what agreements of a project say beside their products."""

    class Meta:
        model = AgreementClauses
        fields = ("period", "delivery", "payment", "breach")
        widgets = {name: forms.Textarea(attrs={"rows": 3}) for name in fields}

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.trail = {"project_code": project.code, "verb": "修改协议条款"}


class ScanForm(LetterForm):
    """上传签署件."""

    field_order = ("document",)


class VoidForm(forms.Form):
    """作废 with its reason."""

    reason = forms.CharField(
        label="作废原因", max_length=200, widget=forms.Textarea(attrs={"rows": 2})
    )


def choices_in(data: QueryDict) -> dict[int, int | None]:
    """What a page says about the products on it: `choice-<product>` = relation, or nothing."""
    return _by_product(data, CHOICE)


def seen_in(data: QueryDict) -> dict[int, int | None]:
    """What was saved when the page was made: `was-<product>` = relation, or nothing."""
    return _by_product(data, WAS)


def _by_product(data: QueryDict, prefix: str) -> dict[int, int | None]:
    relations: dict[int, int | None] = {}
    for name, value in data.items():
        product = _number(name.removeprefix(prefix)) if name.startswith(prefix) else None
        if product is not None:
            relations[product] = _number(str(value))
    return relations


def _number(text: Any) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER else None

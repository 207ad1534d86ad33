"""品种名称查询: the varieties of a catalogue by generic name (S2-16)."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.postgres.aggregates import StringAgg
from django.db.models import Count, Q, Value

from apps.projects.models import CatalogItem, Project


class VarietyFilter(forms.Form):
    generic_name = forms.CharField(
        label="通用名",
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"placeholder": "名称 / 首字母", "type": "search"}),
    )

    @property
    def asked(self) -> str:
        """The name, or a text that nothing has where the filter makes no sense."""
        if not self.is_bound:
            return ""
        return str(self.cleaned_data["generic_name"]).strip() if self.is_valid() else "\0"


@dataclass(frozen=True, slots=True)
class Variety:
    """One variety of the catalogue with what stands under it."""

    variety: str
    pinyin: str
    lot: str
    dosage_forms: str
    units: str
    items: int
    makers: int

    @property
    def pk(self) -> str:
        return self.variety


def varieties(project: Project, name: str) -> list[Variety]:
    """By pinyin; one statement."""
    rows = CatalogItem.objects.filter(project=project).exclude(variety="")
    if name == "\0":
        rows = rows.none()
    elif name:
        rows = rows.filter(Q(variety__says=name) | Q(pinyin__says=name))
    grouped: Any = rows.order_by("pinyin", "variety").values("variety", "pinyin", "lot")
    grouped = grouped.annotate(
        items=Count("pk"),
        makers=Count("manufacturer_name", distinct=True),
        dosage_forms=StringAgg("dosage_form", Value("、"), distinct=True),
        units=StringAgg("unit", Value("、"), distinct=True),
    )
    return [Variety(**row) for row in grouped]

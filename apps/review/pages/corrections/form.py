"""更正: the values that may be put right, filled in as they stand; then why, on what ground, until when."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms

from apps.folding.domain.fields import NameField
from apps.notices.attachment_field import AttachmentField
from apps.notices.limits import OFFERED
from apps.projects.domain.corrections.fields import LABELS, Kind, Subject, in_words
from apps.projects.models import CatalogItem, Project, WinningProduct, WinningTerms
from apps.projects.pages.moments_form import MomentField
from apps.ui.pages.versions import Versioned

MODELS: Mapping[Kind, tuple[Any, ...]] = {
    Kind.PROJECT: (Project,),
    Kind.ITEM: (CatalogItem,),
    Kind.PRODUCT: (WinningTerms, WinningProduct),
}
SMALLEST = Decimal("0.0001")
POSITIVE = {"pack_quantity": 1, "pack": 1, "daily_usage": SMALLEST, "reference_price": SMALLEST}
LEAST: Mapping[str, Any] = {**POSITIVE, "price": SMALLEST, "cut": 0, "capacity": 0}
NAMES = {"name", "variety", "manufacturer_name"}
MAY_BE_EMPTY = {"reference_price": "留空表示没有参考价。", "capacity": "留空表示不限。"}
WITHDRAWN = "撤下后各机构不再填报本品规，已填的数量改为 0；已上报的退回，重新上报即可。"
NEEDED = "本次更正要退回已上报的申报，请填写重新上报的截止时间。"


class CorrectionForm(Versioned, forms.Form):
    """Of one subject; `fields` of `FIELDS`, then the ground. The file is asked for once the preview was seen."""

    def __init__(
        self, data: Any = None, files: Any = None, *, subject: Subject, project: Project
    ) -> None:
        super().__init__(data, files, initial=dict(subject.values))
        self.subject = subject
        self.trail = {"project_code": project.code, "verb": "更正"}
        for name in subject.values:
            self.fields[name] = _field(subject.kind, name)
        self.fields |= {
            "reason": forms.CharField(
                label="更正原因",
                max_length=300,
                widget=forms.Textarea(attrs={"rows": 2}),
                help_text="本项目的全部单位都能看到。",
            ),
            "deadline": MomentField(
                label="重新上报截止",
                is_end=True,
                required=False,
                help_text="退回的申报在此之前可以修改并重新上报，不受填报时间限制。",
            ),
            "file": AttachmentField(
                label="依据文件", required=False, help_text=f"更正所依据的文件，{OFFERED}。"
            ),
        }

    @property
    def correctable(self) -> list[forms.BoundField]:
        return [self[name] for name in self.subject.values]

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.subject.values}

    @property
    def was(self) -> dict[str, str]:
        """What the page showed, in words."""
        return {name: in_words(name, value) for name, value in self.subject.values.items()}

    def lacks_ground(self, *, gives_back: bool) -> bool:
        """Says what the act still needs."""
        if not self.cleaned_data["file"] and "file" not in self.errors:
            self.add_error("file", "请选择更正所依据的文件。")
        if gives_back and not self.cleaned_data["deadline"]:
            self.add_error("deadline", NEEDED)
        return bool(self.errors)


def _field(kind: Kind, name: str) -> forms.Field:
    (owner,) = [model for model in MODELS[kind] if name in _names(model)][:1]
    options: dict[str, Any] = {"label": LABELS[name]}
    if name == "is_withdrawn":
        return forms.BooleanField(required=False, help_text=WITHDRAWN, **options)
    if name in LEAST:
        options["min_value"] = LEAST[name]
    if name in MAY_BE_EMPTY:
        options |= {"required": False, "help_text": MAY_BE_EMPTY[name]}
    if name in NAMES:
        options["form_class"] = NameField
    field: forms.Field = owner._meta.get_field(name).formfield(**options)
    if name == "description":
        field.widget = forms.Textarea(attrs={"rows": 3})
    return field


def _names(model: Any) -> set[str]:
    return {field.name for field in model._meta.concrete_fields}

"""The form of one code of an institution and what it stands for."""

from typing import Any

from django import forms

from apps.folding.domain.folding import narrow
from apps.projects.models import OwnCode
from apps.projects.models.own_codes import LONGEST_CODE
from apps.ui.pages.versions import Versioned


class OwnCodeForm(Versioned, forms.Form):
    """A new code, or one that stands."""

    code = forms.CharField(
        label="本院编码", max_length=LONGEST_CODE, help_text="本院系统（HIS）里的编码。"
    )
    item = forms.CharField(
        label="品规",
        max_length=LONGEST_CODE,
        help_text="本项目的品规编号，或药品（耗材）统一编码。",
    )

    def __init__(self, data: Any = None, *, standing: OwnCode | None = None) -> None:
        self.is_edit = standing is not None
        self.trail = {"verb": "编码对照", "object": standing.code} if standing else {}
        initial = {"code": standing.code, "item": standing.item.item_code} if standing else {}
        super().__init__(data, initial=initial)

    def clean_code(self) -> str:
        return _narrow(self.cleaned_data["code"])

    def clean_item(self) -> str:
        return _narrow(self.cleaned_data["item"])


def _narrow(text: str) -> str:
    code = narrow(text)
    if not code:
        raise forms.ValidationError("请填写编码。")
    return code

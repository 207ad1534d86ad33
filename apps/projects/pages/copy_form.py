"""The form by which a project is made after another."""

from typing import Any

from django import forms

from apps.folding.domain.fields import NameField
from apps.projects.pages.code_field import CodeField


class CopyForm(forms.Form):
    """The new project's names and what comes along."""

    code = CodeField(label="项目编码", max_length=40, help_text="字母、数字、短横线和下划线。")
    name = NameField(label="项目名称", max_length=120)
    catalogue = forms.BooleanField(label="目录", required=False, initial=True)
    winners = forms.BooleanField(label="中选结果", required=False, initial=True)
    windows = forms.BooleanField(
        label="时间窗口",
        required=False,
        initial=True,
        help_text="各层级的时间照原样复制，记得改成新的日期。",
    )
    participants = forms.BooleanField(label="参加机构", required=False, initial=True)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("winners") and not cleaned.get("catalogue"):
            self.add_error("winners", "复制中选结果时必须同时复制目录。")
        return cleaned

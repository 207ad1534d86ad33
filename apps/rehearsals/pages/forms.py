"""What a rehearsal is made of, and how far its calendar runs."""

from datetime import datetime
from typing import Any

from django import forms

from apps.projects.models import Project
from apps.projects.pages.moments_form import MomentField
from apps.rehearsals.domain.making import BEYOND, is_within


class RehearsalForm(forms.Form):
    starts_at = MomentField(
        label="从哪一刻开始", help_text="演练日历从这一刻走起；虚拟上报都在这之前。"
    )
    seed = forms.IntegerField(
        label="随机种子",
        min_value=1,
        max_value=999_999,
        initial=1,
        help_text="同一个数字生成同样的虚拟上报。",
    )

    def __init__(self, data: Any, *, project: Project, initial: Any) -> None:
        super().__init__(data, initial=initial)
        self.project = project

    def clean_starts_at(self) -> datetime:
        """The job asks again."""
        starts_at: datetime = self.cleaned_data["starts_at"]
        if not is_within(self.project, starts_at):
            raise forms.ValidationError(BEYOND)
        return starts_at


class ClockForm(forms.Form):
    to = MomentField(label="推进到")

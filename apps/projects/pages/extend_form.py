"""延期 and 故障顺延 on one page: by hours or until a moment, with the provinces that narrowed their time."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import forms

from apps.organizations.models import Tier
from apps.projects.domain.windows.extending import MOST, Cause
from apps.projects.models.window_spans import end_in_words
from apps.projects.models.windows import Window
from apps.projects.pages.moments_form import MomentField
from apps.ui.form_fields import offer
from apps.ui.pages.versions import Versioned

HOUR = timedelta(hours=1)


class ExtendForm(Versioned, forms.Form):
    """`windows`: what the page shows, and rests on."""

    cause = forms.ChoiceField(
        label="类型", choices=Cause.choices, widget=forms.RadioSelect, initial=Cause.WISH
    )
    hours = forms.IntegerField(
        label="顺延小时数",
        required=False,
        min_value=1,
        max_value=MOST // HOUR,
        help_text="所有未结束的层级各顺延这么久。",
    )
    ends = MomentField(
        label="或顺延到",
        is_end=True,
        required=False,
        help_text="最早结束的层级延到这一刻，其他层级顺延同样的时长。",
    )
    reopens = forms.BooleanField(
        label="包括刚结束的层级",
        required=False,
        help_text="7 天之内结束的层级一并顺延、重新开放，用于故障跨过了截止时间。",
    )
    provinces = forms.MultipleChoiceField(
        label="一并顺延本省时间的省份", required=False, widget=forms.CheckboxSelectMultiple
    )
    reason = forms.CharField(label="原因", max_length=200, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(
        self,
        data: Any,
        *,
        windows: Mapping[str, Window],
        provinces: Mapping[int, str],
        trail: Mapping[str, Any],
    ) -> None:
        super().__init__(data)
        self.trail = trail
        self.shown_besides = {
            f"{Tier(tier).label}结束时间": end_in_words(window.closes_at)
            for tier, window in windows.items()
        }
        offer(self, "provinces", [(str(pk), name) for pk, name in provinces.items()])
        if not provinces:
            del self.fields["provinces"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        given = [name for name in ("hours", "ends") if cleaned.get(name) is not None]
        if not self.errors and len(given) != 1:
            self.add_error("hours", "请在“顺延小时数”和“顺延到”中填写一项。")
        return cleaned

    @property
    def times(self) -> Any:
        """How far, as the service takes it."""
        hours = self.cleaned_data["hours"]
        return {
            "span": None if hours is None else hours * HOUR,
            "until": self.cleaned_data["ends"],
            "reopens": self.cleaned_data["reopens"],
        }

    @property
    def reasons(self) -> Any:
        """Why, and who moves along."""
        return {
            "cause": Cause(self.cleaned_data["cause"]),
            "reason": self.cleaned_data["reason"],
            "provinces": self.along,
        }

    @property
    def along(self) -> frozenset[int]:
        return frozenset(int(pk) for pk in self.cleaned_data.get("provinces", ()))

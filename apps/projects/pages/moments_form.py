"""A day and a clock as clerks write them: 24:00 is the end of the day, full-width digits are digits."""

import re
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from apps.folding.domain.folding import narrow
from apps.projects.models.window_spans import end_parts

YEARS = range(2000, 2101)
CLOCK = re.compile(r"(\d{1,2})[:.时点]?(\d{2})?分?")


class ClockField(forms.CharField):
    """`9:00`, `0900`, `9时`, `24:00` → minutes since midnight, 1,440 at most."""

    default_error_messages = {"clock": "时间应写成 9:00 或 24:00 这样。"}

    def to_python(self, value: Any) -> Any:
        text = narrow(super().to_python(value) or "")
        if not text:
            return None
        match = CLOCK.fullmatch(text)
        hours, minutes = (int(part or 0) for part in match.groups()) if match else (99, 0)
        if hours > 24 or minutes > 59 or (hours, minutes) > (24, 0):  # noqa: PLR2004 the day's end
            raise forms.ValidationError(self.error_messages["clock"], code="clock")
        return hours * 60 + minutes


class MomentWidget(forms.MultiWidget):
    """A day to pick and a clock to type, side by side."""

    def __init__(self, *, is_end: bool, label: str) -> None:
        self.is_end = is_end
        day = forms.DateInput(
            attrs={"type": "date", "aria-label": f"{label}（日期）"}, format="%Y-%m-%d"
        )
        clock = forms.TextInput(
            attrs={
                "aria-label": f"{label}（时间）",
                "placeholder": "24:00" if is_end else "09:00",
                "autocomplete": "off",
                "maxlength": 8,
            }
        )
        super().__init__([day, clock])

    def decompress(self, value: datetime | None) -> list[Any]:
        if value is None:
            return [None, None]
        if self.is_end:
            day, clock = end_parts(value)
            return [day.date(), clock]
        local = timezone.localtime(value)
        return [local.date(), f"{local:%H:%M}"]

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_0" if id_ else id_


class MomentField(forms.MultiValueField):
    """An aware moment in Beijing time. `is_end`: midnight reads as 24:00 of the day before."""

    widget: MomentWidget

    def __init__(self, *, label: str, is_end: bool = False, **kwargs: Any) -> None:
        fields = (forms.DateField(), ClockField())
        super().__init__(
            fields=fields,
            label=label,
            widget=MomentWidget(is_end=is_end, label=label),
            require_all_fields=False,
            **kwargs,
        )
        self.is_end = is_end

    def clean(self, value: Any) -> datetime | None:
        day, clock = (value or [None, None])[:2]
        if bool(day) != bool(clock) and not self.required:
            raise forms.ValidationError("日期和时间要么都填，要么都不填。", code="incomplete")
        cleaned: datetime | None = super().clean(value)
        return cleaned

    def compress(self, data_list: list[Any]) -> datetime | None:
        if not data_list:
            return None
        day, minutes = data_list
        if day.year not in YEARS:
            raise forms.ValidationError("日期不正确，请核对年份。", code="year")
        return moment_of(day, minutes)


def moment_of(day: date, minutes: int) -> datetime:
    """The aware moment `minutes` after the day's midnight in Beijing; 1,440 is the next midnight."""
    midnight = datetime.combine(day, time(), tzinfo=timezone.get_default_timezone())
    return midnight + timedelta(minutes=minutes)


class MomentForm(forms.Form):
    """Any moment; empty is now."""

    at = MomentField(label="时刻", required=False)

"""What a rehearsal is made of, and how far its calendar runs."""

from django import forms

from apps.projects.pages.moments_form import MomentField


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


class ClockForm(forms.Form):
    to = MomentField(label="推进到")

"""申诉 and its answer: what somebody fills in."""

from typing import Any

from django import forms

from apps.notices.attachment_field import AttachmentField
from apps.notices.limits import OFFERED
from apps.projects.models import Correction, Project
from apps.review.models import AppealState
from apps.ui.form_fields import offer_rows

LONGEST = 1_000


class AppealForm(forms.Form):
    """The text, and a file if there is one."""

    text = forms.CharField(
        label="申诉内容",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="写明不认可的内容、理由和诉求；答复单位及其上级能看到。",
    )
    file = AttachmentField(
        label="附件", required=False, help_text=f"证明材料，可以不传；{OFFERED}。"
    )


class CorrectionChoice(forms.ModelChoiceField):
    """A correction by its number and what it put right."""

    def label_from_instance(self, obj: Any) -> str:
        labels = dict.fromkeys(change.get("label", "") for change in obj.told)
        return f"{obj}（{'、'.join(labels)}）"


class LinkForm(forms.Form):
    """Which of the round's corrections an upheld appeal led to."""

    correction = CorrectionChoice(
        label="更正", queryset=Correction.objects.none(), empty_label="请选择"
    )

    def __init__(self, data: Any = None, *, project: Project, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        rows = Correction.objects.of_project(project).latest_first()
        offer_rows(self, "correction", rows)


class AnswerForm(LinkForm):
    """支持 or 不支持, and why."""

    state = forms.ChoiceField(
        label="处理结果",
        choices=[
            (AppealState.UPHELD.value, "支持：申诉成立"),
            (AppealState.DISMISSED.value, "不支持：维持原来的处理"),
        ],
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label="答复",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="申诉方能看到，会收到消息。",
    )

    field_order = ("state", "answer", "correction")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        correction: Any = self.fields["correction"]
        correction.required, correction.empty_label = False, "还没有，或不需要更正"
        correction.help_text = "支持的申诉已作更正的，可以在这里选上；以后作的更正可以再关联。"

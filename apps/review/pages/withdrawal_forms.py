"""Forms of a withdrawal: asked for by the filer, answered by the tier above."""

from django import forms


class AskForm(forms.Form):
    """申请撤回."""

    reason = forms.CharField(
        label="申请原因",
        max_length=300,
        error_messages={"required": "请填写申请撤回的原因。"},
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 300}),
        help_text="说明需要修改什么、为什么；上级据此决定是否同意。",
    )


class AnswerForm(forms.Form):
    """驳回 of a withdrawal request."""

    answer = forms.CharField(
        label="驳回原因",
        max_length=300,
        error_messages={"required": "请填写驳回的原因。"},
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 300}),
        help_text="申请单位能看到。",
    )

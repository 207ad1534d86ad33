"""What a province decides for itself: who fills in, and its review chain."""

from typing import Any

from django import forms

from apps.organizations.models import Tier
from apps.projects.models import BUREAU_CHAIN, ReportingMode


class WaysForm(forms.Form):
    """报量和审核方式. 省医保 is always among the reviewers, and the only one where it fills in itself."""

    mode = forms.ChoiceField(
        label="报量方式",
        choices=ReportingMode.choices,
        widget=forms.RadioSelect,
        help_text="代为填报时，医疗机构只能查看；由省医保录入或导入数量后“代报”，直接由省医保审核。",
    )
    chain = forms.MultipleChoiceField(
        label="本省审核层级",
        choices=[(tier.value, tier.label) for tier in reversed(BUREAU_CHAIN)],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, with_mode: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not with_mode:
            del self.fields["mode"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self._mode(cleaned) == ReportingMode.MAINTAINED:
            cleaned["chain"] = [Tier.PROVINCE]
        elif "chain" in cleaned and Tier.PROVINCE not in cleaned["chain"]:
            self.add_error("chain", "审核层级必须包含省医保。")
        return cleaned

    @staticmethod
    def _mode(cleaned: dict[str, Any]) -> ReportingMode:
        return ReportingMode(cleaned.get("mode") or ReportingMode.INSTITUTIONS)

    @property
    def chosen(self) -> dict[str, Any]:
        """What the service takes."""
        return {"mode": self._mode(self.cleaned_data), "chain": self.cleaned_data["chain"]}

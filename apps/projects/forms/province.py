"""What a province decides for itself: its review chain."""

from django import forms

from apps.organizations.models import Tier
from apps.projects.models import BUREAU_CHAIN


class ChainForm(forms.Form):
    """The tiers that review in the province; 省医保 is always among them."""

    chain = forms.MultipleChoiceField(
        label="本省审核层级",
        choices=[(tier.value, tier.label) for tier in reversed(BUREAU_CHAIN)],
        widget=forms.CheckboxSelectMultiple,
    )

    def clean_chain(self) -> list[str]:
        chain: list[str] = self.cleaned_data["chain"]
        if Tier.PROVINCE not in chain:
            raise forms.ValidationError("审核层级必须包含省医保。")
        return chain

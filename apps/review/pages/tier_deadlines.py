"""The fields of what goes back through several tiers: until when each of them may correct."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone

from apps.organizations.models import Tier
from apps.projects.pages.moments_form import MomentField
from apps.review.domain.refusals import DeadlineInvalid
from apps.review.domain.returns.deadlines import proposed, require_order, upwards
from apps.review.models import Filing
from apps.ui.numbers import number_of

PREFIX = "until_"
END = "closes_at"
"""The end of a 补报: the institution's own."""


class TierDeadlines(forms.Form):
    """Adds a field for each tier of `way`, from the top down; of those returned along with 补报, which they are."""

    way: Sequence[Filing] = ()

    def add_tiers(self, way: Sequence[Filing], *, last: datetime | None, lifts: bool) -> None:
        self.way = way
        tiers = upwards(filing.tier for filing in way)
        ends = (
            proposed(
                [*tiers, *([Tier.INSTITUTION] if lifts else [])], last=last, now=timezone.now()
            )
            if last
            else {}
        )
        for tier in reversed(tiers):
            self.fields[f"{PREFIX}{tier}"] = MomentField(
                label=f"{Tier(tier).label}更正截止",
                is_end=True,
                initial=ends.get(tier),
                help_text="下级的截止须早于上级的，留出审核和重新提交的时间。"
                if tier == tiers[0]
                else "",
            )
        if lifts:
            self.fields["packages"] = forms.CharField(
                widget=forms.HiddenInput, initial=",".join(str(filing.pk) for filing in way)
            )
            self.initial.setdefault(END, ends.get(Tier.INSTITUTION))

    @property
    def tier_deadlines(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith(PREFIX)]

    @property
    def returned_along(self) -> Sequence[str]:
        """The names of the packages that a 补报 returns first."""
        return [f.organization.name for f in self.way] if "packages" in self.fields else []

    @property
    def told_of_tiers(self) -> dict[str, Any]:
        """What services are told: which packages the page named, and until when each tier has time."""
        given = str(self.cleaned_data.get("packages", "")).split(",")
        packages = [number for number in map(number_of, given) if number is not None]
        return {"packages": packages, "deadlines": _ends(self.cleaned_data)}

    def check_tiers(self, cleaned: Mapping[str, Any]) -> list[datetime]:
        """Lower tiers end before upper ones; the sentence stands at the lowest field. Returns the ends."""
        ends = _ends(cleaned)
        if cleaned.get(END) and ends:
            ends[Tier.INSTITUTION] = cleaned[END]
        try:
            require_order(ends)
        except DeadlineInvalid as refused:
            first = upwards(ends)[0]
            field = f"{PREFIX}{first}"
            self.add_error(field if field in self.fields else END, str(refused))
        return list(ends.values())


def _ends(cleaned: Mapping[str, Any]) -> dict[str, datetime]:
    return {
        name.removeprefix(PREFIX): end
        for name, end in cleaned.items()
        if name.startswith(PREFIX) and end is not None
    }

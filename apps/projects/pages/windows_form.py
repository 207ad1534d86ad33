"""The windows of all tiers on one page, each row a form of its own."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.http import HttpRequest

from apps.organizations.models import Tier
from apps.projects.domain.publication import crossing
from apps.projects.domain.windows.fitting import order_sentence
from apps.projects.models.window_spans import end_in_words, span_in_words, start_in_words
from apps.projects.models.windows import Window
from apps.projects.pages.moments_form import MomentField
from apps.ui.pages.versions import Versioned

KNOWINGLY = "closes_knowingly"
"""The tick that filling in may end at once."""
FITTING = "fits_provinces"
"""The tick that provinces' own times that no longer fit go back to the nation's."""


def is_known(request: HttpRequest) -> bool:
    return request.POST.get(KNOWINGLY) == "on"


def is_fitting(request: HttpRequest) -> bool:
    return request.POST.get(FITTING) == "on"


class WindowForm(Versioned, forms.Form):
    """One tier's window; empty times mean none. With `within`, the window must lie in it."""

    is_on = forms.BooleanField(label="开关", required=False, initial=True)

    def __init__(
        self,
        data: Any,
        *,
        tier: Tier,
        known: Window | None,
        within: Window | None = None,
        trail: Mapping[str, Any] | None = None,
    ) -> None:
        self.trail = trail or {}
        initial = {}
        if known:
            initial = {
                "opens_at": known.opens_at,
                "closes_at": known.closes_at,
                "is_on": known.is_on,
            }
        super().__init__(data, initial=initial, prefix=str(tier))
        self.tier = tier
        self.known = known
        self.within = within
        self.fields["opens_at"] = MomentField(label=f"{tier.label}开始时间", required=False)
        self.fields["closes_at"] = MomentField(
            label=f"{tier.label}结束时间", is_end=True, required=False
        )
        self.fields["is_on"].label = f"{tier.label}开关"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        opens_at, closes_at = cleaned.get("opens_at"), cleaned.get("closes_at")
        if self.errors:
            return cleaned
        if bool(opens_at) != bool(closes_at):
            self.add_error("closes_at" if opens_at else "opens_at", "开始和结束时间要一起填写。")
        elif opens_at and closes_at and opens_at >= closes_at:
            self.add_error("closes_at", "结束时间必须晚于开始时间。")
        elif opens_at and closes_at and self.within and not self._fits(opens_at, closes_at):
            self.add_error("closes_at", f"只能在全国时间 {span_in_words(self.within)} 之内。")
        return cleaned

    def _fits(self, opens_at: Any, closes_at: Any) -> bool:
        return bool(
            self.within and self.within.opens_at <= opens_at and closes_at <= self.within.closes_at
        )

    @property
    def within_starts(self) -> str:
        return start_in_words(self.within.opens_at) if self.within else ""

    @property
    def within_ends(self) -> str:
        return end_in_words(self.within.closes_at) if self.within else ""

    @property
    def window(self) -> Window | None:
        """What was filled in; `None` for an empty row."""
        opens_at, closes_at = self.cleaned_data["opens_at"], self.cleaned_data["closes_at"]
        if not (opens_at and closes_at):
            return None
        return Window(opens_at, closes_at, is_on=self.cleaned_data["is_on"])


def are_in_order(
    forms: Sequence[WindowForm], windows: Mapping[str, Window], tiers: Iterable[Tier]
) -> bool:
    """Whether no tier's time would end before that of the tier below; the rows that would say so.

    `windows`: what would hold, of filled-in and of other tiers.
    """
    rows = {form.tier: form for form in forms}
    for lower, upper in crossing(tiers, windows):
        row = rows.get(upper) or rows[lower]
        row.add_error("closes_at", f"{order_sentence(lower, upper, windows)}，请一并调整。")
    return all(form.is_valid() for form in forms)


def window_forms(
    tiers: Iterable[Tier],
    known: Mapping[str, Window],
    *,
    data: Any = None,
    within: Mapping[str, Window] | None = None,
    trail: Mapping[str, Any] | None = None,
) -> list[WindowForm]:
    """A form for each tier; with `within`, only for tiers that have a window there."""
    return [
        WindowForm(
            data,
            tier=tier,
            known=known.get(tier),
            within=(within or {}).get(tier),
            trail=trail,
        )
        for tier in tiers
        if within is None or tier in within
    ]

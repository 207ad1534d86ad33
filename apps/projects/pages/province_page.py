"""The forms of a province's page, read and saved together."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms

from apps.accounts.domain.actors import Actor
from apps.organizations.models import Organization, Tier
from apps.projects.domain.chains import (
    ProvinceWays,
    may_maintain,
    province_ways,
    set_province_settings,
)
from apps.projects.domain.presentation import may_change_windows
from apps.projects.domain.windows.fitting import narrowed, tiers_in
from apps.projects.domain.windows.standing import national_windows
from apps.projects.domain.words import bottom_up, chain_in_words
from apps.projects.models import BUREAU_CHAIN, Phase, Project, ProvinceWindow, ReportingMode
from apps.projects.models.windows import Window
from apps.projects.pages.windows_form import WindowForm, are_in_order, window_forms
from apps.ui.pages.versions import Versioned, seen_of


class WaysForm(Versioned, forms.Form):
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

    def __init__(
        self, *args: Any, with_mode: bool, trail: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> None:
        self.trail = trail or {}
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


@dataclass
class ProvincePage:
    """`data` is what was posted, `None` to show."""

    project: Project
    by: Actor
    data: Any

    @property
    def province(self) -> Organization:
        if self.by.organization is None:
            raise TypeError("a province's page needs a province")
        return self.by.organization

    @property
    def may_set_chain(self) -> bool:
        return self.project.phase == Phase.PREPARING

    @property
    def may_set_windows(self) -> bool:
        return may_change_windows(self.project)

    @cached_property
    def ways(self) -> ProvinceWays:
        return province_ways(self.project, self.province)

    @property
    def chain(self) -> list[str]:
        return list(self.ways.chain)

    @property
    def national_chain(self) -> str:
        return chain_in_words(self.project.chain)

    @property
    def chain_in_words(self) -> str:
        return chain_in_words(self.chain)

    @property
    def with_mode(self) -> bool:
        """Whether the province may fill in for its institutions in this kind of project."""
        return may_maintain(self.project)

    @cached_property
    def ways_form(self) -> WaysForm:
        data = self.data if self.may_set_chain else None
        known = {"chain": self.chain, "mode": self.ways.mode}
        trail = self._trail("设置报量和审核方式")
        return WaysForm(data, initial=known, with_mode=self.with_mode, trail=trail)

    @cached_property
    def windows(self) -> list[WindowForm]:
        own: dict[str, Window] = {
            row.tier: row.window
            for row in ProvinceWindow.objects.filter(project=self.project, province=self.province)
        }
        tiers = [Tier.INSTITUTION, *(Tier(tier) for tier in bottom_up(self.chain))]
        national = national_windows(self.project)
        trail = self._trail("设置时间")
        return window_forms(tiers, own, data=self.data, within=national, trail=trail)

    def _trail(self, verb: str) -> dict[str, str]:
        return {"project_code": self.project.code, "path": self.province.path, "verb": verb}

    @property
    def forms(self) -> list[Any]:
        return [*([self.ways_form] if self.may_set_chain else []), *self.windows]

    def is_valid(self) -> bool:
        if not all([form.is_valid() for form in self.forms]):  # noqa: C419  (all say what is wrong)
            return False
        own = {str(form.tier.value): form.window for form in self.windows if form.window}
        held = narrowed(national_windows(self.project), own)
        chain = self.ways_form.cleaned_data["chain"] if self.may_set_chain else self.chain
        return are_in_order(self.windows, held, tiers_in(chain)) if own else True

    def save(self, *, closes_knowingly: bool) -> None:
        """One service call. Raises `ProjectRefused`."""
        set_province_settings(
            project=self.project,
            province=self.province,
            windows={form.tier: form.window for form in self.windows},
            by=self.by,
            closes_knowingly=closes_knowingly,
            seen=seen_of(*self.forms, again=lambda row: ProvincePage(row, self.by, None).forms),
            **(self.ways_form.chosen if self.may_set_chain else {"chain": None}),
        )

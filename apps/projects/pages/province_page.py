"""The forms of a province's page, read and saved together."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from apps.accounts.domain.actors import Actor
from apps.organizations.models import Organization, Tier
from apps.projects.domain.chains import ProvinceWays, may_maintain, province_ways
from apps.projects.domain.presentation import may_change_windows
from apps.projects.domain.province import set_province_settings
from apps.projects.domain.windows.standing import national_windows
from apps.projects.domain.words import bottom_up, chain_in_words
from apps.projects.models import Phase, Project, ProvinceWindow
from apps.projects.models.windows import Window
from apps.projects.pages.province_form import WaysForm
from apps.projects.pages.windows_form import WindowForm, window_forms


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
        return WaysForm(data, initial=known, with_mode=self.with_mode)

    @cached_property
    def windows(self) -> list[WindowForm]:
        own: dict[str, Window] = {
            row.tier: row.window
            for row in ProvinceWindow.objects.filter(project=self.project, province=self.province)
        }
        tiers = [Tier.INSTITUTION, *(Tier(tier) for tier in bottom_up(self.chain))]
        national = national_windows(self.project)
        return window_forms(tiers, own, data=self.data, within=national)

    def is_valid(self) -> bool:
        forms = [*self.windows, *([self.ways_form] if self.may_set_chain else [])]
        return all([form.is_valid() for form in forms])  # noqa: C419  (all say what is wrong)

    def save(self) -> None:
        """One service call. Raises `ProjectRefused`."""
        set_province_settings(
            project=self.project,
            province=self.province,
            windows={form.tier: form.window for form in self.windows},
            by=self.by,
            **(self.ways_form.chosen if self.may_set_chain else {"chain": None}),
        )

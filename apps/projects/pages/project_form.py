"""The form of a project: grouped, each policy with its default and one line of explanation."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms

from apps.folding.domain.fields import NameField
from apps.folding.domain.folding import folded
from apps.organizations.models import Tier
from apps.projects.domain.words import (
    ALLOCATION,
    BASICS,
    DEMAND,
    POLICIES,
    RATIOS,
    REVIEW,
    field_of,
    percent,
    value_in_words,
)
from apps.projects.models import BUREAU_CHAIN, OFFERED_KINDS, Phase, Project, ProjectKind
from apps.projects.pages.code_field import CodeField
from apps.ui.pages.versions import Versioned
from apps.ui.percent_field import WHOLE, percent_of

SEPARATORS = re.compile(r"[,、;\s年]+")
EARLIEST, LATEST, MOST = 2000, 2100, 5


class YearsField(forms.CharField):
    """Cleans to a sorted list of years; at least one, at most `MOST`."""

    def __init__(self, **kwargs: Any) -> None:
        for name in ("base_field", "size", "max_length"):
            kwargs.pop(name, None)
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "、".join(str(year) for year in value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[int]:
        text = super().clean(value)
        words = [word for word in SEPARATORS.split(folded(str(text).replace(" ", "、"))) if word]
        if not all(re.fullmatch(r"\d{4}", word) for word in words):
            raise forms.ValidationError("请填写四位年份，多个年份用顿号隔开，如 2024、2025。")
        years = sorted({int(word) for word in words})
        if not 1 <= len(years) <= MOST or not EARLIEST <= years[0] <= years[-1] <= LATEST:
            raise forms.ValidationError(f"请填写 1 到 {MOST} 个年份。")
        return years

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.prepare_value(initial) != data)


OF_DEMAND = (ProjectKind.DEMAND.value, ProjectKind.HISTORY.value)
OF_ALLOCATION = (ProjectKind.ALLOCATION.value,)
IN_PER_CENT = {
    "explanation_threshold": "变动超过这个百分数才要说明，20 即低于基准的 80%（或高于 120%）。",
    "agreed_ratio": "约定采购量占填报量的百分数。",
    "share_lowest": "待分配量中分给日均费用最低企业的百分数。",
}
MOST_CHANGE = 500
"""Per cent: a threshold beyond it asks nobody for anything."""
SHARES = ("share_lowest", "share_highest", "share_other")


@dataclass(frozen=True, slots=True)
class Group:
    """A part of the form with its heading."""

    title: str
    fields: list[forms.BoundField]
    kinds: str = ""
    """The kinds of task that it belongs to; empty for all."""


class ProjectForm(Versioned, forms.ModelForm):
    """Creates or edits a project. On a published one all but the description is fixed."""

    chain = forms.MultipleChoiceField(
        label="审核层级",
        choices=[(tier.value, tier.label) for tier in reversed(BUREAU_CHAIN)],
        widget=forms.CheckboxSelectMultiple,
        help_text=field_of("chain").help_text,
    )

    class Meta:
        model = Project
        fields = (*BASICS, *POLICIES[1:])
        field_classes = {"baseline_years": YearsField, "code": CodeField, "name": NameField}
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_edit = self.instance.pk is not None
        self.trail = {"project_code": self.instance.code, "verb": "修改"}
        offered = {*OFFERED_KINDS, self.instance.kind} - {""}
        kinds = [choice for choice in ProjectKind.choices if choice[0] in offered]
        decides = forms.Select(attrs={"data-decides": ""})
        self.fields["kind"] = forms.ChoiceField(label="任务类型", choices=kinds, widget=decides)
        history: Any = self.fields["history_project"]
        history.queryset, history.empty_label = _history_projects(self.instance), "不选"
        for name in self._unused():
            del self.fields[name]
        for name in POLICIES[1:]:
            if name in self.fields:
                self._explain(name)
        self.fields["chain"].initial = self.instance.chain
        self.fields["code"].disabled = self.instance.phase != Phase.DRAFT
        if self.instance.is_frozen:
            for name in set(self.fields) - {"description"}:
                self.fields[name].disabled = True

    def _explain(self, name: str) -> None:
        default = value_in_words(name, field_of(name).get_default())
        if name in RATIOS:
            most = MOST_CHANGE if name == "explanation_threshold" else WHOLE
            self.fields[name] = percent_of(field_of(name), most=most)
        said = IN_PER_CENT.get(name, field_of(name).help_text)
        self.fields[name].help_text = f"{said}默认：{default}。"

    def _unused(self) -> tuple[str, ...]:
        """The parameters of other kinds of task; a new project may become any of them."""
        if self.instance.kind == "":
            return ()
        return _unused_by(self.instance.kind)

    def clean_chain(self) -> list[str]:
        chain: list[str] = self.cleaned_data["chain"]
        if Tier.PROVINCE not in chain:
            raise forms.ValidationError("审核层级必须包含省医保。")
        return chain

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        self._ignore_other_kinds(cleaned)
        shares: list[Decimal] = [cleaned[name] for name in SHARES if name in cleaned]
        if len(shares) == len(SHARES) and sum(shares) != 1:
            self.add_error(
                "share_other",
                f"三个份额之和必须等于 100%，现在是 {percent(sum(shares, Decimal(0)))}。",
            )
        return cleaned

    def _ignore_other_kinds(self, cleaned: dict[str, Any]) -> None:
        """Without scripts a new project's form also sends the parameters of the kinds that were not chosen."""
        if "kind" not in cleaned:
            return
        for name in _unused_by(cleaned["kind"]):
            cleaned.pop(name, None)
            self.errors.pop(name, None)

    def validate_constraints(self) -> None:
        """The sentences above say the same; the database has the last word."""

    def groups(self) -> Iterator[Group]:
        yield Group("基本信息", [self[name] for name in BASICS if name in self.fields])
        yield Group("审核", [self[name] for name in REVIEW])
        for title, names, kinds in (
            ("报量和历史采购量参数", DEMAND, OF_DEMAND),
            ("分量参数", ALLOCATION, OF_ALLOCATION),
        ):
            fields = [self[name] for name in names if name in self.fields]
            if fields:
                yield Group(title, fields, kinds=" ".join(kinds))

    def values(self) -> dict[str, Any]:
        """What a service takes; fixed fields stay out."""
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if not self.fields[name].disabled
        }


def _unused_by(kind: str) -> tuple[str, ...]:
    return DEMAND if kind in OF_ALLOCATION else ALLOCATION


def _history_projects(project: Project) -> Any:
    """What a project may take its baseline from: any other task that collects history."""
    return Project.objects.of_kind(ProjectKind.HISTORY).exclude(pk=project.pk).recent_first()

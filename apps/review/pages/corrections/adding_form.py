"""增补品规: what the catalogue says of the item, whom it concerns, until when each tier has time; the ground."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone

from apps.folding.domain.fields import NameField
from apps.notices.attachment_field import AttachmentField
from apps.notices.limits import OFFERED
from apps.organizations.domain.codes import normalized
from apps.organizations.models import Organization, Tier
from apps.projects.domain.corrections.adding import OF_ITEM
from apps.projects.domain.publication import tiers_of
from apps.projects.models import CatalogItem, Project
from apps.projects.pages.moments_form import MomentField
from apps.review.domain.returns.deadlines import proposed
from apps.review.domain.rounds.adding import Addition
from apps.review.pages.corrections.form import LEAST, NAMES
from apps.review.pages.tier_deadlines import PREFIX, TierDeadlines

USUAL = timedelta(days=5)
"""How much time is proposed for all tiers together."""
MOST_UNITS = 300
HELP: Mapping[str, str] = {
    "item_code": "项目内唯一，发布后不再改。",
    "product_group": "与已有品规同组的，写法须一致。",
    "competition_unit": "新的竞争单元须在“约定采购量”的规则中设置后才能计算。",
    "reference_price": "留空表示没有参考价。",
    "filling_note": "填报时显示给医疗机构。",
}
WHOM = "机构、区县、市或省的单位编码，用空格或换行分开；留空为全部参加机构。"


class AdditionForm(TierDeadlines, forms.Form):
    """The file is asked for once the preview was seen."""

    def __init__(self, data: Any = None, files: Any = None, *, project: Project) -> None:
        super().__init__(data, files)
        self.fields = {name: _of_item(name) for name in OF_ITEM}
        self.fields["units"] = forms.CharField(
            label="涉及的单位",
            required=False,
            max_length=10_000,
            widget=forms.Textarea(attrs={"rows": 2}),
            help_text=WHOM,
        )
        self._add_tiers(project)
        self.fields["reason"] = forms.CharField(
            label="增补原因",
            max_length=300,
            widget=forms.Textarea(attrs={"rows": 2}),
            help_text="本项目的全部单位都能看到。",
        )
        self.fields["file"] = AttachmentField(
            label="依据文件", required=False, help_text=f"增补所依据的文件，{OFFERED}。"
        )

    def _add_tiers(self, project: Project) -> None:
        tiers, now = [tier.value for tier in tiers_of(project)], timezone.now()
        ends = proposed(tiers, last=now + USUAL, now=now)
        for tier in tiers:
            is_lowest = tier == Tier.INSTITUTION
            self.fields[f"{PREFIX}{tier}"] = MomentField(
                label="医疗机构补填截止" if is_lowest else f"{Tier(tier).label}重新提交截止",
                is_end=True,
                initial=ends.get(tier),
                help_text="在此之前可以补填这一行并上报，不受填报时间限制。" if is_lowest else "",
            )

    @property
    def of_item(self) -> list[forms.BoundField]:
        return [self[name] for name in OF_ITEM]

    def clean_units(self) -> tuple[str, ...]:
        """Their paths."""
        said = self.cleaned_data["units"].replace("，", " ").replace(",", " ").replace("、", " ")
        codes = dict.fromkeys(map(normalized, said.split()))
        if len(codes) > MOST_UNITS:
            raise forms.ValidationError(f"一次最多填写 {MOST_UNITS} 个单位，请按上级单位填写。")
        known = dict(Organization.objects.filter(code__in=codes).values_list("code", "path"))
        if unknown := [code for code in codes if code not in known]:
            raise forms.ValidationError(f"没有编码为“{'、'.join(unknown[:5])}”的单位，请核对。")
        return tuple(sorted(known.values()))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self.check_tiers(cleaned)
        return cleaned

    def wanted(self, **ground: Any) -> Addition:
        said = self.cleaned_data
        return Addition(
            values={name: said[name] for name in OF_ITEM if said[name] not in (None, "")},
            reason=said["reason"],
            deadlines=self.told_of_tiers["deadlines"],
            units=said["units"],
            **ground,
        )

    def lacks_file(self) -> bool:
        """Says that the act still needs it."""
        if not self.cleaned_data["file"] and "file" not in self.errors:
            self.add_error("file", "请选择增补所依据的文件。")
        return bool(self.errors)


def _of_item(name: str) -> forms.Field:
    options: dict[str, Any] = {"help_text": HELP.get(name, "")}
    if name in LEAST:
        options["min_value"] = LEAST[name]
    if name in NAMES:
        options["form_class"] = NameField
    model_field: Any = CatalogItem._meta.get_field(name)
    field: forms.Field = model_field.formfield(**options)
    return field

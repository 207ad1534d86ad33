"""Forms: the rules with their two tables, what-if, filters of the lists. They explain; the database enforces."""

from collections.abc import Collection, Sequence
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory

from apps.folding.domain.folding import is_said
from apps.projects.models import RoundingMode
from apps.reporting.agreed_volume import LinearRule
from apps.ui.form_fields import offer
from apps.ui.pages.versions import Versioned
from apps.ui.percent_field import PLACES, WHOLE, PercentField, percent_of
from apps.volumes.domain.figures import plain
from apps.volumes.domain.rules.what_if import Changes
from apps.volumes.models import CascadeRow, RatioClass, RatioRow, Rule, UnitRule, VolumeRules
from apps.volumes.models.rules import LINEAR

SPARE = 2
"""Blank rows at the end of each table."""
MOST_WINNERS = 999
PARTS = ("group_ratio", "group_keep", "group_fixed", "cascade_ratio")
"""Kept as parts of one."""
ALL = ("", "全部")
SEPARATORS = str.maketrans(dict.fromkeys("、，,；;/", " "))


class RulesForm(Versioned, forms.ModelForm):
    """The project's rule and the figures of R2, R4, R6."""

    class Meta:
        model = VolumeRules
        fields = (
            *(
                "rule",
                "rounding",
                "sharing",
                "unselected",
                "group_ratio",
                "group_keep",
                "group_fixed",
                "cascade_ratio",
            ),
            *("linear_minimum", "linear_maximum", "linear_base", "linear_transfer", "linear_step"),
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if name in PARTS:
                self.fields[name] = percent_of(VolumeRules._meta.get_field(name))
            elif isinstance(field, forms.DecimalField):
                self.initial[name] = plain(getattr(self.instance, name))

    def of(self, *names: str) -> list[forms.BoundField]:
        return [self[name] for name in names]

    @property
    def general(self) -> list[forms.BoundField]:
        return self.of("rule", "rounding", "sharing", "unselected")

    @property
    def group(self) -> list[forms.BoundField]:
        return self.of("group_ratio", "group_keep", "group_fixed")

    @property
    def linear(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("linear_")]

    @property
    def cascade(self) -> list[forms.BoundField]:
        return self.of("cascade_ratio")


def part_field(label: str) -> PercentField:
    return PercentField(label=f"{label}（%）", required=False, widget=forms.TextInput)


class RatioForm(Versioned, forms.Form):
    """One row of R1; a row without 从 is left out."""

    first = forms.IntegerField(
        label="从（家）", min_value=1, max_value=MOST_WINNERS, required=False
    )
    last = forms.IntegerField(label="到（家）", min_value=1, max_value=MOST_WINNERS, required=False)
    normal = part_field(RatioClass.NORMAL.label)
    antibiotic = part_field(RatioClass.ANTIBIOTIC.label)
    strict = part_field(RatioClass.STRICT.label)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("first") is None:
            return cleaned
        for name in RatioClass.values:
            if name not in self.errors and cleaned.get(name) is None:
                self.add_error(name, "请填写 0 到 100 之间的百分数。")
        last = cleaned.get("last")
        if last is not None and last < cleaned["first"]:
            self.add_error("last", "“到”不能小于“从”；空着表示及以上。")
        return cleaned


class RatioForms(BaseFormSet):
    def clean(self) -> None:
        """No number of winners stands in two rows."""
        free_from: int | None = 1
        for row in sorted(filled(self, "first"), key=lambda row: row["first"]):
            if free_from is None or row["first"] < free_from:
                raise forms.ValidationError(f"“从 {row['first']} 家”的一行与上一行重叠。")
            free_from = None if row["last"] is None else row["last"] + 1
        if not filled(self, "first"):
            raise forms.ValidationError("带量比例表至少要有一行。")


class SharesField(forms.CharField):
    """`60、60`: the share of the remainder that each rank takes, in per cent; kept as parts of one."""

    def to_python(self, value: Any) -> Any:
        words = str(value or "").translate(SEPARATORS).split()
        try:
            shares = [Decimal(word.removesuffix("%").removesuffix("％")) for word in words]
        except InvalidOperation:
            raise forms.ValidationError("请填写用顿号隔开的百分数，如 60、60。") from None
        if any(0 < share < 1 for share in shares):
            raise forms.ValidationError("请按百分数填写，六成填 60。")
        if any(not 0 <= share <= WHOLE or share != round(share, PLACES) for share in shares):
            raise forms.ValidationError("份额在 0 到 100 之间，最多两位小数。")
        return [share / WHOLE for share in shares]

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list):
            return "、".join(f"{(share * WHOLE).normalize():f}" for share in value)
        return value


class CascadeForm(Versioned, forms.Form):
    """One row of R6; a row without 家数 is left out."""

    winners = forms.IntegerField(
        label="中选企业数", min_value=1, max_value=MOST_WINNERS, required=False
    )
    shares = SharesField(label="第 1 名起各占剩余量的份额（%）", required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("winners") is not None and not cleaned.get("shares") and not self.errors:
            self.add_error("shares", "请填写份额；最后一名得其余，可以不写。")
        return cleaned


class CascadeForms(BaseFormSet):
    def clean(self) -> None:
        winners = [row["winners"] for row in filled(self, "winners")]
        if len(set(winners)) < len(winners):
            raise forms.ValidationError("逐级分配表中同一家数写了两行。")
        if 1 not in winners or sorted(winners) != list(range(1, max(winners, default=0) + 1)):
            raise forms.ValidationError("逐级分配表要从 1 家起连续填写；最后一行适用于更多家。")


def filled(formset: BaseFormSet, key: str) -> list[dict[str, Any]]:
    """The rows in which the key column was written."""
    rows = [form.cleaned_data for form in formset.forms if not form.errors]
    return [data for data in rows if data.get(key) is not None]


def ratio_rows_of(formset: BaseFormSet) -> list[RatioRow]:
    return [RatioRow(**data) for data in filled(formset, "first")]


def cascade_rows_of(formset: BaseFormSet) -> list[CascadeRow]:
    return [CascadeRow(**data) for data in filled(formset, "winners")]


RatioFormSet = formset_factory(RatioForm, formset=RatioForms, extra=SPARE, max_num=12)
CascadeFormSet = formset_factory(CascadeForm, formset=CascadeForms, extra=SPARE, max_num=12)


class UnitForm(Versioned, forms.Form):
    """What one competition unit has of its own."""

    name = forms.CharField(max_length=60, widget=forms.HiddenInput)
    rule = forms.ChoiceField(
        label="计算规则", required=False, choices=[("", "按项目"), *Rule.choices]
    )
    ratio_class = forms.ChoiceField(label="品种类别", choices=RatioClass.choices)
    winners = forms.IntegerField(
        label="指定家数", min_value=0, max_value=MOST_WINNERS, required=False
    )


def changed_units(formset: BaseFormSet, known: Collection[str]) -> list[UnitRule]:
    """The units of a valid page that differ from what it showed."""
    rows = [form.cleaned_data for form in formset.forms if form.has_changed()]
    return [
        UnitRule(
            competition_unit=row["name"],
            rule=row["rule"],
            ratio_class=row["ratio_class"],
            winners=row["winners"],
        )
        for row in rows
        if row["name"] in known
    ]


UnitFormSet = formset_factory(UnitForm, extra=0, max_num=100)


def try_percent(label: str) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, min_value=0, max_value=WHOLE, decimal_places=4, required=False
    )


class WhatIfForm(forms.Form):
    """What is tried; everything left blank stays as it is."""

    unit = forms.ChoiceField(label="竞争单元", required=False)
    rule = forms.ChoiceField(
        label="计算规则", required=False, choices=[("", "不变"), *Rule.choices]
    )
    ratio_class = forms.ChoiceField(
        label="品种类别", required=False, choices=[("", "不变"), *RatioClass.choices]
    )
    winners = forms.IntegerField(
        label="中选企业数", min_value=0, max_value=MOST_WINNERS, required=False
    )
    ratio = forms.DecimalField(
        label="带量比例（%）", min_value=0, max_value=100, decimal_places=4, required=False
    )
    rounding = forms.ChoiceField(
        label="取整方式", required=False, choices=[("", "不变"), *RoundingMode.choices]
    )

    linear_minimum = try_percent("最低降幅（%）")
    linear_maximum = try_percent("封顶降幅（%）")
    linear_base = try_percent("起始基础量（%）")
    linear_transfer = try_percent("起始调剂量（%）")
    linear_step = try_percent("每点增加（%）")

    def __init__(self, data: Any = None, *, units: Sequence[str] = ()) -> None:
        super().__init__(data)
        choices = [("", "全部"), *((unit, unit) for unit in units)]
        offer(self, "unit", choices)

    @property
    def changes(self) -> Changes:
        """Nothing while the form has errors."""
        if not self.is_valid():
            return Changes()
        asked = self.cleaned_data
        ratio = asked["ratio"]
        return Changes(
            unit=asked["unit"],
            rule=Rule(asked["rule"]) if asked["rule"] else None,
            ratio_class=RatioClass(asked["ratio_class"]) if asked["ratio_class"] else None,
            winners=asked["winners"],
            ratio=None if ratio is None else Fraction(ratio) / 100,
            rounding=RoundingMode(asked["rounding"]) if asked["rounding"] else None,
            linear=self._linear(),
        )

    def clean(self) -> dict[str, Any]:
        """The figures of R4 are tried together; they never come below zero (see `UnitRule`)."""
        cleaned: dict[str, Any] = super().clean() or {}
        figures = {name: cleaned[name] for name in LINEAR if cleaned.get(name) is not None}
        missing = [name for name in LINEAR if name not in figures]
        if any(name in self.errors for name in LINEAR) or not figures:
            return cleaned
        if missing:
            self.add_error(missing[0], "按降幅计算的五个参数要么全部填写，要么全部空着。")
            return cleaned
        minimum, maximum, base, transfer, step = figures.values()
        if minimum > maximum:
            self.add_error("linear_maximum", "封顶降幅不能低于最低降幅。")
        elif base + transfer > WHOLE or transfer < (maximum - minimum) * step:
            message = "封顶降幅时调剂量会低于 0，或基础量与调剂量之和超过百分之百。"
            self.add_error("linear_transfer", message)
        return cleaned

    def _linear(self) -> LinearRule | None:
        figures = [self.cleaned_data[name] for name in LINEAR]
        return None if None in figures else LinearRule(*figures)


class ItemFilter(forms.Form):
    """Lists of items: by code or name, and by competition unit."""

    variety = forms.CharField(
        label="品种名称",
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"placeholder": "名称 / 首字母 / 编号", "type": "search"}),
    )
    unit_name = forms.CharField(label="竞争单元", required=False, max_length=60)
    unit = forms.ChoiceField(label="范围", required=False)
    version = forms.CharField(required=False, widget=forms.HiddenInput)
    by = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, units: Sequence[tuple[str, str]] = ()) -> None:
        """`units`: (id, name) of the units right below that the page may be narrowed to."""
        super().__init__(data)
        if units:
            offer(self, "unit", [("", "本级合计"), *units])
        else:
            del self.fields["unit"]

    def keeps(self, row: Any) -> bool:
        """Whether a row with an `item` matches."""
        if not self.is_bound:
            return True
        if not self.is_valid():
            return False
        asked, item = self.cleaned_data, row.item
        return is_said(asked["variety"], item.variety, item.pinyin, item.item_code) and is_said(
            asked["unit_name"], item.competition_unit
        )

"""The form of one competition unit: what it has of its own, and the classes of its items."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory

from apps.projects.models import CatalogItem
from apps.ui.form_fields import offer
from apps.ui.pages.versions import Versioned
from apps.volumes.domain.figures import plain
from apps.volumes.domain.rules.rulebook import Rules, Unit
from apps.volumes.models import RatioClass, Rule, Sharing, UnitRule, VolumeRules
from apps.volumes.models.rules import LINEAR


class UnitRuleForm(Versioned, forms.ModelForm):
    """Blank fields leave it to the project."""

    class Meta:
        model = UnitRule
        fields = ("rule", "ratio_class", "winners", "sharing", *LINEAR)
        help_texts = {
            "winners": "空着按中选结果计数；0 家表示没有中选。",
            "ratio_class": "品规没有另行指定时适用。",
        }

    def __init__(self, *args: Any, settings: VolumeRules, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rule, sharing = Rule(settings.rule).label, Sharing(settings.sharing).label
        offer(self, "rule", [("", f"按项目（{rule}）"), *Rule.choices])
        offer(self, "sharing", [("", f"按项目（{sharing}）"), *Sharing.choices])
        for name in LINEAR:
            value: Decimal | None = getattr(self.instance, name)
            self.initial[name] = None if value is None else plain(value)
            self.fields[name].widget.attrs["placeholder"] = plain(getattr(settings, name))

    @property
    def general(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name not in LINEAR]

    @property
    def linear(self) -> list[forms.BoundField]:
        return [self[name] for name in LINEAR]

    @property
    def has_linear(self) -> bool:
        """Whether the figures of R4 are worth unfolding."""
        wrong = any(name in self.errors for name in LINEAR) or bool(self.non_field_errors())
        return wrong or any(self[name].value() not in (None, "") for name in LINEAR)


class ItemClassForm(Versioned, forms.Form):
    """R1: an item's own class; blank is its unit's."""

    item = forms.IntegerField(widget=forms.HiddenInput)
    ratio_class = forms.ChoiceField(
        label="品种类别", required=False, choices=[("", "按竞争单元"), *RatioClass.choices]
    )


ItemClassForms = formset_factory(ItemClassForm, extra=0, max_num=1_000)


def classes_form(data: Any, items: Sequence[CatalogItem], rules: Rules) -> BaseFormSet:
    initial = [{"item": item.pk, "ratio_class": rules.classes.get(item.pk, "")} for item in items]
    formset: BaseFormSet = ItemClassForms(data, prefix="item", initial=initial)
    return formset


def changed_classes(formset: BaseFormSet, items: Sequence[CatalogItem]) -> dict[int, str]:
    """By item of the unit its new class; blank to have none of its own."""
    known = {item.pk for item in items}
    rows = [form.cleaned_data for form in formset.forms if form.has_changed()]
    return {row["item"]: row["ratio_class"] for row in rows if row["item"] in known}


def items_of(unit: Unit, rules: Rules) -> list[CatalogItem]:
    return [item for item in rules.items if item.competition_unit == unit.name]

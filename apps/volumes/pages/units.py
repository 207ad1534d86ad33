"""One competition unit with everything that it has of its own; removing winning results of a demand project."""

from collections.abc import Iterable
from typing import Any

from django.forms import BaseFormSet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from apps.accounts.models.roles import Permission
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.projects.models import Project, WinningProduct
from apps.projects.pages.winners import winners_of
from apps.review.pages.answering import carry_out
from apps.ui.formats import NOTHING
from apps.ui.pages.versions import seen_of
from apps.volumes.domain.bases.totals import taking_part
from apps.volumes.domain.figures import per_cent
from apps.volumes.domain.guards import are_results_fixed
from apps.volumes.domain.rules.acts import UNITS_CHANGED, save_unit
from apps.volumes.domain.rules.cautions import cautions
from apps.volumes.domain.rules.rulebook import Rules, Unit, rules_of
from apps.volumes.models import UnitRule
from apps.volumes.pages.unit_forms import UnitRuleForm, changed_classes, classes_form, items_of
from apps.volumes.pages.volumes_page import desk_for


@requires(Permission.MANAGE)
def unit_edit(request: SignedInRequest, code: str, item: int) -> HttpResponse:
    """The competition unit of a catalogue item."""
    desk = desk_for(request, code)
    rules = rules_of(desk.project)
    unit, data = _unit_or_404(rules, item), request.POST or None
    items = items_of(unit, rules)
    form, classes = _unit_forms(desk.project, rules, unit, data)
    if data is not None and all([form.is_valid(), classes.is_valid()]):
        changed = changed_classes(classes, items)
        rule: UnitRule = form.save(commit=False)
        seen = seen_of(form, *classes, again=lambda row: _shown_unit(row, item))
        return carry_out(
            request,
            lambda: save_unit(
                project=desk.project, rule=rule, classes=changed, by=request.actor, seen=seen
            ),
            lambda _none: (
                f"已保存竞争单元“{unit.name}”的规则；已生成而未发布的约定采购量请重新生成。"
            ),
            reverse("volumes:unit_edit", args=[code, item]),
        )
    shown = {
        "project": desk.project,
        "unit": unit,
        "form": form,
        "classes": classes,
        "rows": list(zip(items, classes, strict=False)),
        "winners": _winners(desk.project, unit),
        "cautions": cautions(rules, taking_part(desk.project)).get(unit.name, []),
        "is_fixed": are_results_fixed(desk.project),
    }
    return render(request, "volumes/unit_edit.html", shown, status=422 if data else 200)


def _unit_forms(
    project: Project, rules: Rules, unit: Unit, data: Any = None
) -> tuple[UnitRuleForm, BaseFormSet]:
    form = UnitRuleForm(data, instance=_own(project, unit), settings=rules.settings)
    form.trail = {"project_code": project.code, "verb": UNITS_CHANGED}
    return form, classes_form(data, items_of(unit, rules), rules)


def _shown_unit(project: Project, item: int) -> Iterable[Any]:
    rules = rules_of(project)
    form, classes = _unit_forms(project, rules, _unit_or_404(rules, item))
    return [form, *classes]


def _winners(project: Project, unit: Unit) -> list[tuple[WinningProduct, str]]:
    """The unit's winning results, each with its cut in words."""
    return [
        (product, per_cent(product.cut / 100) if product.cut is not None else NOTHING)
        for product in winners_of(project).filter(item__competition_unit=unit.name)
    ]


def _unit_or_404(rules: Rules, item: int) -> Unit:
    name = next((listed.competition_unit for listed in rules.items if listed.pk == item), None)
    if name is None:
        raise Http404
    return rules.units[name]


def _own(project: Project, unit: Unit) -> UnitRule:
    own: UnitRule | None = UnitRule.objects.filter(
        project=project, competition_unit=unit.name
    ).first()
    return own or UnitRule(project=project, competition_unit=unit.name)

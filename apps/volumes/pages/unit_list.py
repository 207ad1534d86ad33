"""The competition units of a project, with the rule, class and winners of each."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.forms import BaseFormSet
from django.http import HttpResponse
from django.shortcuts import render

from apps.accounts.models.roles import Permission
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.projects.models import Project
from apps.review.pages.answering import carry_out
from apps.ui.pages.replicas import reads_replica
from apps.ui.pages.seen_sets import Stamp
from apps.ui.pages.versions import seen_of
from apps.ui.paging import page_size
from apps.volumes.domain.bases.totals import taking_part
from apps.volumes.domain.guards import are_results_fixed
from apps.volumes.domain.rules.acts import UNITS_CHANGED, save_unit_rules
from apps.volumes.domain.rules.cautions import cautions
from apps.volumes.domain.rules.rulebook import Rules, Unit, rules_of
from apps.volumes.pages.forms import UnitFormSet, changed_units
from apps.volumes.pages.volumes_page import desk_for

UNITS_PER_PAGE = 50


@requires(Permission.MANAGE)
@reads_replica
def unit_list(request: SignedInRequest, code: str) -> HttpResponse:
    """Competition units with their winners and what is odd about them; rule, class and number may be set for each."""
    desk = desk_for(request, code)
    rules = rules_of(desk.project)
    odd = cautions(rules, taking_part(desk.project))
    page = _units_page(request, rules, odd)
    forms = _units_formset(page, request.POST or None)
    for form in forms:
        form.trail = {"project_code": code, "verb": UNITS_CHANGED}
    if request.method == "POST" and forms.is_valid():
        return _save_units(request, desk.project, forms, rules, odd)
    shown = {
        "project": desk.project,
        "page": page,
        "forms": forms,
        "rows": _unit_rows(page, forms, rules, odd),
        "odd": odd,
        "only_odd": "odd" in request.GET,
        "results": sum(len(unit.results) for unit in rules.units.values()),
        "is_fixed": are_results_fixed(desk.project),
        "seen_set": Stamp.of_keys(
            result.product for unit in rules.units.values() for result in unit.results
        ),
    }
    return render(request, "volumes/unit_list.html", shown)


def _save_units(
    request: SignedInRequest,
    project: Project,
    forms: BaseFormSet,
    rules: Rules,
    odd: Collection[str],
) -> HttpResponse:
    changed = changed_units(forms, rules.units)
    seen = seen_of(
        *forms, again=lambda row: _units_formset(_units_page(request, rules_of(row), odd))
    )
    return carry_out(
        request,
        lambda: save_unit_rules(project=project, units=changed, by=request.actor, seen=seen),
        lambda number: f"已保存 {number} 个竞争单元的规则。",
        request.get_full_path(),
    )


def _units_page(request: SignedInRequest, rules: Rules, odd: Collection[str]) -> Page:
    units = [unit for unit in rules.units.values() if "odd" not in request.GET or unit.name in odd]
    size = page_size(request, UNITS_PER_PAGE)
    return Paginator(units, size).get_page(request.GET.get("page"))


def _units_formset(page: Iterable[Unit], data: Any = None) -> BaseFormSet:
    initial = [
        {"name": u.name, "rule": u.own_rule, "ratio_class": u.ratio_class, "winners": u.given}
        for u in page
    ]
    formset: BaseFormSet = UnitFormSet(data, prefix="unit", initial=initial)
    return formset


def _unit_rows(
    page: Iterable[Unit], forms: BaseFormSet, rules: Rules, odd: Mapping[str, Sequence[str]]
) -> list[dict[str, object]]:
    """`item` leads to the unit's own page."""
    first = {item.competition_unit: item.pk for item in reversed(rules.items)}
    return [
        {
            "unit": unit,
            "form": form,
            "item": first[unit.name],
            "names": list(unit.names().values()),
            "cautions": odd.get(unit.name, ()),
        }
        for unit, form in zip(page, forms, strict=False)
    ]

"""The rules from base to agreed volume, competition units, winning results, what-if: the alliance's pages."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.forms import BaseFormSet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.models.roles import Permission
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.exchange.pages.import_page import run_import_page
from apps.projects.models import Project
from apps.review.pages.answering import carry_out
from apps.ui.lists import build_table
from apps.ui.numbers import number_of
from apps.ui.pages.versions import seen_of
from apps.ui.paging import page_size
from apps.volumes.domain.agreed.terms import bases_of
from apps.volumes.domain.bases.totals import taking_part
from apps.volumes.domain.guards import are_results_fixed
from apps.volumes.domain.imports import clear_results
from apps.volumes.domain.refusals import VolumesRefused
from apps.volumes.domain.rules.acts import (
    RULES_CHANGED,
    UNITS_CHANGED,
    RuleChange,
    save_rules,
    save_unit_rules,
)
from apps.volumes.domain.rules.cautions import cautions
from apps.volumes.domain.rules.rulebook import Rules, Unit, rules_of
from apps.volumes.domain.rules.what_if import compare
from apps.volumes.files.workbooks import RESULT_IMPORT
from apps.volumes.models import BaseVersion, RatioClass
from apps.volumes.pages.desk import chosen, desk_for, versions_of
from apps.volumes.pages.forms import (
    CascadeFormSet,
    RatioFormSet,
    RulesForm,
    UnitFormSet,
    WhatIfForm,
    cascade_rows_of,
    changed_units,
    ratio_rows_of,
)
from apps.volumes.pages.tables import ComparisonTable

UNITS_PER_PAGE = 50


@requires(Permission.MANAGE)
def rule_edit(request: SignedInRequest, code: str) -> HttpResponse:
    desk = desk_for(request, code)
    data = request.POST or None
    form, ratios, cascades = _rule_forms(desk.project, data)
    if data is not None and all([form.is_valid(), ratios.is_valid(), cascades.is_valid()]):
        change = RuleChange(
            form.save(commit=False), ratio_rows_of(ratios), cascade_rows_of(cascades)
        )
        seen = seen_of(form, *ratios, *cascades, again=_shown_rules)
        try:
            save_rules(project=desk.project, change=change, by=request.actor, seen=seen)
        except VolumesRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, "规则已保存；已生成而未发布的约定采购量请重新生成。")
            return redirect("volumes:rule_edit", code=code)
    shown = {
        "project": desk.project,
        "form": form,
        "ratios": ratios,
        "cascades": cascades,
        "formsets": (ratios, cascades),
        "is_fixed": are_results_fixed(desk.project),
    }
    return render(request, "volumes/rule_edit.html", shown, status=422 if data else 200)


def _rule_forms(project: Project, data: Any = None) -> tuple[RulesForm, BaseFormSet, BaseFormSet]:
    rules = rules_of(project)
    cascades = [{"winners": row.winners, "shares": row.shares} for row in rules.cascades]
    form = RulesForm(data, instance=rules.settings)
    form.trail = {"project_code": project.code, "verb": RULES_CHANGED}
    return (
        form,
        RatioFormSet(data, prefix="ratio", initial=_ratios(rules)),
        CascadeFormSet(data, prefix="cascade", initial=cascades),
    )


def _shown_rules(project: Project) -> Iterable[Any]:
    form, ratios, cascades = _rule_forms(project)
    return [form, *ratios, *cascades]


def _ratios(rules: Rules) -> list[dict[str, object]]:
    return [
        {
            "first": row.first,
            "last": row.last,
            **{name: getattr(row, name).normalize() for name in RatioClass.values},
        }
        for row in rules.ratios
    ]


@requires(Permission.MANAGE)
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


@requires(Permission.MANAGE, Permission.IMPORT)
def result_import(request: SignedInRequest, code: str) -> HttpResponseBase:
    desk = desk_for(request, code)
    back = reverse("volumes:unit_list", args=[code])
    project_page = reverse("projects:project_detail", args=[code])
    return run_import_page(
        request,
        RESULT_IMPORT,
        context={"project_id": desk.project.pk},
        back_url=back,
        crumbs=((desk.project.name, project_page), ("竞争单元和中选结果", back)),
    )


@requires(Permission.MANAGE)
@require_POST
def result_clear(request: SignedInRequest, code: str) -> HttpResponse:
    desk = desk_for(request, code)
    return carry_out(
        request,
        lambda: clear_results(
            project=desk.project,
            by=request.actor,
            expected=number_of(request.POST.get("expected")),
        ),
        lambda number: f"已清空 {number} 条中选结果。",
        reverse("volumes:unit_list", args=[code]),
    )


@requires(Permission.MANAGE)
@require_safe
def what_if(request: SignedInRequest, code: str) -> HttpResponse:
    """试算: other ratios, classes, numbers or rounding beside what holds now; nothing is written."""
    desk = desk_for(request, code)
    version = chosen(versions_of(BaseVersion, desk.project), request)
    rules = rules_of(desk.project)
    form = WhatIfForm(request.GET or None, units=list(rules.units))
    rows = []
    if isinstance(version, BaseVersion) and (not form.is_bound or form.is_valid()):
        rows = compare(rules, bases_of(version), form.changes)
    shown = {
        "project": desk.project,
        "version": version,
        "form": form,
        "table": build_table(request, ComparisonTable, rows, filtered=bool(request.GET)),
        "higher": sum(1 for row in rows if row.difference > 0),
        "lower": sum(1 for row in rows if row.difference < 0),
        "parted": sum(1 for row in rows if not row.difference and row.was != row.becomes),
        "same": sum(1 for row in rows if row.was == row.becomes),
        "gaps": [row for row in rows if row.gap],
        "is_estimate": any(row.is_estimate for row in rows),
    }
    return render(request, "volumes/what_if.html", shown)

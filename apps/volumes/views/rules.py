"""The rules from base to agreed volume, competition units, winning results, what-if: the alliance's pages."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.decorators import requires
from apps.accounts.roles import Permission
from apps.exchange.import_page import run_import_page
from apps.projects.views.requests import SignedInRequest
from apps.review.views.answering import carry_out
from apps.ui.lists import build_table
from apps.volumes.desk import chosen, desk_for, versions_of
from apps.volumes.forms import (
    CascadeFormSet,
    RatioFormSet,
    RulesForm,
    UnitFormSet,
    WhatIfForm,
    cascade_rows_of,
    changed_units,
    ratio_rows_of,
)
from apps.volumes.models import AgreedVersion, BaseVersion, RatioClass
from apps.volumes.refusals import VolumesRefused
from apps.volumes.rulebook import Rules, rules_of
from apps.volumes.services import RuleChange, clear_results, save_rules, save_unit_rules
from apps.volumes.tables import ComparisonTable
from apps.volumes.terms import bases_of
from apps.volumes.what_if import compare
from apps.volumes.workbooks import RESULT_IMPORT

UNITS_PER_PAGE = 40


@requires(Permission.MANAGE)
def rule_edit(request: SignedInRequest, code: str) -> HttpResponse:
    desk = desk_for(request, code)
    rules = rules_of(desk.project)
    data = request.POST or None
    form = RulesForm(data, instance=rules.settings)
    ratios = RatioFormSet(data, prefix="ratio", initial=_ratios(rules))
    cascades = CascadeFormSet(
        data,
        prefix="cascade",
        initial=[{"winners": row.winners, "shares": row.shares} for row in rules.cascades],
    )
    if data is not None and all([form.is_valid(), ratios.is_valid(), cascades.is_valid()]):
        change = RuleChange(
            form.save(commit=False), ratio_rows_of(ratios), cascade_rows_of(cascades)
        )
        try:
            save_rules(project=desk.project, change=change, by=request.actor)
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
        "is_fixed": AgreedVersion.objects.of_project(desk.project).published().exists(),
    }
    return render(request, "volumes/rule_edit.html", shown, status=422 if data else 200)


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
    """Competition units with their winners; rule, class and number may be set for each."""
    desk = desk_for(request, code)
    rules = rules_of(desk.project)
    page = Paginator(list(rules.units.values()), UNITS_PER_PAGE).get_page(request.GET.get("page"))
    initial = [
        {"name": u.name, "rule": u.own_rule, "ratio_class": u.ratio_class, "winners": u.given}
        for u in page
    ]
    forms = UnitFormSet(request.POST or None, prefix="unit", initial=initial)
    if request.method == "POST" and forms.is_valid():
        here = f"{reverse('volumes:unit_list', args=[code])}?page={page.number}"
        changed = changed_units(forms, rules.units)
        return carry_out(
            request,
            lambda: save_unit_rules(project=desk.project, units=changed, by=request.actor),
            lambda number: f"已保存 {number} 个竞争单元的规则。",
            here,
        )
    shown = {
        "project": desk.project,
        "page": page,
        "forms": forms,
        "rows": list(zip(page, forms, strict=False)),
        "results": sum(len(unit.results) for unit in rules.units.values()),
        "is_fixed": AgreedVersion.objects.of_project(desk.project).published().exists(),
    }
    return render(request, "volumes/unit_list.html", shown)


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
        lambda: clear_results(project=desk.project, by=request.actor),
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
        "same": sum(1 for row in rows if not row.difference),
        "gaps": [row for row in rows if row.gap],
        "is_estimate": any(row.is_estimate for row in rows),
    }
    return render(request, "volumes/what_if.html", shown)

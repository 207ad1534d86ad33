"""The rules from base to agreed volume, competition units, winning results, what-if: the alliance's pages."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.forms import BaseFormSet
from django.http import HttpResponse
from django.shortcuts import redirect, render

from apps.accounts.models.roles import Permission
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.projects.models import Project
from apps.ui.pages.versions import seen_of
from apps.volumes.domain.guards import are_results_fixed
from apps.volumes.domain.refusals import VolumesRefused
from apps.volumes.domain.rules.acts import (
    RULES_CHANGED,
    RuleChange,
    save_rules,
)
from apps.volumes.domain.rules.rulebook import Rules, rules_of
from apps.volumes.models import RatioClass
from apps.volumes.pages.forms import (
    CascadeFormSet,
    RatioFormSet,
    RulesForm,
    cascade_rows_of,
    ratio_rows_of,
)
from apps.volumes.pages.volumes_page import desk_for


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

"""试算: what other rules would come to, before anything is published."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.accounts.models.roles import Permission
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.ui.lists import build_table
from apps.ui.pages.replicas import reads_replica
from apps.volumes.domain.agreed.terms import bases_of
from apps.volumes.domain.rules.rulebook import rules_of
from apps.volumes.domain.rules.what_if import compare
from apps.volumes.models import BaseVersion
from apps.volumes.pages.forms import WhatIfForm
from apps.volumes.pages.tables import ComparisonTable
from apps.volumes.pages.volumes_page import chosen, desk_for, versions_of


@requires(Permission.MANAGE)
@require_safe
@reads_replica
def what_if(request: SignedInRequest, code: str) -> HttpResponse:
    """试算: other ratios, classes, numbers or rounding beside what holds now; nothing is written."""
    desk = desk_for(request, code)
    version = chosen(versions_of(BaseVersion, desk.project), request)
    rules = rules_of(desk.project)
    form = WhatIfForm(request.GET or None, units=list(rules.units))
    rows = []
    if version is not None and (not form.is_bound or form.is_valid()):
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

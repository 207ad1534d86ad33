"""运行状态: how the platform stands, for the three administrators."""

from itertools import groupby
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from apps.accounts.models.roles import ADMINISTRATOR_ROLES
from apps.accounts.pages.decorators import requires
from apps.operations.domain.backups import backups
from apps.operations.domain.standing import Measure, measures

STEPS = ((86_400, "天"), (3_600, "小时"), (60, "分钟"))
MEGABYTE, GIGABYTE = 1024**2, 1024**3
LATEST = 5
VERDICTS = {True: ("需处理", "danger"), False: ("正常", "success"), None: ("", "")}
YES_OR_NO = frozenset({"maintenance", "database_recovery", "replica_up"})
OPTIONAL = frozenset({"replica_up", "replica_behind_bytes"})
SEEN = "standing_seen"
LEAST = 1.0
"""Seconds: the server counts no faster."""


class Line(NamedTuple):
    title: str
    value: str
    label: str
    tone: str


@requires(roles=ADMINISTRATOR_ROLES)
@require_GET
@never_cache
def status(request: HttpRequest) -> HttpResponse:
    found = measures()
    paces = _paces(request, found)
    sections = [
        (title, [paces.get(each.name) or _line(each) for each in group])
        for title, group in groupby(found, key=lambda each: each.section)
    ]
    wrong = [each.title for each in found if each.is_wrong]
    shown = {"sections": sections, "wrong": wrong, "backups": backups()[:LATEST]}
    return render(request, "operations/status.html", shown)


def _paces(request: HttpRequest, found: list[Measure]) -> dict[str, Line]:
    """How fast grew what only grows, since this session last looked."""
    now = timezone.now().timestamp()
    grown = {each.name: each for each in found if each.name.endswith("_total")}
    seen = request.session.get(SEEN, {})
    request.session[SEEN] = {"at": now, **{name: each.value for name, each in grown.items()}}
    passed = now - seen.get("at", now)
    return {name: _pace(each, seen.get(name), passed) for name, each in grown.items()}


def _pace(measure: Measure, before: float | None, passed: float) -> Line:
    title, value = f"{measure.title}，每分钟", measure.value or 0
    if before is None or value < before or passed < LEAST:
        return Line(title, "再次打开本页时显示", "", "")
    pace = (value - before) / passed * 60
    return Line(f"{title}（上次打开以来，{_span(passed)}）", f"{pace:,.1f}", "", "")


def _line(measure: Measure) -> Line:
    return Line(measure.title, _value(measure), *VERDICTS[measure.is_wrong])


def _value(measure: Measure) -> str:
    value: Any = measure.value
    if value is None:
        return "没有设置" if measure.name in OPTIONAL else "从未"
    if measure.name in YES_OR_NO:
        return "是" if value else "否"
    if measure.name.endswith("_seconds"):
        return _span(value)
    if measure.name.endswith("_bytes"):
        return f"{value / MEGABYTE:,.0f} MB" if value < GIGABYTE else f"{value / GIGABYTE:,.2f} GB"
    if measure.name.endswith("_per_minute"):
        return f"{value:,.1f}"
    return f"{value:.0%}" if measure.name.endswith("_share") else f"{value:,.0f}"


def _span(seconds: float) -> str:
    for step, unit in STEPS:
        if seconds >= step:
            return f"{seconds / step:,.1f} {unit}"
    return f"{seconds:,.0f} 秒"

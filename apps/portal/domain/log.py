"""Reading the operation log: filters, and pages by key, so that the ten-thousandth page costs as much as the first.

Invariant: nothing here counts entries; a page is one select that ends at its last row.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from apps.audit.domain.security import Verb
from apps.audit.models import LogEntry
from apps.folding.domain.folding import narrow
from apps.organizations.models import Organization
from apps.projects.models import Project
from apps.scope.context import current_scope
from apps.scope.paths import in_subtree
from apps.ui.filters import NameFilter
from apps.ui.numbers import number_of

DEFAULT_DAYS = 90
DAY = timedelta(days=1)
LONGEST_KEY = 60
UNITS_MATCHED = 20
PROJECTS_OFFERED = 50
SECURITY = "security"
KINDS = [("acts", "业务操作"), (SECURITY, "登录与安全")]


class DateField(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def projects_offered(_request: Any) -> list[tuple[str, str]]:
    recent = Project.objects.all().recent_first().values_list("code", "name")
    return list(recent[:PROJECTS_OFFERED])


class DatedFilter(django_filters.FilterSet):
    """What happened at some time (`at`). Without dates it looks back 90 days."""

    since = django_filters.DateFilter(label="从", widget=DateField(), method="from_day")
    until = django_filters.DateFilter(label="到", widget=DateField(), method="to_day")

    def __init__(self, data: Mapping[str, str] | None = None, *args: Any, **kwargs: Any) -> None:
        given = dict((data or {}).items())  # a QueryDict's last values, as text
        given.setdefault("since", f"{timezone.localdate() - timedelta(days=DEFAULT_DAYS):%Y-%m-%d}")
        super().__init__(given, *args, **kwargs)

    def from_day(self, entries: QuerySet[Any], _name: str, value: date) -> QuerySet[Any]:
        return entries.filter(at__gte=_start_of(value))

    def to_day(self, entries: QuerySet[Any], _name: str, value: date) -> QuerySet[Any]:
        return entries if value == date.max else entries.filter(at__lt=_start_of(value + DAY))


class LogFilter(DatedFilter):
    """时间, 操作人, 操作, 类别, 项目, 单位."""

    actor = NameFilter("actor_name", label="操作人", placeholder="姓名")
    verb = NameFilter("verb", label="操作", placeholder="如：审核通过")
    kind = django_filters.ChoiceFilter(
        label="类别", choices=KINDS, empty_label="全部", method="of_kind"
    )
    project_code = django_filters.ChoiceFilter(
        label="项目", choices=lambda: projects_offered(None), empty_label="全部"
    )
    unit = django_filters.CharFilter(
        label="单位",
        method="of_units",
        widget=forms.TextInput(attrs={"placeholder": NameFilter.placeholder, "type": "search"}),
    )

    class Meta:
        model = LogEntry
        fields: list[str] = []

    def of_kind(self, entries: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        condition = Q(verb__in=list(Verb))
        return entries.filter(condition if value == SECURITY else ~condition)

    def of_units(self, entries: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Entries of the units so named and of everything below them: range scans on the path."""
        named = (
            Q(name__says=value) | Q(pinyin__says=value) | Q(code__startswith=narrow(value).upper())
        )
        paths = Organization.objects.filter(named).order_by("path").values_list("path", flat=True)
        places = Q(pk__in=[])
        for path in paths[:UNITS_MATCHED]:
            places |= in_subtree(path)
        return entries.filter(places)


def entries_in_reach() -> QuerySet[Any]:
    """What the viewer may read: of an account limited to projects, no entry of another project."""
    entries: QuerySet[Any] = LogEntry.objects.all()
    if current_scope().project_ids is None:
        return entries
    named = Q(project_code__in=Project.objects.all().values("code"))
    return entries.filter(named | Q(project_code=""))


def _start_of(day: date) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day))  # noqa: DTZ001 made aware here


@dataclass(frozen=True, slots=True)
class LogPage:
    """Some entries, the latest first, and the key with which older ones go on (empty at the end)."""

    entries: list[Any]
    older: str


def log_page(entries: QuerySet[Any], *, before: str, size: int) -> LogPage:
    """The entries below the key `before` (`<time>,<id>`; empty: from the latest)."""
    rows = list(_below(entries, before).order_by("-at", "-pk")[: size + 1])
    shown = rows[:size]
    last = shown[-1] if len(rows) > size else None
    return LogPage(shown, f"{last.at.isoformat()},{last.pk}" if last else "")


def _below(entries: QuerySet[Any], key: str) -> QuerySet[Any]:
    moment, _, number = key[:LONGEST_KEY].partition(",")
    try:
        at = parse_datetime(moment)
    except ValueError:
        at = None
    before = number_of(number)
    if at is None or timezone.is_naive(at) or before is None:
        return entries
    return entries.filter(at__lte=at).filter(Q(at__lt=at) | Q(pk__lt=before))

"""The query bar of a reviewer's list."""

from collections.abc import Mapping
from typing import Any

import django_filters
from django.db.models import BigIntegerField, QuerySet
from django.utils.functional import cached_property

from apps.organizations.models import Organization, Tier
from apps.projects.models import Project
from apps.review.domain.filings.marks import CHOICES, narrowed
from apps.review.domain.kinds import kind_of, marking_of
from apps.review.domain.labels import participant_choices, status_choices
from apps.review.domain.locks import Ancestor
from apps.review.models import Filing, RequestState
from apps.review.models.statuses import Status
from apps.scope.paths import in_subtree
from apps.scope.prepared import Prepared
from apps.ui.filters import NameFilter

REPORTED = "reported"
EVERYBODY = "all"
REGIONAL = (Tier.PROVINCE, Tier.CITY)
"""Tiers with regions below them; the alliance's list has one row for each anyway."""
BUREAUS = [tier for tier in Tier if tier != Tier.INSTITUTION]
"""Named, so that an index finds them among thousands of institutions."""


class FilingFilter(django_filters.FilterSet):
    """审核状态, 机构, 区划, 异常. Without a status it shows what was ever reported (S0-15).

    What the province itself fills in is its own work from the beginning.
    """

    status = django_filters.ChoiceFilter(label="审核状态", method="at_status", empty_label=None)
    unit = NameFilter(
        "organization__name", "organization__pinyin", "organization__code", label="机构"
    )
    region = django_filters.ChoiceFilter(label="区划", method="in_region", empty_label="全部")

    marks = django_filters.ChoiceFilter(
        label="异常", choices=CHOICES, method="standing_out", empty_label="全部"
    )

    class Meta:
        model = Filing
        fields: list[str] = []

    def __init__(
        self,
        data: Mapping[str, str] | None = None,
        *args: Any,
        own: Filing | Ancestor,
        kind: str,
        **kwargs: Any,
    ) -> None:
        given = {key: value for key, value in (data or {}).items() if value}
        given.setdefault("status", REPORTED)
        super().__init__(given, *args, **kwargs)
        self.own, self.kind = own, kind
        if marking_of(kind) is None:
            del self.filters["marks"]
        choices = [
            (REPORTED, "已上报的单位"),
            (EVERYBODY, "全部参加单位"),
            *status_choices(own.tier),
        ]
        self.filters["status"].extra["choices"] = choices
        if own.tier in REGIONAL:
            # A function, because forms copy their fields and a method would drag the request along.
            self.filters["region"].extra["choices"] = lambda: self.region_choices
        else:
            del self.filters["region"]

    @cached_property
    def regions(self) -> dict[str, tuple[str, str]]:
        """By code, name and path of the bureaus directly below; asked for only where a page needs them."""
        rows = REGIONS(parent=self.own.organization_id)
        return {code: (division or name, path) for code, name, division, path in rows}

    @property
    def region_choices(self) -> list[tuple[str, str]]:
        return [(code, name) for code, (name, _path) in self.regions.items()]

    @property
    def is_narrowed(self) -> bool:
        """Whether anything beyond the first view was asked for."""
        given = {key for key in self.filters if self.data.get(key)}
        return bool(given - {"status"}) or self.data["status"] != REPORTED

    def at_status(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        if value == REPORTED:
            return rows.exclude(status=Status.EXCLUDED).exclude(
                status=Status.DRAFT, maintained=False
            )
        if value == EVERYBODY:
            return rows.exclude(status=Status.EXCLUDED)
        return rows.filter(status=value)

    def standing_out(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return narrowed(rows, self.kind, value)

    def in_region(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(in_subtree(self.regions[value][1]))


REGIONS: Prepared[tuple[str, str, str | None, str]] = Prepared(
    lambda parent: (
        Organization.objects.filter(parent_id=parent, tier__in=BUREAUS)
        .order_by("path")
        .values_list("code", "name", "division__name", "path")
    ),
    parent=BigIntegerField(),
)
"""Read by every list of a province or a city."""


class ParticipantFilter(django_filters.FilterSet):
    """机构, 状态: every participant of a round, whoever reviews it. The removed ones only when asked for."""

    unit = NameFilter(
        "organization__name", "organization__pinyin", "organization__code", label="机构"
    )
    status = django_filters.ChoiceFilter(
        label="状态", choices=participant_choices, method="at_status", empty_label="全部参加机构"
    )

    class Meta:
        model = Filing
        fields: list[str] = []

    @property
    def is_narrowed(self) -> bool:
        return any(self.data.get(name) for name in self.filters)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().filter_queryset(queryset)
        asked = self.form.cleaned_data.get("status") == Status.EXCLUDED
        return rows if asked else rows.exclude(status=Status.EXCLUDED)

    def at_status(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(status=value)


class WithdrawalFilter(django_filters.FilterSet):
    """医疗机构撤回处理: by unit and outcome."""

    unit = NameFilter(
        "filing__organization__name",
        "filing__organization__pinyin",
        "filing__organization__code",
        label="机构",
    )
    state = django_filters.ChoiceFilter(
        label="处理结果", choices=RequestState.choices, empty_label="全部"
    )


class OverdueFilter(django_filters.FilterSet):
    """逾期处理: by unit, and by whether anything was saved; the pile is a tab."""

    unit = NameFilter(
        "organization__name", "organization__pinyin", "organization__code", label="机构"
    )
    saved = django_filters.ChoiceFilter(
        label="保存情况",
        choices=[("saved", "已保存未上报"), ("blank", "没有保存过")],
        empty_label="全部",
        method="by_saved",
    )

    class Meta:
        model = Filing
        fields: list[str] = []

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.project = project

    def by_saved(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        begun = kind_of(self.project).started()
        return rows.filter(begun) if value == "saved" else rows.exclude(begun)

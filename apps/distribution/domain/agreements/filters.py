"""Query bars of agreements and of manufacturers."""

from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, QuerySet

from apps.distribution.models import Agreement, AgreementStatus
from apps.organizations.models import Enterprise
from apps.projects.models import Project, ProjectKind, WinningProduct
from apps.ui.filters import NameFilter

ALL = "全部"
PROJECTS_SHOWN = 50
ENTERPRISE = "名称 / 首字母 / 信用代码"


class AgreementFilter(django_filters.FilterSet):
    """协议编号, 项目, 状态, and the three parties."""

    code = django_filters.CharFilter(
        label="协议编号", field_name="code", lookup_expr="says", max_length=40
    )
    project = django_filters.ChoiceFilter(label="项目", field_name="project_id", empty_label=ALL)
    status = django_filters.ChoiceFilter(
        label="签署状态", choices=AgreementStatus.choices, empty_label=ALL
    )
    institution = NameFilter(
        "institution__name", "institution__pinyin", "institution__code", label="医疗机构"
    )
    manufacturer = NameFilter(
        "manufacturer__name",
        "manufacturer__pinyin",
        "manufacturer__uscc",
        label="生产企业",
        placeholder=ENTERPRISE,
    )
    carrier = NameFilter(
        "carrier__name",
        "carrier__pinyin",
        "carrier__uscc",
        label="配送企业",
        placeholder=ENTERPRISE,
    )

    class Meta:
        model = Agreement
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seen = Agreement.objects.order_by().values("project_id", "project__name").distinct()
        named = [(str(row["project_id"]), row["project__name"]) for row in seen[:PROJECTS_SHOWN]]
        self.filters["project"].extra["choices"] = named


class MakerFilter(django_filters.FilterSet):
    """项目, 企业, 是否发放."""

    project = django_filters.ChoiceFilter(label="项目", empty_label=ALL, method="of_project")
    name = NameFilter("name", "pinyin", "uscc", label="企业", placeholder=ENTERPRISE)
    issued = django_filters.ChoiceFilter(
        label="是否发放", choices=[("1", "是"), ("0", "否")], empty_label=ALL, method="with_issued"
    )

    class Meta:
        model = Enterprise
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Project.objects.of_kind(ProjectKind.ALLOCATION).recent_first()
        self.filters["project"].extra["choices"] = list(
            rows.values_list("code", "name")[:PROJECTS_SHOWN]
        )

    def of_project(
        self, rows: QuerySet[Enterprise], _name: str, value: str
    ) -> QuerySet[Enterprise]:
        won = WinningProduct.objects.filter(enterprise=OuterRef("pk"), project__code=value)
        return rows.filter(Exists(won))

    def with_issued(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """`username` is the list's own annotation."""
        return rows.filter(username__isnull=value == "0")

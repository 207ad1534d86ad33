"""Query bars of the pages of relations; each works on an index of `DeliveryRelation`."""

from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, QuerySet

from apps.accounts.models.roles import Role
from apps.distribution.domain.relations.directory import Unit, provinces, units_of
from apps.distribution.models import DeliveryRelation
from apps.distribution.models.relation_statuses import Status
from apps.projects.models import Project, ProjectKind, WinningProduct
from apps.scope.paths import ROOT, ancestors, in_subtree
from apps.ui.filters import NameFilter

ALL = "全部"
PROJECTS_SHOWN = 50
SHOWN_TO_ALL = [(status.value, status.label) for status in Status]


class PlaceFilterSet(django_filters.FilterSet):
    """Offers the parts of what the viewer oversees: provinces, a province's cities or a city's counties."""

    area = django_filters.ChoiceFilter(label="地区", method="within", empty_label=ALL)
    project = django_filters.ChoiceFilter(label="项目", field_name="project__code", empty_label=ALL)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parts = {unit.code: unit for unit in parts_of(self.request.user)}
        if self.parts:
            choices = [(unit.code, unit.name) for unit in self.parts.values()]
            self.filters["area"].extra["choices"] = choices
        else:
            del self.filters["area"]
        rows = Project.objects.of_kind(ProjectKind.ALLOCATION).filter(published_at__isnull=False)
        named = rows.recent_first().values_list("code", "name")[:PROJECTS_SHOWN]
        self.filters["project"].extra["choices"] = list(named)
        if self.request.user.role == Role.DISTRIBUTOR:
            del self.filters["project"]

    def within(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(in_subtree(self.parts[value].path))


def parts_of(user: Any) -> list[Unit]:
    """The units one level below where the viewer stands; enterprises stand where their account hangs."""
    top = top_of(user)
    if top == ROOT:
        return provinces()
    return [unit for unit in units_of(top) if unit.parent == top]


def top_of(user: Any) -> str:
    """The subtree that the viewer looks at: the country for a manufacturer, its province for a distributor."""
    if user.role == Role.MANUFACTURER or not user.path:
        return ROOT
    return ancestors(user.path)[-1] if user.enterprise_id else str(user.path)


class RelationFilter(PlaceFilterSet):
    product = NameFilter(
        "product__item__variety",
        "product__item__pinyin",
        "product__item__item_code",
        label="产品",
    )
    distributor = NameFilter(
        "carrier__name",
        "carrier__pinyin",
        "carrier__uscc",
        label="配送企业",
        placeholder="名称 / 首字母",
    )
    status = django_filters.ChoiceFilter(label="状态", choices=SHOWN_TO_ALL, empty_label=ALL)
    manufacturer = NameFilter(
        "manufacturer__name",
        "manufacturer__pinyin",
        "manufacturer__uscc",
        label="生产企业",
        placeholder="名称 / 首字母",
    )
    need = django_filters.ChoiceFilter(
        label="提示", choices=[("replace", "需更换")], method="needing", empty_label=ALL
    )

    class Meta:
        model = DeliveryRelation
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = {Role.MANUFACTURER: "manufacturer", Role.DISTRIBUTOR: "distributor"}
        if hidden := own.get(self.request.user.role):
            del self.filters[hidden]
        if hidden == "distributor":
            del self.filters["need"]
            seen = [choice for choice in SHOWN_TO_ALL if choice[0] != Status.DRAFT]
            self.filters["status"].extra["choices"] = seen
        order = ("product", "distributor", "manufacturer", "status", "area", "project", "need")
        for name in order:
            if name in self.filters:
                self.filters.move_to_end(name)

    def needing(self, rows: QuerySet[Any], _name: str, _value: str) -> QuerySet[Any]:
        found: QuerySet[Any] = rows.to_replace()  # type: ignore[attr-defined]
        return found


class ProductFilter(django_filters.FilterSet):
    """Of the products on the coverage page."""

    product = NameFilter("item__variety", "item__pinyin", "item__item_code", label="产品")
    manufacturer = NameFilter(
        "enterprise__name",
        "enterprise__pinyin",
        "enterprise__uscc",
        label="生产企业",
        placeholder="名称 / 首字母",
    )
    project = NameFilter("project__name", "project__pinyin", "project__code", label="项目")
    state = django_filters.ChoiceFilter(
        label="覆盖情况", choices=[("none", "尚无配送")], method="standing", empty_label=ALL
    )

    class Meta:
        model = WinningProduct
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.request.user.role == Role.MANUFACTURER:
            del self.filters["manufacturer"]

    def standing(self, rows: QuerySet[Any], _name: str, _value: str) -> QuerySet[Any]:
        delivering = DeliveryRelation.objects.all().delivering().filter(product=OuterRef("pk"))
        return rows.filter(~Exists(delivering))

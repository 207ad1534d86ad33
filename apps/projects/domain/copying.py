"""A new draft after the model of another project: always its policies, the rest as wanted."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet, Value

from apps.accounts.domain.actors import Actor
from apps.audit.services import record
from apps.projects.domain.lifecycle import save_new
from apps.projects.domain.refusals import ProjectRefused, place_of, require_alliance
from apps.projects.domain.sql import insert_select
from apps.projects.domain.words import POLICIES
from apps.projects.models import (
    TERMS,
    CatalogItem,
    Participation,
    PrimaryProvince,
    Project,
    ProjectWindow,
    SupplyProvince,
    WinningProduct,
    WinningTerms,
)

ITEM_FIELDS = tuple(
    field.name for field in CatalogItem._meta.concrete_fields if field.name not in {"id", "project"}
)


@dataclass(frozen=True, slots=True)
class CopyOptions:
    """What comes along beside the policies. Winners need the catalogue."""

    catalogue: bool = True
    winners: bool = True
    windows: bool = True
    participants: bool = True


@transaction.atomic
def copy_project(
    *, project: Project, code: str, name: str, options: CopyOptions, by: Actor
) -> Project:
    """A new draft with the policies of `project` and what `options` ask for; constant statements.

    Provinces' own settings stay behind: they are made in 筹备. Raises `CodeTaken`, `NotAllowed`.
    """
    require_alliance(by)
    if options.winners and not options.catalogue:
        raise ProjectRefused("复制中选结果时必须同时复制目录。")
    policies = {policy: getattr(project, policy) for policy in POLICIES}
    copy = save_new(
        Project(
            code=code,
            name=name,
            kind=project.kind,
            description=project.description,
            copied_from=project,
            **policies,
        )
    )
    _fill(copy, project, options)
    record(
        by=by,
        verb="复制",
        object=copy.name,
        sentence=f"由项目“{project.name}”复制新建“{copy.name}”（{copy.code}）",
        path=place_of(by),
        project_code=copy.code,
    )
    return copy


def _fill(copy: Project, source: Project, options: CopyOptions) -> None:
    if options.windows:
        windows = ProjectWindow.objects.filter(project=source)
        _copy_rows(copy, windows, ("tier", "opens_at", "closes_at", "is_on"))
    if options.participants:
        participations = Participation.objects.filter(project=source)
        _copy_rows(copy, participations, ("organization", "path", "obligation"))
    if options.catalogue:
        _copy_rows(copy, CatalogItem.objects.filter(project=source), ITEM_FIELDS)
    if options.winners:
        _copy_winners(copy, source)


def _copy_rows(copy: Project, rows: QuerySet[Any], fields: tuple[str, ...]) -> None:
    insert_select(rows.model, ("project", *fields), rows.values_list(Value(copy.pk), *fields))


def _copy_winners(copy: Project, source: Project) -> None:
    """Products by item code, their current terms as version 1, the provinces they supply first and at all."""
    items = dict(CatalogItem.objects.filter(project=copy).values_list("item_code", "pk"))
    olds = list(WinningProduct.objects.filter(project=source).annotate(code=F("item__item_code")))
    news = WinningProduct.objects.bulk_create(
        WinningProduct(
            project=copy,
            item_id=items[old.code],
            enterprise_id=old.enterprise_id,
            rank=old.rank,
            capacity=old.capacity,
            supply_rank=old.supply_rank,
        )
        for old in olds
    )
    successors = {old.pk: new for old, new in zip(olds, news, strict=True)}
    terms = list(WinningTerms.objects.filter(product__project=source).current())
    WinningTerms.objects.bulk_create(
        WinningTerms(
            product=successors[term.product_id],
            **{name: getattr(term, name) for name in TERMS},
        )
        for term in terms
    )
    for model in (SupplyProvince, PrimaryProvince):
        rows = model.objects.filter(product__project=source)
        made: list[Any] = [
            model(product=successors[row.product_id], province_id=row.province_id) for row in rows
        ]
        model.objects.bulk_create(made)

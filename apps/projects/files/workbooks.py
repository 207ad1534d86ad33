"""The imports and exports of projects: catalogue with winning results, and participants."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import F

from apps.accounts.models.roles import Permission
from apps.exchange.domain.dry_run import DryRun
from apps.exchange.domain.exports import About, ExportSpec
from apps.exchange.domain.imports import ImportSpec
from apps.exchange.domain.registry import register_export, register_import
from apps.exchange.files.readings import Reading
from apps.projects.domain.catalogue.acts import save_catalogue
from apps.projects.domain.participants.acts import choose_listed
from apps.projects.domain.refusals import ProjectRefused
from apps.projects.files.catalogue_check import CatalogueCheck
from apps.projects.files.columns import (
    CATALOGUE,
    ITEM_COLUMNS,
    ITEMS,
    PARTICIPANT_LIST,
    PARTICIPANTS,
    WINNERS,
)
from apps.projects.files.participants_check import check_participants
from apps.projects.models import TERMS, CatalogItem, Participation, Project, WinningProduct
from apps.projects.models.provinces import short_name

Context = Mapping[str, Any]


def project_of(context: Context) -> Project:
    """The project of an import. Raises `Project.DoesNotExist` outside the scope."""
    project: Project = Project.objects.get(pk=context["project_id"])
    return project


def lock_project(context: Context) -> None:
    Project.objects.select_for_update(of=("self",), no_key=True).get(pk=context["project_id"])


def stamp(context: Context) -> dict[str, str]:
    return {"项目": project_of(context).code}


def check_catalogue(reading: Reading, context: Context) -> DryRun:
    return CatalogueCheck(project_of(context)).run(reading)


def apply_catalogue(outcome: DryRun, *, by: Any, context: Context) -> None:
    save_catalogue(project=project_of(context), outcome=outcome, by=by)


def catalogue_records(project: Project) -> dict[str, Iterator[dict[str, Any]]]:
    """The sheets of the catalogue's workbook, as exported and as the template is prefilled."""
    return {ITEMS: item_records(project), WINNERS: winner_records(project)}


def item_records(project: Project) -> Iterator[dict[str, Any]]:
    fields = [column.key for column in ITEM_COLUMNS]
    rows = CatalogItem.objects.filter(project=project).order_by("position", "item_code")
    yield from rows.values(*fields).iterator()


def winner_records(project: Project) -> Iterator[dict[str, Any]]:
    products = WinningProduct.objects.filter(project=project).with_terms().with_supplies()
    ordered = products.select_related("item", "enterprise").order_by(
        "item__position", "item__item_code", "rank", "pk"
    )
    for product in ordered.iterator(chunk_size=2_000):
        supplies = product.supplies.all()
        yield {
            "item_code": product.item.item_code,
            "uscc": product.enterprise.uscc,
            "enterprise": product.enterprise.name,
            "rank": product.rank,
            **{name: getattr(product, name) for name in TERMS},
            "capacity": product.capacity,
            "supply_rank": product.supply_rank,
            "provinces": "、".join(short_name(supply.province) for supply in supplies),
            "primaries": "、".join(short_name(row.province) for row in product.primaries.all()),
        }


def check_listed(reading: Reading, context: Context) -> DryRun:
    return check_participants(project_of(context), reading)


def apply_listed(outcome: DryRun, *, by: Any, context: Context) -> None:
    choose_listed(project=project_of(context), listed=[*outcome.new, *outcome.changed], by=by)


def participant_records(project: Project) -> Iterator[dict[str, Any]]:
    rows = Participation.objects.filter(project=project).order_by("path")
    named = rows.values("obligation", code=F("organization__code"), name=F("organization__name"))
    yield from (dict(row) for row in named.iterator())


def why_not(context: Context) -> str:
    """Once the project is published nothing is imported any more: asked before a file is read."""
    project = project_of(context)
    if not project.is_frozen:
        return ""
    phase = project.get_phase_display()
    return f"项目处于“{phase}”阶段，不能再导入；目录和中选结果有误的，请在列表里逐项“更正”。"


CATALOGUE_IMPORT = register_import(
    ImportSpec(
        name=CATALOGUE.name,
        title="导入目录和中选结果",
        workbook=CATALOGUE,
        validate=check_catalogue,
        apply=apply_catalogue,
        prefill=lambda context: catalogue_records(project_of(context)),
        stamp=stamp,
        lock=lock_project,
        permissions=(Permission.MANAGE, Permission.IMPORT),
        refusals=(ProjectRefused,),
        why_not=why_not,
        help="“目录”和“中选结果”两张工作表可以一起导入，也可以只填一张；文件里没有的品规和列保持不变。",
    )
)

PARTICIPANT_IMPORT = register_import(
    ImportSpec(
        name=PARTICIPANT_LIST.name,
        title="按名单导入参加机构",
        workbook=PARTICIPANT_LIST,
        validate=check_listed,
        apply=apply_listed,
        stamp=stamp,
        lock=lock_project,
        permissions=(Permission.IMPORT,),
        refusals=(ProjectRefused,),
        why_not=why_not,
        help="名单里的机构加入项目，已参加的按名单调整参加方式；名单里没有的机构保持不变。",
    )
)


def about(context: Context) -> About:
    project = project_of(context)
    return About(project=f"{project.code} {project.name}", project_code=project.code)


def count_catalogue(context: Context) -> int:
    project = project_of(context)
    items = CatalogItem.objects.filter(project=project).count()
    return items + WinningProduct.objects.filter(project=project).count()


CATALOGUE_EXPORT = register_export(
    ExportSpec(
        name=CATALOGUE.name,
        title="导出目录和中选结果",
        workbook=CATALOGUE,
        rows=lambda context: catalogue_records(project_of(context)),
        count=count_catalogue,
        about=about,
        permissions=(Permission.EXPORT,),
    )
)

PARTICIPANT_EXPORT = register_export(
    ExportSpec(
        name=PARTICIPANT_LIST.name,
        title="导出参加机构",
        workbook=PARTICIPANT_LIST,
        rows=lambda context: {PARTICIPANTS: participant_records(project_of(context))},
        count=lambda context: Participation.objects.filter(
            project_id=context["project_id"]
        ).count(),
        about=about,
        permissions=(Permission.EXPORT,),
    )
)

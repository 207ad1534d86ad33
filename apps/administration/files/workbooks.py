"""Imports and the export of units and enterprises, with or without accounts for the new ones."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.http import QueryDict
from django.urls import reverse

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.calling import number_for
from apps.accounts.domain.issuing import open_sheet
from apps.accounts.domain.reads import ISSUE
from apps.accounts.models import SheetKind
from apps.accounts.models.roles import Permission
from apps.administration.domain.filters import UnitFilter
from apps.exchange.domain.dry_run import DryRun
from apps.exchange.domain.exports import About, ExportSpec
from apps.exchange.domain.imports import ImportSpec
from apps.exchange.domain.registry import register_export, register_import
from apps.jobs.services import enqueue
from apps.organizations.domain.enterprises import check_enterprises, save_enterprises
from apps.organizations.domain.unit_import import check_units, save_units
from apps.organizations.domain.units import UnitRefused
from apps.organizations.files.workbooks import ENTERPRISES, UNITS
from apps.organizations.models import Enterprise, Organization
from apps.ui.domain.conditions import conditions_of
from apps.ui.lists import matching

Context = Mapping[str, Any]


def _import_units(outcome: DryRun, *, by: Actor, context: Context) -> None:
    added = save_units(outcome, by=by)
    if context["with_accounts"]:
        _issue(by, SheetKind.UNITS, [unit.pk for unit in added])


def _import_enterprises(outcome: DryRun, *, by: Actor, context: Context) -> None:
    added = save_enterprises(outcome, by=by)
    if context["with_accounts"]:
        _issue(by, SheetKind.ENTERPRISES, [enterprise.pk for enterprise in added])


def _issue(by: Actor, kind: SheetKind, ids: list[int]) -> None:
    """Accounts for what was just added; the job starts when the import has committed."""
    if ids:
        sheet = open_sheet(by=by, kind=kind, target_ids=ids)
        back = reverse("accounts:issue_list")
        enqueue(
            ISSUE, by=by, title=f"发放账号：{sheet.title}"[:120], back_url=back, sheet_id=sheet.pk
        )


def enterprise_records(_context: Context) -> Mapping[str, Iterable[Mapping[str, Any]]]:
    """Every enterprise as the import takes it."""
    rows = Enterprise.objects.order_by("sort_key", "pk").values("uscc", "name", "address")
    return {ENTERPRISES.sheets[0].title: map(dict, rows.iterator())}


UNIT_IMPORT = register_import(
    ImportSpec(
        name="administration.units",
        title="导入机构",
        workbook=UNITS,
        validate=check_units,
        apply=_import_units,
        permissions=(Permission.MANAGE_ACCOUNTS,),
        refusals=(UnitRefused,),
        help="机构编码已存在时更新该机构，空白的单元格和隐去中间几位的电话保持原值；上级单位不能更改。",
    )
)
ENTERPRISE_IMPORT = register_import(
    ImportSpec(
        name="administration.enterprises",
        title="导入生产企业",
        workbook=ENTERPRISES,
        validate=check_enterprises,
        apply=_import_enterprises,
        prefill=enterprise_records,
        empty_too=True,
        permissions=(Permission.MANAGE_ACCOUNTS,),
        refusals=(UnitRefused,),
        help="统一社会信用代码已存在时更新企业名称和通信地址，空白的通信地址保持原值。",
    )
)


def exported_units(context: Context) -> Any:
    """The units that match the query bar, as the list shows them."""
    units = Organization.objects.below(context["top"]).select_related("parent", "reports_through")
    return matching(_asked(context, units.order_by("path")))


def _asked(context: Context, units: Any) -> UnitFilter:
    query = QueryDict(context["query"])
    return UnitFilter(query or None, queryset=units)


def _about(context: Context) -> About:
    asked = _asked(context, Organization.objects.none())
    return About(conditions=conditions_of(asked.form))


def _rows(context: Context) -> Mapping[str, Iterable[tuple[Any, ...]]]:
    units = exported_units(context).iterator(chunk_size=2_000)
    return {"医疗机构": _records(units, context.get("caller", ""))}


def _records(units: Iterable[Organization], caller: str) -> Iterator[tuple[Any, ...]]:
    for unit in units:
        yield (
            unit.code, unit.name, unit.parent.code if unit.parent else "", unit.grade, unit.ownership,
            unit.kind, unit.contact_name, number_for(caller, unit.path, unit.phone),
            unit.reports_through.code if unit.reports_through else "", unit.address,
        )  # fmt: skip


UNIT_EXPORT = register_export(
    ExportSpec(
        name="administration.units",
        title="导出机构",
        workbook=UNITS,
        rows=_rows,
        count=lambda context: exported_units(context).count(),
        about=_about,
        permissions=(Permission.EXPORT,),
    )
)

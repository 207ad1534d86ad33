"""The import of volumes, and the exports of allocation's lists."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone

from apps.accounts.models.roles import Permission
from apps.allocation.domain.filters import LineFilter, SupplyFilter
from apps.allocation.domain.overview_filters import (
    AgreementFilter,
    EnterpriseAgreementFilter,
    UnplacedFilter,
    VolumeFilter,
)
from apps.allocation.domain.reads import agreements, confirmed_lines, province_totals, supplies
from apps.allocation.domain.stops.reads import shares_of, stops_of
from apps.allocation.domain.substitution.missing import missing_of
from apps.allocation.domain.unplaced import item_records, unit_records, unplaced_rows
from apps.allocation.domain.volumes.acts import save_volumes
from apps.allocation.domain.wording import SLOT_TITLES
from apps.allocation.files import records
from apps.allocation.files.bureau_columns import (
    STOP_BOOK,
    STOPS,
    SUBSTITUTION,
    SUBSTITUTION_BOOK,
    UNPLACED_BOOK,
    UNPLACED_ITEMS,
    UNPLACED_UNITS,
)
from apps.allocation.files.columns import (
    AGREEMENT_BOOK,
    AGREEMENTS,
    HIS,
    HIS_BOOK,
    LINE_BOOK,
    LINES,
    SUPPLY,
    SUPPLY_BOOK,
    VOLUME_EXPORT_BOOK,
    VOLUME_IMPORT_BOOK,
    VOLUMES,
)
from apps.allocation.files.records import export_rows
from apps.allocation.files.volumes_check import check_volumes
from apps.allocation.models import AllocationRow, CapacityPool, ProductStop, Slot, SlotLine
from apps.exchange.domain.dry_run import DryRun
from apps.exchange.domain.exports import AT_ONCE, About, ExportSpec
from apps.exchange.domain.imports import ImportSpec
from apps.exchange.domain.registry import register_export, register_import
from apps.exchange.files.readings import Reading
from apps.projects.files.workbooks import lock_project, project_of, stamp, why_not
from apps.projects.models import Project
from apps.review.domain.refusals import ReviewRefused
from apps.review.models import Filing
from apps.ui.domain import conditions
from apps.ui.lists import matching

Context = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Viewer:
    """Where the reader stands, for filters that offer regions; a job has no request."""

    path: str

    @property
    def user(self) -> "Viewer":
        return self


def _filtered(filterset: type, rows: QuerySet[Any], context: Context) -> QuerySet[Any]:
    """The rows of a list as its address filtered them."""
    return matching(_filterset(filterset, rows, context))


def _filterset(filterset: type, rows: QuerySet[Any], context: Context) -> Any:
    data = QueryDict(context.get("query", ""))
    return filterset(data or None, queryset=rows, request=Viewer(context.get("place", "")))


def _capped(rows: QuerySet[Any]) -> int:
    """Counts no further than decides whether a job writes the file."""
    return rows.order_by()[: AT_ONCE + 1].count()


def _about(context: Context, filters: Any = None) -> About:
    project = project_of(context)
    asked = conditions.conditions_of(filters.form) if filters else ()
    return About(f"{project.code} {project.name}", project.code, asked)


def _about_filtered(filterset: type, model: type[Any], context: Context) -> About:
    return _about(context, _filterset(filterset, model.objects.none(), context))


def _volumes(context: Context) -> QuerySet[AllocationRow]:
    rows = AllocationRow.objects.of_project(project_of(context))
    volumes: QuerySet[AllocationRow] = _filtered(VolumeFilter, rows, context)
    return volumes.order_by("path", "item__position", "pk")


def _supplies(context: Context) -> QuerySet[Any]:
    return _filtered(SupplyFilter, supplies(project_of(context), context["place"]), context)


def _lines(context: Context) -> QuerySet[Any]:
    filing: Filing = Filing.objects.get(pk=context["filing_id"])
    return _filtered(LineFilter, confirmed_lines(filing), context)


def listed_agreements(context: Context) -> QuerySet[Any]:
    """The agreements of a list as its address filtered them: `by_province`, or by institution where that is open."""
    return matching(_agreement_filter(context))


def conditions_of(context: Context) -> list[str]:
    """What the address asked for, in words: `标的：骨科`."""
    asked = conditions.conditions_of(_agreement_filter(context).form)
    return [f"{label}：{words}" for label, words in asked]


def _agreement_filter(context: Context) -> Any:
    project: Project = project_of(context)
    is_own = bool(context.get("enterprise"))
    by_province = context.get("by_province") or (is_own and not project.concluded_at)
    rows = province_totals(project) if by_province else agreements(project)
    return _filterset(EnterpriseAgreementFilter if is_own else AgreementFilter, rows, context)


def _his(context: Context) -> QuerySet[Any]:
    rows = agreements(project_of(context)).filter(filing_id=context["filing_id"])
    return rows.select_related("filing__project")


def _unplaced(context: Context) -> QuerySet[Any]:
    rows = unplaced_rows(project_of(context), context["top"])
    return _filtered(UnplacedFilter, rows, context)


def _stop(context: Context) -> ProductStop:
    stop: ProductStop = stops_of(project_of(context)).get(pk=context["stop_id"])
    return stop


def _substitution(context: Context) -> Iterator[dict[str, Any]]:
    for row in export_rows(project_of(context), timezone.now()):
        yield row | {"slot": SLOT_TITLES[Slot(row["slot"])] if row["slot"] else "未能分配"}


def _substitution_size(context: Context) -> int:
    """Each open row makes a line or more; a guess is enough to tell a page from a job."""
    missing = missing_of(project_of(context), at=timezone.now())
    return _capped(
        AllocationRow.objects.filter(filing__in=missing.over.order_by().values("pk")).to_allocate()
    )


def _check(reading: Reading, context: Context) -> DryRun:
    return check_volumes(project_of(context), reading)


def _apply(outcome: DryRun, *, by: Any, context: Context) -> None:
    save_volumes(project=project_of(context), volumes=[*outcome.new, *outcome.changed], by=by)


def _streamed(rows: QuerySet[Any]) -> Iterator[Any]:
    return rows.iterator(chunk_size=2_000)


VOLUME_IMPORT = register_import(
    ImportSpec(
        name="allocation.volumes",
        title="导入分配量",
        workbook=VOLUME_IMPORT_BOOK,
        validate=_check,
        apply=_apply,
        stamp=stamp,
        lock=lock_project,
        permissions=(Permission.MANAGE, Permission.IMPORT),
        refusals=(ReviewRefused,),
        why_not=why_not,
        help="一行是一家机构的一个品规。约定采购量和后面五列空着时按项目政策计算；文件里没有的行保持不变。",
    )
)
VOLUME_EXPORT = register_export(
    ExportSpec(
        name="allocation.volumes",
        title="导出分配量",
        workbook=VOLUME_EXPORT_BOOK,
        rows=lambda context: {VOLUMES: records.volumes(_volumes(context))},
        count=lambda context: _capped(_volumes(context)),
        about=partial(_about_filtered, VolumeFilter, AllocationRow),
        permissions=(Permission.EXPORT,),
    )
)
SUPPLY_EXPORT = register_export(
    ExportSpec(
        name="allocation.supply",
        title="导出供应清单",
        workbook=SUPPLY_BOOK,
        rows=lambda context: {SUPPLY: map(records.supply, _streamed(_supplies(context)))},
        count=lambda context: _capped(_supplies(context)),
        about=partial(_about_filtered, SupplyFilter, CapacityPool),
        permissions=(Permission.EXPORT,),
    )
)
LINE_EXPORT = register_export(
    ExportSpec(
        name="allocation.lines",
        title="导出分配采购量明细",
        workbook=LINE_BOOK,
        rows=lambda context: {LINES: map(records.line, _streamed(_lines(context)))},
        count=lambda context: _capped(_lines(context)),
        about=partial(_about_filtered, LineFilter, SlotLine),
        permissions=(Permission.EXPORT,),
    )
)
AGREEMENT_EXPORT = register_export(
    ExportSpec(
        name="allocation.agreements",
        title="导出中选企业协议量明细",
        workbook=AGREEMENT_BOOK,
        rows=lambda context: {
            AGREEMENTS: records.agreements(_streamed(listed_agreements(context)))
        },
        count=lambda context: _capped(listed_agreements(context)),
        about=lambda context: _about(context, _agreement_filter(context)),
        permissions=(Permission.QUERY,),
    )
)
SUBSTITUTION_EXPORT = register_export(
    ExportSpec(
        name="allocation.substitution",
        title="导出系统代分预演",
        workbook=SUBSTITUTION_BOOK,
        rows=lambda context: {SUBSTITUTION: _substitution(context)},
        count=_substitution_size,
        about=_about,
        permissions=(Permission.EXPORT,),
    )
)
UNPLACED_EXPORT = register_export(
    ExportSpec(
        name="allocation.unplaced",
        title="导出未能分配",
        workbook=UNPLACED_BOOK,
        rows=lambda context: {
            UNPLACED_ITEMS: item_records(_unplaced(context)),
            UNPLACED_UNITS: unit_records(_unplaced(context)),
        },
        count=lambda context: _capped(_unplaced(context)),
        about=partial(_about_filtered, UnplacedFilter, AllocationRow),
        permissions=(Permission.QUERY, Permission.EXPORT),
    )
)
STOP_EXPORT = register_export(
    ExportSpec(
        name="allocation.stop",
        title="导出取消中选明细",
        workbook=STOP_BOOK,
        rows=lambda context: {STOPS: records.shares(_stop(context))},
        count=lambda context: _capped(shares_of(_stop(context))),
        about=_about,
        permissions=(Permission.EXPORT,),
    )
)
HIS_EXPORT = register_export(
    ExportSpec(
        name="allocation.his",
        title="导出（HIS）",
        workbook=HIS_BOOK,
        rows=lambda context: {HIS: map(records.his, _streamed(_his(context)))},
        count=lambda context: _capped(_his(context)),
        about=_about,
        permissions=(Permission.EXPORT,),
        csv_only=True,
    )
)

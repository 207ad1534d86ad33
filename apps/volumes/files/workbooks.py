"""The imports and exports of bases, rules and agreed volumes."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.db.models import F

from apps.accounts.models.roles import Permission
from apps.exchange.domain.dry_run import DryRun
from apps.exchange.domain.exports import About, ExportSpec
from apps.exchange.domain.imports import ImportSpec
from apps.exchange.domain.registry import register_export, register_import
from apps.exchange.files.columns import SHEET_NAME, WorkbookSpec
from apps.organizations.models import Tier
from apps.projects.files.workbooks import about, lock_project, project_of, stamp, winner_records
from apps.projects.models import CatalogItem
from apps.review.models import Filing
from apps.volumes.domain.agreed.rows import AgreedRow, agreed_rows, quantities_below
from apps.volumes.domain.bases.rows import BaseRow, base_rows, rows_of_each
from apps.volumes.domain.grouped import By, Group, agreed_groups, base_groups
from apps.volumes.domain.guards import BASE_FIXED, is_base_fixed
from apps.volumes.domain.imports import save_conversions, save_results
from apps.volumes.domain.refusals import VolumesRefused
from apps.volumes.files.columns import (
    AGREED,
    BELOW,
    BY_LOT,
    BY_MAIN,
    CLASSES,
    CONVERSION_BOOK,
    CONVERSIONS,
    RESULTS,
    UNITS,
    agreed_book,
    base_book,
)
from apps.volumes.files.conversions_check import check_conversions
from apps.volumes.files.result_columns import RESULT_BOOK
from apps.volumes.files.results_check import check_results
from apps.volumes.models import AgreedVersion, BaseVersion, Conversion, ItemRule, UnitRule
from apps.volumes.models.base import Version
from apps.volumes.models.rules import UNIT_FIELDS

Context = Mapping[str, Any]
Record = dict[str, Any]
NATION = "全国"
GROUPED = {BY_MAIN: By.MAIN, BY_LOT: By.LOT}
"""Sheets of sums beside those of items."""
UNFIT = re.compile(r"[\[\]:*?/\\]")


def conversion_records(context: Context) -> Iterator[Record]:
    """Every item of the catalogue, with the coefficient that it has now."""
    project = project_of(context)
    held = {row.item_id: row for row in Conversion.objects.filter(project=project)}
    items = CatalogItem.objects.filter(project=project).order_by("position", "item_code")
    codes = {item.pk: item.item_code for item in items}
    for item in items:
        own = held.get(item.pk)
        yield {
            "item_code": item.item_code,
            "variety": item.variety,
            "specification": item.specification,
            "main": codes[own.main_id] if own else item.item_code,
            "coefficient": own.coefficient if own else 1,
            "across": True if own and own.is_across_confirmed else None,
        }


def result_records(context: Context) -> dict[str, Iterator[Record]]:
    """As they stand, ready to be completed: the same winners that the allocation will be given."""
    project = project_of(context)
    units = UnitRule.objects.filter(project=project).order_by("competition_unit")
    classes = ItemRule.objects.filter(project=project).order_by("item__position", "item_id")
    named = classes.values(
        "ratio_class",
        item_code=F("item__item_code"),
        variety=F("item__variety"),
        specification=F("item__specification"),
    )
    return {
        RESULTS: winner_records(project),
        UNITS: iter(units.values("competition_unit", *UNIT_FIELDS)),
        CLASSES: iter(named),
    }


def _apply_conversions(outcome: DryRun, *, by: Any, context: Context) -> None:
    save_conversions(project=project_of(context), outcome=outcome, by=by)


def _apply_results(outcome: DryRun, *, by: Any, context: Context) -> None:
    save_results(project=project_of(context), outcome=outcome, by=by)


def _notes(version: Version, digest: str) -> list[str]:
    return [f"{version} · {version.standing.label} · 数据摘要 {digest}"]


def _filing(context: Context) -> Filing:
    """Raises `Filing.DoesNotExist` outside the scope."""
    filing: Filing = Filing.objects.select_related("organization__division").get(
        pk=context["filing_id"]
    )
    return filing


def _base_version(context: Context) -> BaseVersion:
    version: BaseVersion = BaseVersion.objects.get(pk=context["version_id"])
    return version


def _base_filings(context: Context) -> dict[str, Filing]:
    """By sheet title: the nation and its provinces, or the unit itself."""
    own = _filing(context)
    if not own.is_root:
        return {sheet_title(own.organization.name, ()): own}
    missing = _base_version(context).missing
    below = Filing.objects.children_of(own).select_related("organization__division")
    filings = {NATION: own}
    for filing in below.order_by("path"):
        if filing.path not in missing:
            named = filing.organization.division or filing.organization
            filings[sheet_title(named.name, filings)] = filing
    return filings


def sheet_title(name: str, taken: Collection[str]) -> str:
    """As Excel takes it: short, without its special characters, and once in a workbook."""
    title = UNFIT.sub("", name)[: SHEET_NAME - 3] or "单位"
    return title if title not in taken else f"{title}{len(taken)}"


def _base_book(context: Context) -> WorkbookSpec:
    version = _base_version(context)
    return base_book(list(_base_filings(context)), _notes(version, version.totals_hash))


def _base_records(context: Context) -> dict[str, Iterator[Record]]:
    version, filings = _base_version(context), _base_filings(context)
    own = next(iter(filings.values()))
    given = list(filings.values())
    rows = rows_of_each(version, given) if own.is_root else {own.pk: base_rows(version, own)}
    by_title = {title: rows[filing.pk] for title, filing in filings.items()}
    sheets = {title: map(_base_record, own_rows) for title, own_rows in by_title.items()}
    sums = {sheet: _base_sums(by_title, by) for sheet, by in GROUPED.items()}
    return sheets | sums  # type: ignore[return-value]


def _base_sums(rows: Mapping[str, list[BaseRow]], by: By) -> Iterator[Record]:
    """Of every unit, by its name."""
    for name, own in rows.items():
        yield from ({"name": name} | group_record(group) for group in base_groups(own, by))


def group_record(group: Group) -> Record:
    """Of a main specification or a lot; each sheet takes the columns that it has."""
    return {
        "main": group.first.item_code,
        "variety": group.name,
        "specification": group.first.specification,
        "lot": group.name,
        "unit": group.unit,
        "mains": group.mains,
        "parts": "、".join(map(str, group.converted)),
        **dict(zip(("base", "agreed", "kept", "pending"), group.sums, strict=False)),
    }


def _base_record(row: BaseRow) -> Record:
    return {
        "item_code": row.item.item_code,
        "variety": row.item.variety,
        "specification": row.item.specification,
        "unit": row.item.unit,
        "quantity": row.quantity,
        "coefficient": row.coefficient,
        "main": row.main.item_code,
        "converted": row.converted,
    }


def _count_base(context: Context) -> int:
    items = CatalogItem.objects.filter(project_id=context["project_id"]).count()
    return items * len(_base_filings(context)) * (1 + len(GROUPED))


def _agreed_version(context: Context) -> AgreedVersion:
    version: AgreedVersion = AgreedVersion.objects.get(pk=context["version_id"])
    return version


def _agreed_book(context: Context) -> WorkbookSpec:
    version = _agreed_version(context)
    below = _filing(context).tier != Tier.INSTITUTION
    return agreed_book(below=below, notes=_notes(version, version.digest))


def _agreed_records(context: Context) -> dict[str, Iterator[Record]]:
    version, filing = _agreed_version(context), _filing(context)
    rows = agreed_rows(version, filing)
    sheets = {AGREED: map(_agreed_record, rows)}
    for sheet, by in GROUPED.items():
        sheets[sheet] = map(group_record, agreed_groups(rows, by))
    if filing.tier != Tier.INSTITUTION:
        sheets[BELOW] = _below(version, filing)  # type: ignore[assignment]
    return sheets  # type: ignore[return-value]


def _agreed_record(row: AgreedRow) -> Record:
    held, terms = row.held, row.terms
    return {
        "item_code": row.item.item_code,
        "variety": row.item.variety,
        "specification": row.item.specification,
        "unit": row.item.unit,
        "competition_unit": row.item.competition_unit,
        "coefficient": terms.coefficient,
        "main": terms.main.item_code if terms.main else row.item.item_code,
        "converted": row.converted,
        "rule": terms.get_rule_display(),
        "ratio_class": terms.get_ratio_class_display(),
        "winners": terms.winners,
        "ratio": terms.ratio * 100,
        "rounding": terms.get_rounding_display(),
        "base": held.base,
        "agreed": held.agreed,
        "kept": held.kept,
        "pending": held.pending,
        "fixed": held.fixed,
    }


def _below(version: AgreedVersion, filing: Filing) -> Iterator[Record]:
    rows = quantities_below(version, filing).order_by("filing__path", "item__position", "item_id")
    names = {
        "code": "filing__organization__code",
        "name": "filing__organization__name",
        "item_code": "item__item_code",
        "variety": "item__variety",
        "specification": "item__specification",
    }
    figures = ("base", "agreed", "kept", "pending", "fixed")
    for row in rows.values(*names.values(), *figures).iterator(chunk_size=2_000):
        yield {key: row[path] for key, path in names.items()} | {key: row[key] for key in figures}


def _count_agreed(context: Context) -> int:
    """A guess: not every unit has every item."""
    items = CatalogItem.objects.filter(project_id=context["project_id"]).count()
    return items * (1 + Filing.objects.filter(parent_id=context["filing_id"]).count())


def _about(context: Context) -> About:
    return about(context)


CONVERSION_IMPORT = register_import(
    ImportSpec(
        name=CONVERSION_BOOK.name,
        title="导入折算系数",
        workbook=CONVERSION_BOOK,
        validate=lambda reading, context: check_conversions(reading, project_of(context)),
        apply=_apply_conversions,
        prefill=lambda context: {CONVERSIONS: conversion_records(context)},
        stamp=stamp,
        lock=lock_project,
        permissions=(Permission.MANAGE, Permission.IMPORT),
        refusals=(VolumesRefused,),
        why_not=lambda context: BASE_FIXED if is_base_fixed(project_of(context)) else "",
        help="模板里已有目录的全部品规，系数为 1。同一品种的几个规格折算到主规格；文件里没有的品规保持不变。",
    )
)
RESULT_IMPORT = register_import(
    ImportSpec(
        name=RESULT_BOOK.name,
        title="导入中选结果和竞争单元规则",
        workbook=RESULT_BOOK,
        validate=lambda reading, context: check_results(reading, project_of(context)),
        apply=_apply_results,
        prefill=result_records,
        stamp=stamp,
        lock=lock_project,
        permissions=(Permission.MANAGE, Permission.IMPORT),
        refusals=(VolumesRefused,),
        help="“中选结果”每行是一家企业的一个中选品规，价格、产能等可以以后补充；“竞争单元”另行指定规则、类别、"
        "中选企业数和降幅参数；“品规类别”另行指定品规的类别。可以只填一张；文件里没有的列保持不变。",
    )
)
BASE_EXPORT = register_export(
    ExportSpec(
        name="volumes.base",
        title="导出约定采购量计算基数",
        workbook=_base_book,
        rows=_base_records,
        count=_count_base,
        about=_about,
        permissions=(Permission.EXPORT,),
    )
)
AGREED_EXPORT = register_export(
    ExportSpec(
        name="volumes.agreed",
        title="导出约定采购量",
        workbook=_agreed_book,
        rows=_agreed_records,
        count=_count_agreed,
        about=_about,
        permissions=(Permission.EXPORT,),
    )
)

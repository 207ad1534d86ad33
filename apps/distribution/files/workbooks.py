"""Imports and exports of delivery."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from apps.accounts.domain.actors import Actor
from apps.accounts.models.roles import Permission
from apps.distribution.domain.distributors.acts import Facts
from apps.distribution.domain.distributors.importing import lock_for_import, save_distributors
from apps.distribution.domain.refusals import DistributorRefused
from apps.distribution.files.columns import DISTRIBUTOR_BOOK, DISTRIBUTORS
from apps.distribution.files.distributor_check import check
from apps.distribution.models import DistributorAccount
from apps.exchange.domain.dry_run import DryRun
from apps.exchange.domain.imports import ImportSpec
from apps.exchange.domain.registry import register_import

Context = Mapping[str, Any]


def _apply(outcome: DryRun, *, by: Actor, context: Context) -> None:
    save_distributors(outcome, by=by)


def _records(context: Context) -> Iterator[dict[str, str]]:
    """The province's distributors as the import takes them."""
    rows = DistributorAccount.objects.filter(province_id=context["province_id"])
    for row in rows.select_related("enterprise").order_by("pk").iterator(chunk_size=2_000):
        facts = Facts.of(row)
        yield {field.name: getattr(facts, field.name) for field in fields(facts)}


DISTRIBUTOR_IMPORT = register_import(
    ImportSpec(
        name="distribution.distributors",
        title="导入配送企业",
        workbook=DISTRIBUTOR_BOOK,
        validate=check,
        apply=_apply,
        prefill=lambda context: {DISTRIBUTORS: _records(context)},
        empty_too=True,
        lock=lambda context: lock_for_import(context["province_id"]),
        permissions=(Permission.MANAGE_ACCOUNTS,),
        refusals=(DistributorRefused,),
        help="每行一家配送企业，导入后尚未发放账号。统一社会信用代码已在本省时更新该企业，空白的省级耗材网采用户名保持原值。",
    )
)

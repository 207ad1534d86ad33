"""Imports and exports of delivery."""

from collections.abc import Mapping
from typing import Any

from apps.accounts.actors import Actor
from apps.accounts.roles import Permission
from apps.exchange.dry_run import DryRun
from apps.exchange.imports import ImportSpec
from apps.exchange.registry import register_import

from . import relation_workbooks as relation_workbooks  # noqa: PLC0414 declares its own
from .columns import DISTRIBUTOR_BOOK
from .distributor_check import check
from .refusals import DistributorRefused
from .services.importing import lock_for_import, save_distributors

Context = Mapping[str, Any]


def _apply(outcome: DryRun, *, by: Actor, context: Context) -> None:
    save_distributors(outcome, by=by)


DISTRIBUTOR_IMPORT = register_import(
    ImportSpec(
        name="distribution.distributors",
        title="导入配送企业",
        workbook=DISTRIBUTOR_BOOK,
        validate=check,
        apply=_apply,
        lock=lambda context: lock_for_import(context["province_id"]),
        permissions=(Permission.MANAGE_ACCOUNTS,),
        refusals=(DistributorRefused,),
        help="每行一家配送企业，导入后尚未发放账号。统一社会信用代码已在本省时更新该企业，空白的省级耗材网采用户名保持原值。",
    )
)

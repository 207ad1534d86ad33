"""Imports and exports of delivery."""

from collections.abc import Mapping
from typing import Any

from apps.accounts.domain.actors import Actor
from apps.accounts.models.roles import Permission
from apps.distribution.domain.distributors.importing import lock_for_import, save_distributors
from apps.distribution.domain.refusals import DistributorRefused
from apps.distribution.files.columns import DISTRIBUTOR_BOOK
from apps.distribution.files.distributor_check import check
from apps.exchange.domain.dry_run import DryRun
from apps.exchange.domain.imports import ImportSpec
from apps.exchange.domain.registry import register_import

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

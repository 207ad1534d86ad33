"""Notices for enterprises: they stand in no subtree, so a notice reaches them by the role that it names."""

from typing import Any

from apps.scope.conditions import ScopeCondition, Sql
from apps.scope.context import Scope

ENTERPRISE_AUDIENCES = ["manufacturer", "distributor"]


class AddressedToEnterprises(ScopeCondition):
    """The viewer is an enterprise and the notice's audience names enterprises.

    `NoticeQuerySet.for_reader` narrows further to the publishers above the account.
    """

    def condition(self, scope: Scope, sql: str, params: list[Any]) -> Sql:
        if scope.enterprise_id is None:
            return "FALSE", []
        return f"{sql} && %s::varchar[]", [*params, ENTERPRISE_AUDIENCES]


class SentToEnterprise(ScopeCondition):
    """The row's path is that of an account of the viewer's enterprise: `/0/42/E7/`.

    By an account from the alliance whoever issued it, by a province's what that province issued.
    """

    def condition(self, scope: Scope, sql: str, params: list[Any]) -> Sql:
        if scope.enterprise_id is None:
            return "FALSE", []
        last = f"E{scope.enterprise_id}/"
        if scope.enterprise_within is not None:
            return f"{sql} = %s", [*params, f"{scope.enterprise_within}{last}"]
        return f"RIGHT({sql}, %s) = %s", [*params, len(last) + 1, f"/{last}"]

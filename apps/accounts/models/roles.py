"""Who may do which kind of act. Three questions, three places: rows are the scope's, turns are the machine's.

The table below is the whole policy, constraints of the database are made from it; a sub-account holds a subset of its
main account's rights.
"""

from collections.abc import Mapping
from types import MappingProxyType

from django.db import models


class Role(models.TextChoices):
    """What an account acts as. The first five follow the tier of its organisation."""

    ALLIANCE = "alliance", "联采办"
    PROVINCE = "province", "省医保"
    CITY = "city", "市医保"
    COUNTY = "county", "区县医保"
    INSTITUTION = "institution", "医疗机构"
    MANUFACTURER = "manufacturer", "生产企业"
    DISTRIBUTOR = "distributor", "配送企业"
    SYSTEM = "system_admin", "系统管理员"
    SECURITY = "security_admin", "安全管理员"
    AUDIT = "audit_admin", "审计管理员"


class Permission(models.TextChoices):
    """A kind of act, in the words of the manuals."""

    QUERY = "query", "查询"
    MAINTAIN = "maintain", "维护"
    REPORT = "report", "上报"
    REVIEW = "review", "审核"
    IMPORT = "import", "导入"
    EXPORT = "export", "导出"
    MANAGE = "manage", "管理"
    MANAGE_ACCOUNTS = "manage_accounts", "账号管理"
    RESET_PASSWORDS = "reset_passwords", "密码重置"
    DELIVERY = "delivery", "配送关系"
    AREA = "area", "配送区域"


_P = Permission

ROLE_PERMISSIONS: Mapping[str, frozenset[Permission]] = MappingProxyType(
    {
        Role.ALLIANCE: frozenset(
            {_P.QUERY, _P.REPORT, _P.REVIEW, _P.IMPORT, _P.EXPORT, _P.MANAGE}
            | {_P.MANAGE_ACCOUNTS, _P.RESET_PASSWORDS}
        ),
        Role.PROVINCE: frozenset(
            {_P.QUERY, _P.MAINTAIN, _P.REPORT, _P.REVIEW, _P.IMPORT, _P.EXPORT}
            | {_P.MANAGE_ACCOUNTS, _P.RESET_PASSWORDS}
        ),
        Role.CITY: frozenset({_P.QUERY, _P.REVIEW, _P.REPORT, _P.EXPORT, _P.RESET_PASSWORDS}),
        Role.COUNTY: frozenset({_P.QUERY, _P.REVIEW, _P.REPORT, _P.EXPORT, _P.RESET_PASSWORDS}),
        Role.INSTITUTION: frozenset({_P.QUERY, _P.MAINTAIN, _P.REPORT, _P.EXPORT}),
        Role.MANUFACTURER: frozenset({_P.QUERY, _P.MAINTAIN, _P.DELIVERY}),
        Role.DISTRIBUTOR: frozenset({_P.QUERY, _P.AREA, _P.DELIVERY}),
        Role.SYSTEM: frozenset(),
        Role.SECURITY: frozenset(),
        Role.AUDIT: frozenset(),
    }
)
ORGANIZATION_ROLES = (Role.ALLIANCE, Role.PROVINCE, Role.CITY, Role.COUNTY, Role.INSTITUTION)
ENTERPRISE_ROLES = (Role.MANUFACTURER, Role.DISTRIBUTOR)
ADMINISTRATOR_ROLES = (Role.SYSTEM, Role.SECURITY, Role.AUDIT)
"""Separated (三员分立): reference data, accounts, the log. They hold no kind of act of the business, and none two."""

GUARDED_ROLES = (Role.ALLIANCE, Role.PROVINCE, *ADMINISTRATOR_ROLES)
"""Whose password nobody resets alone."""

ACCOUNT_RIGHTS = frozenset({_P.MANAGE_ACCOUNTS, _P.RESET_PASSWORDS})
"""What lets an account reach into other accounts."""

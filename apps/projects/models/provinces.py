"""Provinces by the names that people write: 湖北, 湖北省, 42, 420000, 湖北省医疗保障局."""

import re
from collections.abc import Iterable

from apps.organizations.models import Organization, Tier

SUFFIXES = re.compile(r"(维吾尔自治区|壮族自治区|回族自治区|自治区|生产建设兵团|省|市)$")
SPECIAL = {"新疆生产建设兵团": "兵团", "兵团": "兵团"}


def short_name(province: Organization) -> str:
    """湖北, 内蒙古, 兵团: how tables and workbooks call a province."""
    full = province.division.name if province.division else province.name
    return SPECIAL.get(full) or SUFFIXES.sub("", full)


def provinces() -> list[Organization]:
    """The provinces within the scope, in the order of their codes."""
    rows = Organization.objects.filter(tier=Tier.PROVINCE).select_related("division")
    return list(rows.order_by("path"))


def by_any_name(known: Iterable[Organization]) -> dict[str, Organization]:
    """Each province under every name it goes by."""
    provinces: dict[str, Organization] = {}
    for province in known:
        names = {province.code, province.name, short_name(province)}
        if province.division:
            names |= {province.division.code, province.division.name}
        provinces |= dict.fromkeys(names, province)
    return provinces

"""A unit that closes, merges or comes back; the caller holds it, says who may, and writes the log.

Invariant: a unit that merged is shut, and names an institution of its province that reports for itself.
"""

from collections.abc import Mapping

from apps.organizations.domain import codes
from apps.organizations.domain.units import UnitRefused
from apps.organizations.models import Organization, OrganizationQuerySet
from apps.scope.context import whole_country
from apps.scope.paths import in_subtree, province_path

SUCCESSORS = "a unit names the one that it merges into, which its own scope doesn't show"
PASSED = ("reports_through", "merged_into")
CARRIED = "who reports through a unit may stand anywhere in its province"


def successor_named(unit: Organization, code: str) -> Organization:
    """The institution that `unit` merges into. Raises `UnitRefused`."""
    code = codes.normalized(code)
    with whole_country(reason=SUCCESSORS):
        near = Organization.objects.institutions().filter(in_subtree(province_path(unit.path)))
        found: Organization | None = near.filter(code=code).first()
    if found is None:
        raise UnitRefused(f"本省没有编码为 {code} 的医疗机构。", field="successor")
    if problem := why_no_successor(unit, found):
        raise UnitRefused(problem, field="successor")
    return found


def why_no_successor(unit: Organization, successor: Organization) -> str:
    """Why the unit can't merge into the other, as a sentence; empty if it can."""
    if successor.pk == unit.pk:
        return "机构不能并入自己。"
    if not successor.is_active:
        return f"{successor.name}已禁用或已并入其他机构，不能承接。"
    if successor.reports_through_id:
        return f"{successor.name}由其他机构代报，不能承接。"
    return ""


def locked_units(*pks: int | None) -> dict[int, Organization]:
    """By key, locked in the order of keys; those outside the scope are absent."""
    rows = Organization.objects.filter(pk__in=[pk for pk in pks if pk])
    held = rows.select_for_update(of=("self",), no_key=True).order_by("pk")
    return {unit.pk: unit for unit in held}


def shut(unit: Organization, *, successor: Organization | None = None) -> dict[str, list[int]]:
    """Its accounts can't sign in. With a successor, who reported through it or merged into it is the successor's.

    Returns who that is, for `open_again`.
    """
    unit.is_active, unit.merged_into = False, successor
    unit.save(update_fields=["is_active", "merged_into"])
    if successor is None:
        return {}
    with whole_country(reason=CARRIED):
        return {
            name: _passed(Organization.objects.filter(**{name: unit}), name, successor)
            for name in PASSED
        }


def _passed(units: OrganizationQuerySet, name: str, successor: Organization) -> list[int]:
    keys = list(units.order_by("pk").values_list("pk", flat=True))
    Organization.objects.filter(pk__in=keys).update(**{name: successor})
    return keys


def open_again(
    unit: Organization, successor: Organization | None, passed: Mapping[str, list[int]]
) -> None:
    """As before `shut`: what it passed to the successor is its own again, if it is still the successor's."""
    unit.is_active, unit.merged_into = True, None
    unit.save(update_fields=["is_active", "merged_into"])
    with whole_country(reason=CARRIED):
        for name in PASSED:
            still = Organization.objects.filter(pk__in=passed.get(name, []), **{name: successor})
            still.update(**{name: unit})


def carried_by(unit: Organization) -> int:
    """How many institutions report through it."""
    with whole_country(reason=CARRIED):
        number: int = Organization.objects.filter(reports_through=unit).count()
    return number

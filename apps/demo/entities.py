"""The demo's institutions and enterprises. Invariant: codes name them; a second load changes nothing."""

from apps.organizations.bureaus import load_bureaus, read_divisions
from apps.organizations.models import Enterprise, Level, Organization, Tier

from .fixtures import DemoInstitution, enterprises, institutions

CONTACT = "采购办公室"
PHONE = "000-0000{number:04d}"


def load_entities() -> None:
    """The real divisions with their bureaus, then the demo's units on them."""
    load_bureaus(read_divisions())
    _load_institutions()
    _load_enterprises()


def _load_institutions() -> None:
    parents = Organization.objects.in_bulk(
        {each.parent for each in institutions()}, field_name="code"
    )
    Organization.objects.bulk_create(
        (
            _unit(parents[each.parent], each, number)
            for number, each in enumerate(institutions(), start=1)
        ),
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "pinyin", "sort_key", "grade", "ownership", "kind"],
    )
    for each in institutions():
        if each.through:
            through = Organization.objects.get(code=each.through)
            Organization.objects.filter(code=each.code, reports_through=None).update(
                reports_through=through
            )


def _unit(parent: Organization, each: DemoInstitution, number: int) -> Organization:
    return Organization.at(
        parent,
        code=each.code,
        name=each.name,
        level=Level.INSTITUTION,
        tier=Tier.INSTITUTION,
        division_id=parent.division_id,
        grade=each.grade,
        ownership=each.ownership,
        kind=each.kind,
        contact_name=CONTACT,
        phone=PHONE.format(number=number),
    )


def _load_enterprises() -> None:
    Enterprise.objects.bulk_create(
        (Enterprise.named(each.uscc, each.name) for each in enterprises()),
        update_conflicts=True,
        unique_fields=["uscc"],
        update_fields=["name", "pinyin", "sort_key"],
    )


def enterprise_by_key() -> dict[str, Enterprise]:
    """The demo's enterprises by the keys that its medicines name."""
    known = Enterprise.objects.in_bulk([each.uscc for each in enterprises()], field_name="uscc")
    return {each.key: known[each.uscc] for each in enterprises()}

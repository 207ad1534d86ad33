"""The demo's institutions and enterprises, by the product's own imports. A second load changes nothing."""

from apps.accounts.domain.actors import Actor
from apps.administration.files.workbooks import ENTERPRISE_IMPORT, UNIT_IMPORT
from apps.exchange.files.rendering import Record
from apps.organizations.domain.bureaus import load_bureaus, read_divisions
from apps.organizations.models import Organization

from .fixtures import DemoInstitution, enterprises, institutions
from .importing import import_records

CONTACT = "采购办公室"
PHONE = "000-0000{number:04d}"
WITHOUT_ACCOUNTS = {"with_accounts": False}


def load_entities() -> None:
    """The real divisions with their bureaus, then the demo's units on them."""
    load_bureaus(read_divisions())
    by = Actor.system()
    units = [
        _unit(institution, number) for number, institution in enumerate(institutions(), start=1)
    ]
    import_records(UNIT_IMPORT, {"医疗机构": units}, context=WITHOUT_ACCOUNTS, by=by)
    makers: list[Record] = [
        {"uscc": enterprise.uscc, "name": enterprise.name, "address": f"医药产业园 {number} 号"}
        for number, enterprise in enumerate(enterprises(), start=1)
    ]
    import_records(ENTERPRISE_IMPORT, {"生产企业": makers}, context=WITHOUT_ACCOUNTS, by=by)
    _open_again()


def _unit(institution: DemoInstitution, number: int) -> Record:
    return {
        "code": institution.code,
        "name": institution.name,
        "parent_code": institution.parent,
        "grade": institution.grade,
        "ownership": institution.ownership,
        "kind": institution.kind,
        "contact_name": CONTACT,
        "phone": PHONE.format(number=number),
        "through_code": institution.through,
        "address": f"人民路 {number} 号",
    }


def _open_again() -> None:
    """What a visitor has shut."""
    codes = [institution.code for institution in institutions()]
    Organization.objects.filter(code__in=codes, is_active=False).update(is_active=True)

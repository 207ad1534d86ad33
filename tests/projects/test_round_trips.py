"""What is exported is imported again with nothing to change, whatever its texts look like."""

import io

import pytest

from apps.exchange.files.reader import read_workbook
from apps.exchange.files.templates import write_template
from apps.exchange.files.writer import write_xlsx
from apps.organizations.domain.enterprises import check_enterprises
from apps.organizations.domain.unit_import import check_units
from apps.organizations.files.workbooks import ENTERPRISES, UNITS
from apps.organizations.models import Enterprise, Organization
from apps.projects.files.catalogue_check import CatalogueCheck
from apps.projects.files.columns import CATALOGUE
from apps.projects.files.workbooks import catalogue_records
from apps.projects.models import CatalogItem
from tests.exchange.nasty import NASTY
from tests.factories import EnterpriseFactory
from tests.factories_projects import CatalogItemFactory, ProjectFactory

pytestmark = pytest.mark.usefixtures("db", "country", "tree")
NAMES = [f"{text}公司" for text in NASTY if any(char.isalpha() for char in text)]
TEXTS = ("lot", "product_group", "competition_unit", "dosage_form", "specification")


@pytest.fixture(params=["template", "export"])
def read_again(request):
    def read(spec, rows):
        if request.param == "template":
            return read_workbook(io.BytesIO(write_template(spec, rows)), spec)
        file = io.BytesIO()
        write_xlsx(file, spec, rows)
        file.seek(0)
        return read_workbook(file, spec)

    return read


def unchanged(reading, outcome):
    assert [*reading.problems, *outcome.problems] == []
    assert not outcome.changes_something
    assert list(outcome.changes) == []
    return len(outcome.unchanged)


def test_a_catalogue(read_again):
    project = ProjectFactory()
    for number, text in enumerate(NASTY):
        name = f"药{text}"
        item = CatalogItemFactory(
            project=project, item_code=f"N{number}", variety=name, position=number + 1
        )
        CatalogItem.objects.filter(pk=item.pk).update(
            manufacturer_name=name, unified_code=f"{number:04d}", **dict.fromkeys(TEXTS, text)
        )

    reading = read_again(CATALOGUE, catalogue_records(project))

    assert unchanged(reading, CatalogueCheck(project).run(reading)) == len(NASTY)


def test_enterprises(read_again):
    for name in NAMES:
        EnterpriseFactory(name=name)
    rows = Enterprise.objects.order_by("pk").values("uscc", "name")

    reading = read_again(
        ENTERPRISES, {ENTERPRISES.sheets[0].title: [{**row, "verified": None} for row in rows]}
    )

    assert unchanged(reading, check_enterprises(reading, {})) == len(rows)


def test_units(read_again, tree):
    unit = tree["H42010600001"]
    for name in NAMES:
        Organization.objects.filter(pk=unit.pk).update(name=name, contact_name=name[:50])
        unit.refresh_from_db()
        record = {
            "code": unit.code, "name": unit.name, "parent_code": unit.parent.code, "grade": unit.grade,
            "ownership": unit.ownership, "kind": unit.kind, "contact_name": unit.contact_name,
            "phone": unit.phone, "through_code": "",
        }  # fmt: skip

        reading = read_again(UNITS, {UNITS.sheets[0].title: [record]})

        assert unchanged(reading, check_units(reading, {})) == 1

"""Every workbook that can be imported comes back unchanged: as its template is filled, or as its list is exported.

In a world whose names are written as spreadsheets, XML and people get them wrong. A new import without a line fails.
"""

import io
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pgtrigger
import pytest
from django.db.models import QuerySet

from apps.exchange.domain.exports import ExportSpec
from apps.exchange.domain.imports import ImportSpec
from apps.exchange.files.columns import WorkbookSpec
from apps.exchange.files.reader import read_workbook
from apps.exchange.files.templates import write_template
from apps.exchange.files.writer import write_xlsx
from apps.organizations.models import Enterprise, Organization
from apps.projects.models import CatalogItem, Project, ProvinceSettings, ReportingMode
from apps.reporting.models import DemandLine
from tests import factories_demand as demand
from tests.exchange.nasty import NASTY
from tests.net.access_world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("country")]

TEXTS = ("lot", "product_group", "dosage_form", "specification", "registration_no", "filling_note")
Rows = Mapping[str, Iterable[Any]]


@dataclass(frozen=True)
class Trip:
    """How the rows leave the platform: by an export, else by the filled template."""

    context: Callable[[World], dict[str, Any]]
    export: str = ""
    least: int = 1


def of(code: str, **more: Any) -> Callable[[World], dict[str, Any]]:
    return lambda _world: {"project_id": Project.objects.get(code=code).pk, **more}


def own_sheet(world: World) -> dict[str, Any]:
    unit, project = world.people["hospital"].organization, Project.objects.get(code="BL-HUBEI")
    return {"project_id": project.pk, "filing_id": demand.filing_of(project, unit).pk}


def of_unit(world: World) -> dict[str, Any]:
    unit = world.people["hospital"].organization
    return {"project_id": Project.objects.get(code="FL-HUBEI").pk, "unit_id": unit.pk}


def of_maker(world: World) -> dict[str, Any]:
    maker = world.people["maker"]
    return {"enterprise_id": maker.enterprise_id, "user_id": maker.pk}


ALL = {"place": "/0/", "query": ""}
TRIPS: dict[str, Trip] = {
    "projects.catalogue": Trip(of("FL-HUBEI"), export="projects.catalogue", least=4),
    "projects.participants": Trip(of("FL-HUBEI"), export="projects.participants", least=3),
    "projects.own_codes": Trip(of_unit, export="projects.own_codes"),
    "allocation.volumes": Trip(of("FL-HUBEI", **ALL), export="allocation.volumes", least=2),
    "reporting.purchases": Trip(of("BL-HUBEI", **ALL), export="reporting.purchases"),
    "reporting.entry": Trip(own_sheet, least=4),
    "reporting.maintenance": Trip(of("BL-KEPT"), least=4),
    "volumes.conversions": Trip(of("BL-HUBEI-V"), least=1),
    "volumes.results": Trip(of("BL-HUBEI-V"), least=1),
    "administration.units": Trip(
        lambda _world: {"top": "/0/42/", "query": "tier=institution", "with_accounts": False},
        export="administration.units",
        least=3,
    ),
    "administration.enterprises": Trip(lambda _world: {"with_accounts": False}, least=3),
    "distribution.distributors": Trip(
        lambda world: {"province_id": world.people["province"].organization_id}, least=2
    ),
    "distribution.choices": Trip(of_maker, export="distribution.relations"),
}


def declared(kind: type) -> dict[str, Any]:
    """What the apps declare, by name."""
    modules = [
        m for name, m in list(sys.modules.items()) if name.startswith("apps.") and ".files." in name
    ]
    found = [each for module in modules for each in vars(module).values() if isinstance(each, kind)]
    return {each.name: each for each in found}


def test_every_import_has_its_way_back() -> None:
    assert set(declared(ImportSpec)) == set(TRIPS)


@pytest.fixture
def kept(world: World) -> Project:
    """A round that the province fills in, with a line of words."""
    unit, province = world.people["hospital"].organization, world.people["province"].organization
    project = demand.demand_project([unit], code="BL-KEPT", chain=["province"])
    ProvinceSettings.objects.create(
        project=project, province=province, path=province.path, chain=["province"],
        mode=ReportingMode.MAINTAINED,
    )  # fmt: skip
    demand.published(project, world.people["alliance"])
    demand.planned(project, unit, {"P0001": 100})
    return project


def rename(rows: QuerySet[Any], text: str, **longest: int) -> None:
    """The text in all of these columns, made different from row to row where names have to be."""
    for row in rows:
        values = {name: f"{text}公司{row.pk}"[:most] for name, most in longest.items()}
        type(row).objects.filter(pk=row.pk).update(**values)


def write_nastily(text: str) -> None:
    """Whatever people write: names of units, enterprises and items, words of explanations."""
    with pgtrigger.ignore():
        rename(Enterprise.objects.all(), text, name=120)
        rename(Organization.objects.filter(tier="institution"), text, name=120, contact_name=50)
        rename(CatalogItem.objects.all(), text, variety=100, manufacturer_name=120)
        CatalogItem.objects.update(**dict.fromkeys(TEXTS, text))
        DemandLine.objects.update(reason="other", explanation=text)


def written(spec: WorkbookSpec, rows: Rows, *, is_template: bool) -> io.BytesIO:
    file = io.BytesIO()
    if is_template:
        file.write(write_template(spec, rows))
    else:
        write_xlsx(file, spec, rows)
    file.seek(0)
    return file


def leaving(spec: ImportSpec, trip: Trip, context: dict[str, Any]) -> tuple[WorkbookSpec, Rows]:
    if trip.export:
        export: ExportSpec = declared(ExportSpec)[trip.export]
        return export.workbook_for(context), export.rows(context)
    return spec.workbook_for(context), spec.prefill(context)


@pytest.mark.parametrize("name", TRIPS)
def test_what_left_comes_back_unchanged(name: str, world: World, kept: Project) -> None:
    spec, trip = declared(ImportSpec)[name], TRIPS[name]
    demand.planned(
        Project.objects.get(code="BL-HUBEI"), world.people["hospital"].organization, {"P0001": 2}
    )
    wrong = []
    for text in NASTY:
        if not any(character.isalpha() for character in text):
            continue
        write_nastily(text)
        context = trip.context(world)
        book, rows = leaving(spec, trip, context)
        rows = {title: list(each) for title, each in rows.items()}
        for is_template in (False, True):
            own = spec.workbook_for(context)
            file = written(own if is_template else book, rows, is_template=is_template)
            reading = read_workbook(file, own)
            outcome = spec.validate(reading, context)
            said = [each.message for each in (*reading.problems, *outcome.problems)]
            moved = len(outcome.new) + len(outcome.changed) + len(list(outcome.changes))
            if said or moved or len(outcome.unchanged) < trip.least:
                counts = (len(outcome.new), len(outcome.changed), len(outcome.unchanged))
                wrong.append((text, is_template, counts, said[:3]))

    assert wrong == []

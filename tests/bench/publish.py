"""Publishing a national round: freezing its policies, planting 46,000 filings and splitting their volumes."""

from collections.abc import Iterator

from django.db import connection

from apps.accounts.domain.actors import Actor
from apps.allocation.models import AllocationRow
from apps.organizations.models import Organization
from apps.projects.models import Project
from apps.review.domain.rounds.publishing import publish_project
from apps.scope.context import whole_country
from tests.bench.measurement import Measurement
from tests.bench.rounds import committed, counted, national

SMALL, LARGE = 4_600, 46_000
# What the database needs to write that many bare rows of the same width, with no index, check or trigger.
FLOOR = """
    CREATE TEMP TABLE floor ON COMMIT DROP AS
    SELECT p.*, o.name, o.tier FROM projects_participation p
    JOIN organizations_organization o ON o.id = p.organization_id WHERE p.project_id = %s
"""


def measure() -> Iterator[Measurement]:
    with whole_country(reason="bench"):
        small, large = national("BENCH-P1", SMALL), national("BENCH-P2", LARGE)
        rows = AllocationRow.objects.of_project(large).count()
        detail = f"{LARGE:,} institutions, {Organization.objects.bureaus().count():,} bureaus, {rows:,} volumes"
        for project, institutions in ((small, SMALL), (large, LARGE)):
            statements = counted(lambda project=project: _publish(project))
            yield Measurement(
                f"publish_statements_{institutions}",
                statements,
                "statements",
                f"{institutions:,} institutions",
            )
        yield Measurement(
            "publish_floor",
            committed(lambda: _floor(large)),
            "s",
            f"{LARGE:,} bare rows copied in SQL",
        )
        yield Measurement(
            "publish", committed(lambda: _publish(large)), "s", f"{detail}, committed"
        )


def _publish(project: Project) -> int:
    return publish_project(project, by=Actor.system())


def _floor(project: Project) -> None:
    with connection.cursor() as cursor:
        cursor.execute(FLOOR, [project.pk])

"""发布 of a national round on its page: the click, the job, policies frozen, 46,000 filings planted, all committed."""

from collections.abc import Iterator

from django.core.management import call_command
from django.test import Client

from apps.accounts.domain.actors import Actor
from apps.allocation.models import AllocationRow
from apps.organizations.models import Organization
from apps.projects.models import Project
from apps.review.domain.rounds.publishing import publish_project
from apps.review.models import Filing
from apps.scope.context import whole_country
from tests.bench.measurement import Measurement, scaled
from tests.bench.rounds import account_of, counted, national
from tests.bench.rounds.bare import bare_seconds
from tests.bench.rounds.pages import done_by_job, signed_in
from tests.bench.rounds.working import worker

SMALL, LARGE = scaled(4_600, least=2_100), scaled(46_000, least=2_200)
"""Both so large that publishing is a job."""
BARE = ("CREATE TABLE bench_filing (LIKE review_filing INCLUDING ALL)",)
KEPT = "INSERT INTO bench_filing OVERRIDING SYSTEM VALUE SELECT * FROM review_filing WHERE project_id = %s"


def measure() -> Iterator[Measurement]:
    call_command("collectstatic", interactive=False, verbosity=0)
    with whole_country(reason="bench"):
        rounds = {number: national(f"BENCH-P{number}", number) for number in (SMALL, LARGE)}
        for number, project in rounds.items():
            yield Measurement(
                f"publish_statements_{number}",
                counted(lambda project=project: _publish(project)),
                "statements",
                f"{number:,} institutions",
            )
        office = signed_in(account_of(Organization.objects.get(path="/0/")))
    with worker():
        taken = [_on_its_page(office, project) for project in rounds.values()]  # the first warms up
    yield Measurement("publish", taken[-1], "s", _detail(rounds[LARGE]))
    floor = bare_seconds(BARE, [(KEPT, [rounds[LARGE].pk])])
    yield Measurement("publish_limit", floor, "s", "as many filings, bare and durable")


def _publish(project: Project) -> int:
    return publish_project(project, by=Actor.system())


def _on_its_page(office: Client, project: Project) -> float:
    return done_by_job(office, f"/review/{project.code}/publish/", {})


def _detail(project: Project) -> str:
    with whole_country(reason="bench"):
        filings = Filing.objects.of_project(project).count()
        rows = AllocationRow.objects.of_project(project).count()
    return f"{LARGE:,} institutions, {filings:,} filings, {rows:,} volumes; from the click to the job's end"

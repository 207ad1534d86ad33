"""From the reports of a country to a published allocation: base, agreed volumes, generation, and their pages.

On a copy of the round `NATIONAL` (`rounds.national`), which is finished first by the product's own acts. The acts are
those that the pages' jobs call; each is committed within its own time.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from http import HTTPStatus
from statistics import median
from typing import TypeVar

from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.allocation.domain.generation.acts import generate_draft, generate_volumes, refresh_preview
from apps.allocation.models import AllocationRow
from apps.demo.demand.catalogue import drugs
from apps.demo.importing import import_records
from apps.organizations.models import Organization
from apps.projects.models import Project
from apps.review.domain.rounds.concluding import conclude_project
from apps.review.domain.rounds.publishing import publish_project
from apps.review.models import Filing
from apps.scope.context import whole_country
from apps.volumes.domain.agreed.acts import generate_agreed, publish_agreed
from apps.volumes.domain.bases.acts import generate_base, publish_base
from apps.volumes.domain.versions import review_version
from apps.volumes.files.columns import CONVERSIONS, RESULTS, UNITS
from apps.volumes.files.workbooks import CONVERSION_IMPORT, RESULT_IMPORT
from apps.volumes.models import AgreedQuantity, AgreedTerms
from tests.bench.measurement import Measurement
from tests.bench.rounds import account_of
from tests.bench.rounds.finishing import add_winners, conversions, finish, results, rules
from tests.bench.rounds.national import CODE, INSTITUTIONS, ITEMS

DRAFT, SAMPLES = "BENCH-V", 7
LOOKING = {"alliance": "0", "province": "42", "city": "420100"}
T = TypeVar("T")


def measure() -> Iterator[Measurement]:
    call_command("collectstatic", interactive=False, verbosity=0)
    with whole_country(reason="bench"):
        officer = account_of(Organization.objects.get(path="/0/"))
        by, source = Actor.of(officer), Project.objects.get(code=CODE)
        yield from _agreed(source, by)
        accounts, pages = _accounts(source), _pages(source)
    yield from _looked_at(accounts, pages)
    with whole_country(reason="bench"):
        yield from _allocation(source, by)
    office = {"alliance": officer}
    pages = tuple(
        f"/allocation/{DRAFT}/{page}/" for page in ("generation", "designations", "substitution")
    )
    yield from _looked_at(office, pages)


def _timed(act: Callable[[], T]) -> tuple[T, float]:
    """With its commit, which checks every foreign key."""
    begin = time.perf_counter()
    with transaction.atomic():
        done = act()
    return done, time.perf_counter() - begin


def _agreed(project: Project, by: Actor) -> Iterator[Measurement]:
    finish(project, by)
    context, items = {"project_id": project.pk}, drugs()[:ITEMS]
    records = {CONVERSIONS: list(conversions(items))}
    import_records(CONVERSION_IMPORT, records, context=context, by=by)
    base, seconds = _timed(lambda: generate_base(project=project, by=by, confirmed=True))
    yield Measurement("volumes_base", seconds, "s", f"{INSTITUTIONS:,} institutions")
    _, seconds = _timed(lambda: publish_base(version=review_version(version=base, by=by), by=by))
    yield Measurement("volumes_base_publish", seconds, "s", "with the hash over all totals")
    conclude_project(project, by=by, confirmed=True)
    won = {RESULTS: list(results(items)), UNITS: list(rules(items))}
    import_records(RESULT_IMPORT, won, context=context, by=by)
    version, seconds = _timed(lambda: generate_agreed(project=project, by=by))
    rows = AgreedQuantity.objects.filter(version=version).count()
    yield Measurement("volumes_agreed", seconds, "s", f"{rows:,} rows, rules R1, R2, R4 and R6")
    publish_agreed(version=review_version(version=version, by=by), by=by)


def _accounts(project: Project) -> dict[str, User]:
    units = {name: Organization.objects.get(code=code) for name, code in LOOKING.items()}
    found = {name: account_of(unit) for name, unit in units.items()}
    below = Filing.objects.of_project(project).institutions().filter(status="approved")
    clerk = below.filter(path__startswith=units["city"].path).select_related("organization").first()
    return found | {"institution": account_of(clerk.organization)} if clerk else found


def _pages(project: Project) -> tuple[str, ...]:
    terms = AgreedTerms.objects.filter(version__project=project, winners__gt=0)
    item = terms.order_by("item").values_list("item", flat=True)[0]
    lists = (f"/analysis/{CODE}/base/", f"/analysis/{CODE}/agreed/")
    return (*lists, f"/analysis/{CODE}/agreed/items/{item}/")


def _looked_at(accounts: dict[str, User], pages: Sequence[str]) -> Iterator[Measurement]:
    for who, account in accounts.items():
        client = Client(HTTP_HOST="localhost")
        client.force_login(account)
        for page in pages:
            with CaptureQueriesContext(connection) as captured:
                if client.get(page).status_code != HTTPStatus.OK:
                    raise RuntimeError(f"{page} as {who}")
            detail = f"{page}, {len(captured)} statements"
            taken = [_timed(lambda c=client, p=page: c.get(p))[1] for _ in range(SAMPLES)]  # type: ignore[misc]
            name = page.strip("/").split("/")[2]
            yield Measurement(f"volumes_page_{name}_{who}", median(taken) * 1000, "ms", detail)


def _allocation(source: Project, by: Actor) -> Iterator[Measurement]:
    draft = generate_draft(source=source, code=DRAFT, name="全国分量（测量）", by=by)
    add_winners(draft, by)
    rows, seconds = _timed(lambda: generate_volumes(project=draft, by=by))
    detail = f"{rows:,} rows"
    yield Measurement("volumes_generate", seconds, "s", f"{detail}, with their preview")
    _, seconds = _timed(lambda: refresh_preview(project=draft, by=by))
    yield Measurement("volumes_preview", seconds, "s", f"{detail}, computed anew")
    _, seconds = _timed(lambda: publish_project(draft, by=by))
    kept = AllocationRow.objects.of_project(draft).filter(kept__gt=0).count()
    yield Measurement("volumes_publish", seconds, "s", f"{detail}, {kept:,} confirmed lines")

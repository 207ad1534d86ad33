"""更正 of a pack that thousands of reports of a country rest on, on its page: what it says before, and what it does.

On a copy of the round `NATIONAL` (`rounds.national`): items of the lower part of the sheet, which drafts have not come
to, so that twenty institutions go on typing that no correction touches. The first correction gives back packages of
every tier; the others meet these at work already. Server, worker and clients share this machine, so of the saves the
ratio counts, not the figures.
"""

import itertools
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db.models import Count
from django.test import Client
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.organizations.models import Organization
from apps.projects.domain.corrections.fields import Kind, subject_of
from apps.projects.models import CatalogItem, Correction, Project
from apps.reporting.models import DemandLine
from apps.review.domain.rounds.correcting import correct
from apps.review.models import Filing
from apps.review.models.statuses import FROZEN, Status
from apps.scope.context import whole_country
from apps.scope.paths import ancestors
from tests.bench.measurement import Measurement, median_ratio, p95, scaled, stopwatch
from tests.bench.rounds import account_of, counted
from tests.bench.rounds.browsers import Browser, at_work
from tests.bench.rounds.national import CODE, INSTITUTIONS
from tests.bench.rounds.pages import done_by_job, signed_in
from tests.bench.rounds.reporting import Reporter, desk_of
from tests.bench.rounds.server import served
from tests.bench.rounds.working import worker
from tests.correcting import wanted
from tests.pages import shown
from tests.unit_changing import PNG

TOUCHED = scaled(5_000, least=350)
"""So many that a page leaves it to a job."""
TURNS, TYPISTS, TYPING, RESTING = 3, 20, 1.0, 15
"""How often without and with; the pause of a browser, and how long without, in seconds."""


@dataclass(frozen=True)
class Turn:
    """One correction: of so many filings, seconds of its preview and of the act, and of saves without and beside it."""

    touched: int
    preview: float
    act: float
    alone: Sequence[float]
    beside: Sequence[float]


def measure() -> Iterator[Measurement]:
    call_command("collectstatic", interactive=False, verbosity=0)
    with whole_country(reason="bench"):
        project = Project.objects.get(code=CODE)
        officer = account_of(Organization.objects.get(path="/0/"))
        held = _held(project)
        desks = _typists(project)
        for name, item in (("", held[0]), ("_more", held[-1])):
            statements = counted(partial(_corrected, project, item, officer))
            detail = f"{item.touched:,} filings"
            yield Measurement(f"correction_statements{name}", statements, "statements", detail)
    office = signed_in(officer)
    with served() as port, worker():
        browsers = [Browser(port, desk) for desk in desks]
        at_work(browsers, TYPING, partial(time.sleep, RESTING / 3))  # warm
        yield from _told([_turn(office, browsers, project, item) for item in held[:TURNS]])


def _held(project: Project) -> Sequence[Any]:
    """Items by how many filings hold some of them, from the one that comes nearest to what is wanted."""
    last = CatalogItem.objects.filter(project=project).order_by("-position")
    late = list(last.values_list("pk", flat=True)[: last.count() // 3])
    lines = DemandLine.objects.filter(item__in=late, planned__gt=0)
    rows = (
        lines.exclude(filing__status=Status.EXCLUDED)
        .values("item")
        .annotate(touched=Count("filing"))
    )
    touched = {row["item"]: row["touched"] for row in rows if row["touched"] >= TOUCHED}
    items = list(CatalogItem.objects.filter(pk__in=touched))
    for item in items:
        item.touched = touched[item.pk]
    return sorted(items, key=lambda item: touched[item.pk])


def _typists(project: Project) -> list[Reporter]:
    """Institutions in the middle of their sheets, with nothing above them handed in."""
    filings = Filing.objects.of_project(project)
    frozen = set(filings.filter(status__in=FROZEN).values_list("path", flat=True))
    begun = DemandLine.objects.filter(filing__in=filings.filter(status=Status.DRAFT))
    drafts = filings.filter(pk__in=begun.values("filing")).select_related("organization")
    free = (each for each in drafts.order_by("pk") if not frozen.intersection(ancestors(each.path)))
    return [
        desk_of(CODE, filing.organization, filing, list(_items_of(filing)))
        for filing in itertools.islice(free, TYPISTS)
    ]


def _items_of(filing: Filing) -> Any:
    lines = DemandLine.objects.filter(filing=filing)
    return lines.order_by("item__position").values_list("item", flat=True)


def _corrected(project: Project, item: CatalogItem, officer: User) -> Correction:
    asked = wanted(item, pack_quantity=item.pack_quantity + 1)
    return correct(project=project, wanted=asked, by=Actor.of(officer))


def _turn(office: Client, browsers: Sequence[Browser], project: Project, item: Any) -> Turn:
    with whole_country(reason="bench"):
        form = _form(project, item)
    url = f"/review/{CODE}/corrections/item/{item.pk}/"
    page = form | shown(office, url)
    with stopwatch() as looking:
        answer = office.post(url, page | {"preview": ""})
    if "将退回的机构申报" not in answer.content.decode():
        raise RuntimeError(f"{url}: {answer.status_code}")
    alone = at_work(browsers, TYPING, partial(time.sleep, RESTING))
    acting: list[float] = []
    applied = form | {"apply": "", "file": SimpleUploadedFile("公告.png", PNG, "image/png")}
    beside = at_work(browsers, TYPING, lambda: acting.append(done_by_job(office, url, applied)))
    return Turn(item.touched, looking.seconds, acting[0], alone, beside)


def _form(project: Project, item: CatalogItem) -> dict[str, Any]:
    subject = subject_of(project, Kind.ITEM, item.pk)
    values = subject.values if subject else {}
    texts = {name: "" if value in (None, False) else str(value) for name, value in values.items()}
    day = timezone.localdate() + timedelta(days=3)
    ends = {"deadline_0": f"{day:%Y-%m-%d}", "deadline_1": "24:00"}
    changed = {"pack_quantity": str(item.pack_quantity + 1), "reason": "公告包装有误"}
    return texts | ends | changed


def _told(turns: Sequence[Turn]) -> Iterator[Measurement]:
    with whole_country(reason="bench"):
        returned = Correction.objects.get(project__code=CODE, number=1).returned
    detail = f"{turns[0].touched:,} filings of {INSTITUTIONS:,}"
    slowest = max(turn.preview for turn in turns)
    yield Measurement("correction_preview", slowest, "s", f"{detail}; the slowest of {len(turns)}")
    how = (
        f"{returned:,} given back, from the click to the job's end, {TYPISTS} people type beside it"
    )
    yield Measurement("correction", turns[0].act, "s", f"{detail}, {how}")
    for name in ("alone", "beside"):
        taken = list(itertools.chain.from_iterable(getattr(turn, name) for turn in turns))
        saves = f"{TYPISTS} browsers, a row each {TYPING:g} s: {len(taken)} saves"
        yield Measurement(f"correction_saving_{name}_p95", p95(taken) * 1_000, "ms", saves)
    ratio = median_ratio([(p95(turn.alone), p95(turn.beside)) for turn in turns])
    of = f"of p95, median of {len(turns)} corrections"
    yield Measurement("correction_saving_ratio", ratio, "×", of)

"""Rounds that several benchmarks measure on. No benchmark itself: `bin/bench` runs the modules beside this folder."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.usernames import username_of
from apps.accounts.models import User
from apps.demo.catalogue import repeated
from apps.demo.entities import load_entities
from apps.demo.institutions import CENTRE, Institution, choose, load_institutions
from apps.demo.national import load_volumes, prepare
from apps.demo.spreading import Step, tell
from apps.organizations.models import Organization
from apps.projects.models import Project
from apps.review.domain.rounds.publishing import publish_project
from apps.review.models import Filing
from apps.review.models.statuses import Action
from tests.bench.owning import owning

Act = Callable[[], object]
PROVINCE = "42"
ITEMS = 8


@dataclass(frozen=True)
class DirectRound:
    """A province with thousands of reports waiting for it directly, and who reviews them."""

    project: Project
    own: Filing
    reviewer: User
    by: Actor

    def waiting(self) -> list[Filing]:
        return list(Filing.objects.children_of(self.own).awaiting_review())


def national(code: str, institutions: int) -> Project:
    """A round ready to be published, with a few volumes for each institution."""
    with owning():
        load_entities()
        chosen = choose(institutions, 1, Organization.objects.bureaus().order_by("path"))
        load_institutions(chosen)
        return _prepared(code, chosen)


def direct(code: str, institutions: int) -> DirectRound:
    """A published round: so many institutions report straight to the province, and all have."""
    chosen = [
        Institution(PROVINCE, f"H420000{20_000 + number}", f"湖北省直属第{number}门诊部", CENTRE)
        for number in range(1, institutions + 1)
    ]
    with owning():
        load_entities()
        load_institutions(chosen)
        project = _prepared(code, chosen)
    publish_project(project, by=Actor.system())
    own = Filing.objects.select_related("organization").get(
        project=project, organization__code=PROVINCE
    )
    with owning():
        tell(_all_submitted(own))
    reviewer = account_of(own.organization)
    return DirectRound(project, own, reviewer, Actor.of(reviewer))


def account_of(unit: Organization) -> User:
    """The unit's main account; its password doesn't matter here."""
    found = User.objects.main_accounts().filter(organization=unit).first()
    if found is None:
        found = User.for_organization(
            unit, username_of(unit), password=make_password(None), must_change_password=False
        )
        found.save()
    return User.objects.select_related("organization").get(pk=found.pk)


def counted(act: Act) -> int:
    """How many statements the act takes; its effect is rolled back."""
    with transaction.atomic(), CaptureQueriesContext(connection) as captured:
        act()
        transaction.set_rollback(True)
    return len([each for each in captured if not each["sql"].startswith(("SAVEPOINT", "RELEASE"))])


def committed(act: Act) -> float:
    """Seconds of the act with its commit, which checks every foreign key; its effect stays."""
    begin = time.perf_counter()
    with transaction.atomic():
        act()
    return time.perf_counter() - begin


def _prepared(code: str, chosen: list[Institution]) -> Project:
    """A code of its own each time: a second run finds the rounds of the first."""
    with transaction.atomic():
        project = prepare(f"{code}-{secrets.token_hex(3)}", chosen, timezone.now())
        load_volumes(project, chosen, repeated(ITEMS), seed=1)
    return project


def _all_submitted(own: Filing) -> dict[int, list[Step]]:
    now = timezone.now()
    below = Filing.objects.children_of(own).values_list("pk", "organization__name")
    return {pk: [Step(Action.SUBMIT, name, now)] for pk, name in below}

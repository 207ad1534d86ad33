"""The demo's allocation `DEMO-LV-FL`: generated from the agreed volumes of `DEMO-LV`, published and begun.

Invariant: made once by the product's own services; every later load only moves its windows, so that it is always open.
"""

from collections.abc import Mapping

from django.db import transaction

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.allocation.domain.generation.acts import generate_draft, generate_volumes
from apps.allocation.models import AllocationRow, SlotLine
from apps.projects.domain.lifecycle import start_preparation
from apps.projects.models import Project
from apps.review.domain.performing import perform
from apps.review.domain.rounds.publishing import publish_project
from apps.review.models import Filing
from apps.review.models.statuses import Action
from apps.scope.sql import freshen

from .allocation_round import set_windows
from .demand.rounds import SEASON
from .filling import fill, fill_half
from .fixtures import institutions
from .progress import actors_by_code

CODE, NAME = "DEMO-LV-FL", "耗材和药品集中采购约定采购量分配（演示）"
COUNTY, CITY = "420106", "420100"
"""Whose institutions have begun, and who approves them."""


def load_generated_round() -> None:
    project = Project.objects.filter(code=CODE).first()
    alliance = Actor.of(User.objects.select_related("organization").get(username="alliance"))
    if project is None:
        _make(alliance)
    elif project.is_in_progress:
        set_windows(project, alliance)


@transaction.atomic
def _make(by: Actor) -> None:
    source = Project.objects.get(code=SEASON)
    project = generate_draft(source=source, code=CODE, name=NAME, by=by)
    generate_volumes(project=project, by=by)
    set_windows(project, by)
    start_preparation(project=project, by=by)
    publish_project(project, by=by)
    freshen(Filing, AllocationRow, SlotLine)
    project.refresh_from_db()
    _begin(project, actors_by_code())


def _begin(project: Project, actors: Mapping[str, Actor]) -> None:
    filings = Filing.objects.of_project(project).select_related("organization", "parent")
    by_code = {filing.organization.code: filing for filing in filings}
    for institution in institutions():
        if institution.parent != COUNTY or not institution.stand:
            continue
        filing, clerk = by_code[institution.code], actors[institution.code]
        if institution.stand == "half":
            fill_half(project, filing, clerk)
            continue
        fill(project, filing, clerk)
        perform([filing], Action.SUBMIT, by=clerk)
        if institution.stand == "approved":
            perform([filing], Action.APPROVE, by=actors[CITY])

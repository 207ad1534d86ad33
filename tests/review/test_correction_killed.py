"""Whoever dies in the middle of a correction leaves nothing of it: all or nothing, and once more it goes through."""

from threading import Thread

import pytest
from django.db import OperationalError, connection

from apps.accounts.domain.actors import Actor
from apps.audit.models import LogEntry
from apps.notices.models import Message
from apps.organizations.models import Organization
from apps.projects.models import CatalogItem, Correction, ItemTerms, Obligation, Project
from apps.reporting.domain.sheet.saving import Entry, save_lines
from apps.reporting.domain.totals.verifying import differences
from apps.reporting.models import DemandLine, DemandTotal
from apps.review.domain.performing import perform
from apps.review.domain.rounds.correcting import STEPS, correct
from apps.review.domain.rounds.participants import add_participants
from apps.review.models import Filing, FilingEvent
from apps.review.models.statuses import Action, Status
from apps.scope.context import whole_country
from tests import factories
from tests import factories_demand as make
from tests.correcting import wanted
from tests.racing import kill_this_connection
from tests.waiting import PATIENCE

pytestmark = pytest.mark.django_db(transaction=True)
BUREAUS = ("420106", "420100", "42")
TABLES = (Filing, FilingEvent, DemandLine, DemandTotal, CatalogItem, ItemTerms, Correction)


@pytest.fixture
def season(tree, alliance_officer) -> Project:
    """A hospital reported, all the way up to the province."""
    unit = tree["H42010600001"]
    project = make.demand_project([unit], items=2, chain=["county", "city", "province"])
    make.bought(project, unit, {"P0001": 2_800})
    make.published(project, alliance_officer)
    make.planned(project, unit, {"P0001": 280, "P0002": 56}, is_saved=True, reason="stock")
    office = {code: Actor.of(factories.account_of(tree[code])) for code in BUREAUS}
    with whole_country(reason="test"):
        clerk = Actor.of(factories.account_of(unit))
        perform([make.filing_of(project, unit)], Action.SUBMIT, by=clerk)
        for code, by in office.items():
            below = Filing.objects.of_project(project).filter(parent__organization=tree[code])
            perform(list(below), Action.APPROVE, by=by)
            perform([make.filing_of(project, tree[code])], Action.SUBMIT, by=by)
    return project


def everything() -> list[list[tuple[object, ...]]]:
    return [
        sorted(map(repr, model.objects.values_list())) for model in (*TABLES, LogEntry, Message)
    ]


@pytest.mark.parametrize("step", [0, 4, STEPS])
def test_all_or_nothing(season, alliance_officer, step: int) -> None:
    asked = wanted(make.items_of(season)["P0001"], pack_quantity=10)
    by = Actor.of(alliance_officer)

    def dies(done: int, _total: int, _words: str) -> None:
        if done == step:
            kill_this_connection()

    with whole_country(reason="test"):
        before = everything()
        with pytest.raises(OperationalError):
            correct(project=season, wanted=asked, by=by, progress=dies)
        connection.close()
        assert everything() == before

        made = correct(project=season, wanted=asked, by=by)

        assert made.returned == 4
        assert set(
            Filing.objects.of_project(season)
            .exclude(tier="alliance")
            .values_list("status", flat=True)
        ) == {Status.RETURNED}
        assert list(differences(season)) == []


def test_nobody_elsewhere_waits_for_it(season, tree, alliance_officer) -> None:
    """While everything is locked that it touches, a hospital without the item saves another one."""
    other = tree["H14010500001"]
    with whole_country(reason="test"):
        add_participants(
            project=season,
            institutions=Organization.objects.filter(pk=other.pk),
            obligation=Obligation.REQUIRED,
            reason="补加",
            by=Actor.of(alliance_officer),
        )
    clerk, saved = Actor.of(factories.account_of(other)), []

    def save() -> None:
        with whole_country(reason="test"):
            entry = Entry(item=make.items_of(season)["P0002"].pk, planned=56)
            filing = make.filing_of(season, other)
            saved.append(save_lines(filing=filing, project=season, entries=[entry], by=clerk))
        connection.close()

    def while_held(done: int, _total: int, _words: str) -> None:
        if done == STEPS:
            thread = Thread(target=save)
            thread.start()
            thread.join(timeout=PATIENCE)

    with whole_country(reason="test"):
        correct(
            project=season,
            wanted=wanted(make.items_of(season)["P0001"], pack_quantity=10),
            by=Actor.of(alliance_officer),
            progress=while_held,
        )

    assert [each.written for each in saved] == [1]

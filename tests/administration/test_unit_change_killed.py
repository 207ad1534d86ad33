"""A merger is all or nothing: whoever dies in the middle leaves nothing; a report at the same moment comes before or
after it."""

import pytest
from django.db import OperationalError, connection

from apps.accounts.domain.actors import Actor
from apps.administration.models import ChangeKind, UnitChange
from apps.audit.models import LogEntry
from apps.notices.models import Message
from apps.organizations.models import Organization
from apps.reporting.domain.sheet.saving import Entry, save_lines
from apps.review.domain.proving import differences
from apps.review.models import Filing, FilingEvent
from apps.review.models.statuses import Action
from apps.scope.context import whole_country
from tests import factories_demand as make
from tests.racing import at_once, kill_this_connection
from tests.review.acting import act
from tests.unit_changing import asked, decided

pytestmark = pytest.mark.django_db(transaction=True)
OWN, OTHER = "H42010600001", "H42010600002"
TABLES = (Filing, FilingEvent, Organization, UnitChange, LogEntry, Message)


@pytest.fixture
def rounds(tree, alliance_officer):
    """Two rounds that run."""
    units = [tree[OWN], tree[OTHER]]
    return [
        make.published(
            make.demand_project(units, items=1, code=code, chain=["county", "city", "province"]),
            alliance_officer,
        )
        for code in ("BL1", "BL2")
    ]


def everything() -> list[list[str]]:
    with whole_country(reason="test"):
        return [sorted(map(repr, model.objects.values_list())) for model in TABLES]


def test_whoever_dies_in_the_middle_leaves_nothing(rounds, tree, hospital_clerk, county_reviewer):
    change = asked(hospital_clerk, tree[OWN], ChangeKind.MERGE, successor=OTHER)
    before = everything()

    def dies(execute, sql, params, many, context):
        if sql.startswith('UPDATE "organizations_organization"'):
            kill_this_connection()
        return execute(sql, params, many, context)

    with pytest.raises(OperationalError), connection.execute_wrapper(dies):
        decided(county_reviewer, change)
    connection.close()
    assert everything() == before

    decided(county_reviewer, change)
    with whole_country(reason="test"):
        assert Filing.objects.filter(organization=tree[OWN], status="lapsed").count() == 2


def test_a_report_at_the_same_moment_comes_before_or_after(
    rounds, tree, hospital_clerk, county_reviewer
):
    project = rounds[0]
    filing, item = make.filing_of(project, tree[OWN]), make.items_of(project)["P0001"]
    with whole_country(reason="test"):
        entries = [Entry(item=item.pk, planned=28)]
        by = Actor.of(hospital_clerk)
        save_lines(filing=filing, project=project, entries=entries, by=by)
    change = asked(hospital_clerk, tree[OWN], ChangeKind.CLOSE)

    told = at_once(
        lambda: act(Action.SUBMIT, hospital_clerk, filing),
        lambda: decided(county_reviewer, change),
    )

    with whole_country(reason="test"):
        filing.refresh_from_db()
        assert list(differences(project)) == []
    assert filing.status in ("submitted", "lapsed")
    assert "done" in told
    if filing.status == "lapsed":
        assert told[1] == "done"

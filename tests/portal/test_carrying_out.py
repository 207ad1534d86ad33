"""Acts of two persons on the first page: what was approved waits for who asked, until it is carried out or lapses."""

import pytest

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.approvals import decide
from apps.accounts.domain.passwords import ask_reset
from apps.accounts.models import Approval, Outcome
from apps.review.domain.rounds.undoing import Undoing, ask_undo
from apps.scope.context import whole_country
from tests.review.planting import planted, register_paper

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("country")]
READY = "已批准，待执行"


def todos(client):
    return {todo.title: todo for todo in client.get("/").context["desk"].todos}


@pytest.fixture
def asked(tree, alliance_officer):
    """联采办 wants a publication back."""
    register_paper()
    project = planted([unit for unit in tree.values() if unit.tier == "institution"])
    with whole_country(reason="test"):
        by = Actor.of(alliance_officer)
        return ask_undo(project, Undoing.PUBLICATION, reason="目录有误", by=by)


@pytest.fixture
def decided(administrator):
    """By the administrator."""

    def done(approval, *, approve=True):
        with whole_country(reason="test"):
            decide(by=Actor.of(administrator), pk=approval.pk, approve=approve, remark="核实")

    return done


def test_it_leads_to_where_the_act_is_done_and_goes_with_it(
    asked, decided, client_of, alliance_officer
):
    client = client_of(alliance_officer)
    assert READY not in todos(client)

    decided(asked)
    todo = todos(client)[READY]

    assert (todo.project, todo.count, todo.until) == (asked.title, 1, asked.expires_at)
    assert client.post(todo.url).status_code == 302
    assert Approval.objects.get(pk=asked.pk).spent_at
    assert READY not in todos(client)


def test_nobody_elses_nor_what_was_refused(
    asked, decided, client_of, alliance_officer, province_officer
):
    decided(asked, approve=False)

    assert Approval.objects.get(pk=asked.pk).outcome == Outcome.REFUSED
    assert READY not in todos(client_of(alliance_officer))
    with whole_country(reason="test"):
        reset = ask_reset(by=Actor.of(alliance_officer), account_id=province_officer.pk)
    decided(reset)
    assert READY not in todos(client_of(province_officer))
    assert todos(client_of(alliance_officer))[READY].url.startswith("/accounts/subordinates/")

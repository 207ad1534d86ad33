"""Below the managers the database itself shows the rows of the scope, whatever the statement."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import ProgrammingError, connection, transaction
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import path

from apps.accounts.pages.decorators import public
from apps.review.models import Filing
from apps.scope.backstop.applying import apply
from apps.scope.backstop.policies import UNPOLICED, WIDER, policies, policy_of, tables
from apps.scope.context import Scope, ScopeNotSet, enter, outside, whole_country
from apps.scope.database import copied_out, one_trip, planned_rows, rows, run, streamed_rows
from config import urls
from tests.review.planting import planted
from tests.running import as_owner, bare, no_scope_no_rows

pytestmark = pytest.mark.django_db
POLICIED = sorted(policies())
LABELS = {model._meta.label for model in tables()}


def test_every_table_has_a_policy_or_a_reason():
    without = {model._meta.label for model in tables() if policy_of(model) is None}
    assert without == set(UNPOLICED), "give the table a policy, or say in UNPOLICED why it has none"
    assert all(UNPOLICED.values())


def test_what_is_named_exists_once():
    assert set(WIDER) | set(UNPOLICED) <= LABELS
    assert set(WIDER) & set(UNPOLICED) == set()


def test_what_leaks_the_most_is_covered():
    assert {
        "review_filing",
        "review_filingevent",
        "review_filingattachment",
        "reporting_demandline",
        "reporting_demandreport",
        "reporting_purchasehistory",
        "allocation_allocationrow",
        "allocation_slotline",
        "allocation_supplytotal",
        "volumes_agreedquantity",
        "distribution_agreement",
        "distribution_deliveryrelation",
        "audit_logentry",
        "accounts_formerpassword",
        "accounts_issuedpassword",
    } <= set(POLICIED)


def test_the_database_has_what_the_code_says():
    standing = """
        SELECT c.relname FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid
        WHERE c.relrowsecurity AND p.polname = 'fenliang_scope'
    """
    assert sorted(name for (name,) in rows(standing)) == POLICIED


@pytest.mark.parametrize("table", POLICIED)
def test_without_a_scope_nothing_is_seen_or_changed(table):
    """Also in plans: the policy stands in every one, and asks the server's settings once."""
    with no_scope_no_rows():
        assert bare(f"SELECT count(*) FROM {table}") == [(0,)]
        assert bare(f"DELETE FROM {table}") == [(0,)]
    with whole_country(reason="test"):
        plan = "\n".join(line for (line,) in rows(f"EXPLAIN SELECT * FROM {table}"))
    assert "InitPlan" in plan
    assert "Filter:" in plan


@pytest.mark.parametrize(
    "table", ["review_filing", "reporting_demandline", "projects_provincewindow", "notices_notice"]
)
def test_what_every_save_and_list_asks_costs_a_plan_one_part(table):
    """Each more costs a prepared statement 5 µs and another one 25 µs of the processor, however few rows it reads."""
    with enter(Scope(paths=("/0/42/",))):
        plan = [line.strip() for (line,) in rows(f"EXPLAIN SELECT * FROM {table}")]
    assert sum(line.startswith("InitPlan") for line in plan) == 1


WAYS = {
    "run": run,
    "rows": rows,
    "planned": lambda text: planned_rows(text, ()),
    "copied out": lambda text: b"".join(copied_out(text, ())),
    "streamed": lambda text: list(streamed_rows(text, ())),
}


@pytest.mark.parametrize("way", WAYS)
def test_without_a_scope_nobody_adds_up_rows_that_he_is_not_shown(way):
    """Our own cursors don't ask at all: nothing is worked out, and nothing written, over rows that a policy hides."""
    with no_scope_no_rows():
        with pytest.raises(ScopeNotSet, match="reporting_demandline shows no rows"):
            WAYS[way]("SELECT sum(planned) FROM reporting_demandline")
        assert rows("SELECT count(*) FROM organizations_organization") == [(0,)]


UNNAMED = (
    "SELECT count(*) FROM REVIEW_FILING",
    'SELECT count(*) FROM U&"review\\005ffiling"',
    "EXECUTE looked_up",
)


@pytest.mark.parametrize("statement", UNNAMED)
def test_a_table_in_other_letters_is_the_same_table(statement, tree, country):
    """Also behind a statement whose scope was wider: what it was told counts no further."""
    planted([unit for unit in tree.values() if unit.tier == "institution"])
    run("DEALLOCATE ALL")
    run("PREPARE looked_up AS SELECT count(*) FROM review_filing")
    everything = rows(statement)
    with enter(Scope(paths=("/0/42/",), reason="湖北")):
        own = rows(statement)
    with no_scope_no_rows(), outside():
        try:
            unscoped = rows(statement)
        except ScopeNotSet:
            unscoped = [(0,)]

    assert everything > own > unscoped == [(0,)]
    run("DEALLOCATE looked_up")


def test_neither_does_anybody_write_them():
    with no_scope_no_rows(), pytest.raises(ScopeNotSet), one_trip():
        run("UPDATE review_filing SET status = 'approved'")


def read_all(_request):
    with connection.cursor() as cursor:
        cursor.execute("SELECT path FROM review_filing")
        return HttpResponse("\n".join(path for (path,) in cursor))


read_all.unblocks = True
urlpatterns = [path("leak/", read_all), path("leak/anybody/", public(read_all)), *urls.urlpatterns]


@override_settings(ROOT_URLCONF=__name__)
def test_a_view_that_forgets_everything_shows_its_own_subtree(
    tree, country, province_officer, client_of
):
    planted([unit for unit in tree.values() if unit.tier == "institution"])
    there = set(Filing.objects.values_list("path", flat=True))
    own = {path for path in there if path.startswith("/0/42/")}

    shown = client_of(province_officer).get("/leak/").content.decode().split("\n")

    assert set(shown) == own | {"/0/"}
    assert own < there
    with (
        override_settings(DEBUG_PROPAGATE_EXCEPTIONS=True),
        pytest.raises(ScopeNotSet, match="review_filing"),
    ):
        Client().get("/leak/anybody/")


@override_settings(ROOT_URLCONF=__name__, DEBUG_PROPAGATE_EXCEPTIONS=True)
def test_a_connection_forgets_whose_request_it_served(
    tree, country, province_officer, neighbour_officer, client_of
):
    """One after the other by the same session of the server, as threads keep theirs."""
    planted([unit for unit in tree.values() if unit.tier == "institution"])
    session = bare("SELECT pg_backend_pid()")
    people = {
        "/0/42/": client_of(province_officer),
        "/0/14/": client_of(neighbour_officer),
    }
    for own in ("/0/42/", "/0/14/", "/0/42/"):
        shown = people[own].get("/leak/").content.decode().split("\n")
        assert {path[:6] for path in shown} == {"/0/", own}
    with pytest.raises(ScopeNotSet):
        Client().get("/leak/anybody/")
    with no_scope_no_rows(), outside():
        assert bare("SELECT count(*) FROM review_filing") == [(0,)]
    assert bare("SELECT pg_backend_pid()") == session


INDEXED = {
    "the lines of a filing": "SELECT * FROM reporting_demandline WHERE filing_id = 7",
    "filings below": "SELECT * FROM review_filing WHERE path >= '/0/42/' AND path < '/0/420'",
    "filings that wait": "SELECT * FROM review_filing WHERE parent_id = 7 AND status = ANY(ARRAY['submitted'])",
    "purchases of a province": "SELECT * FROM reporting_purchasehistory WHERE project_id = 7 AND path >= '/0/42/'",
    "rows of a unit": "SELECT * FROM allocation_allocationrow WHERE project_id = 7 AND path >= '/0/42/'",
}


@pytest.mark.parametrize("asked", INDEXED)
def test_conditions_find_their_index_below_a_policy(asked):
    """What a policy says is judged first, but for conditions that can't tell what they saw: those an index answers."""
    with enter(Scope(paths=("/0/42/",))), transaction.atomic():
        run("SET LOCAL enable_seqscan = off")
        plan = "\n".join(line for (line,) in rows(f"EXPLAIN {INDEXED[asked]}"))
    assert "Index Cond" in plan
    assert "Seq Scan" not in plan


def test_nobody_writes_into_another_subtree(tree, country):
    planted([unit for unit in tree.values() if unit.tier == "institution"])
    theirs = Filing.objects.get(path=tree["H14010500001"].path)
    with enter(Scope(paths=("/0/42/",))):
        assert run("UPDATE review_filing SET version = 9 WHERE id = %s", [theirs.pk]) == 0
        assert run("DELETE FROM review_filing WHERE id = %s", [theirs.pk]) == 0
        own = Filing.objects.get(path=tree["H42010600001"].path)
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            run("UPDATE review_filing SET path = '/0/14/x/' WHERE id = %s", [own.pk])


def test_applying_twice_changes_nothing():
    marks = "SELECT polrelid::regclass::text, oid FROM pg_policy ORDER BY 1"
    before = rows(marks)
    with as_owner():
        apply()
    assert rows(marks) == before


def test_a_policy_that_was_changed_by_hand_comes_back():
    with as_owner():
        run("DROP POLICY fenliang_scope ON review_filing")
        run("ALTER TABLE organizations_organization ENABLE ROW LEVEL SECURITY")
        apply()
    with no_scope_no_rows():
        assert bare("SELECT count(*) FROM review_filing") == [(0,)]
    off = "SELECT relrowsecurity FROM pg_class WHERE relname = 'organizations_organization'"
    assert rows(off) == [(False,)]


def test_the_runner_can_not_apply():
    with pytest.raises((ProgrammingError, ImproperlyConfigured)), transaction.atomic():
        run("ALTER TABLE review_filing DISABLE ROW LEVEL SECURITY")

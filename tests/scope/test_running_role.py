"""The role that the product runs as owns nothing: no statement of its turns off what the database itself refuses."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, connection
from psycopg import errors

from apps.audit.models import LogEntry
from apps.organizations.models import Tier
from apps.reporting.models import DemandTotal
from apps.review.models import Filing
from apps.scope.backstop.applying import apply
from apps.scope.backstop.sql import MAINTAINED_BY_GRANT
from apps.scope.context import outside, whole_country
from apps.scope.database import rows, run
from apps.scope.sql import Insert, freshen
from config.database import OWNERS_COMMANDS, runs_as_owner
from config.embedded_postgres import RUNNER
from tests import factories_demand as make
from tests.review.planting import planted
from tests.running import as_owner, bare, no_scope_no_rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def runner(transactional_db) -> Iterator[psycopg.Connection[Any]]:
    """A session that logged in as the runner and never was anybody else."""
    parameters = {**connection.get_connection_params(), "user": RUNNER}
    for name in ("cursor_factory", "context"):
        parameters.pop(name)
    with psycopg.connect(**parameters, autocommit=True) as session:
        yield session


def test_tests_run_as_the_runner():
    assert rows("SELECT current_user, session_user = current_user") == [(RUNNER, False)]


def test_the_runner_owns_nothing_and_may_make_nothing():
    (role,) = rows(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication FROM pg_roles WHERE rolname = %s",
        [RUNNER],
    )
    assert role == (False,) * 5
    owned = "SELECT relname FROM pg_class WHERE relowner = %s::regrole AND relpersistence <> 't'"
    assert rows(owned, [RUNNER]) == []
    assert rows("SELECT 1 FROM pg_auth_members WHERE member = %s::regrole", [RUNNER]) in (
        [],
        [(1,)],
    )


@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE audit_logentry",
        "TRUNCATE review_filing CASCADE",
        "ALTER TABLE review_filingevent DISABLE TRIGGER USER",
        "ALTER TABLE review_filing DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE review_filing DISABLE TRIGGER ALL",
        "ALTER TABLE review_filing ADD COLUMN gone int",
        "DROP POLICY fenliang_scope ON review_filing",
        "DROP TABLE audit_logentry",
        "CREATE TABLE mine (id int)",
        "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE OR REPLACE FUNCTION public.review_lineage(path text) RETURNS text[] LANGUAGE sql AS 'SELECT NULL'",
        "ALTER FUNCTION public.audit_note_change SECURITY INVOKER",
        "CREATE TRIGGER mine BEFORE INSERT ON audit_logentry EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        "SET session_replication_role = replica",
        "DELETE FROM django_migrations",
        "SET ROLE fenliang",
        "ALTER ROLE CURRENT_USER BYPASSRLS",
        "COPY audit_logentry TO '/tmp/out'",
    ],
)
def test_what_the_runner_is_refused(runner, statement):
    with pytest.raises((errors.InsufficientPrivilege, errors.InvalidParameterValue)):
        runner.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_no_setting_of_the_runner_makes_a_trigger_look_away(runner):
    entry = LogEntry(verb="x", object="x", sentence="x", actor_name="x", path="/0/42/")
    with whole_country(reason="test"):
        Insert([entry])
        entry.save()
    found = rows(
        "SELECT tgname FROM pg_trigger WHERE tgrelid = 'audit_logentry'::regclass AND NOT tgisinternal"
    )
    names = ",".join(name for (name,) in found)
    runner.execute("SET fenliang.scope = '/'")
    runner.execute(f"SET pgtrigger.ignore = '{{{names}}}'")
    with pytest.raises(psycopg.Error, match="append_only"):
        runner.execute("DELETE FROM audit_logentry")
    assert runner.execute("SELECT count(*) FROM audit_logentry").fetchone() == (1,)


@pytest.mark.django_db(transaction=True)
def test_nobody_puts_a_trigger_of_the_owner_on_a_table_of_his_own(runner):
    (function,) = rows(
        "SELECT proname FROM pg_proc WHERE proname LIKE 'pgtrigger_tell_change_%' LIMIT 1"
    )[0]
    runner.execute("CREATE TEMP TABLE forged (id int)")
    with pytest.raises(errors.InsufficientPrivilege):
        runner.execute(
            f"CREATE TRIGGER mine AFTER INSERT ON forged FOR EACH ROW EXECUTE FUNCTION {function}()"
        )


def test_every_trigger_sees_every_row():
    """As the owner, whom no policy binds, and by a search path that no temporary table comes into first."""
    blind = """
        SELECT DISTINCT c.relname, p.proname FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
        JOIN pg_class c ON c.oid = t.tgrelid
        WHERE NOT t.tgisinternal AND c.relnamespace = 'public'::regnamespace AND NOT (
            p.prosecdef AND p.proowner = c.relowner AND p.proconfig @> ARRAY['search_path=public, pg_temp'])
    """
    assert rows(blind) == []


def test_a_check_refuses_what_the_sender_does_not_see(tree, alliance_officer):
    """Totals of a package that isn't submitted: the trigger reads filings, of which the sender sees none."""
    project = make.published(make.demand_project([tree["H42010600001"]]), alliance_officer)
    province = make.filing_of(project, tree["42"])
    item = make.items_of(project)["P0001"]
    total = DemandTotal(filing=province, item=item, quantity=1, previous=0, members="1")
    assert province.organization.tier == Tier.PROVINCE
    with no_scope_no_rows(), outside():
        assert bare("SELECT count(*) FROM review_filing") == [(0,)]
        with pytest.raises(IntegrityError, match="totals_frozen"):
            DemandTotal._base_manager.bulk_create([total])


def test_a_reference_is_checked_beyond_what_is_seen(tree):
    """A foreign key finds the row that it points to, although the sender does not, and refuses one that isn't there."""
    progress = (
        "INSERT INTO reporting_demandprogress (filing_id, as_of, versions) VALUES (%s, now(), 0)"
    )
    with whole_country(reason="test"):
        planted([tree["H42010600001"]])
        filing = Filing.objects.get(path=tree["42"].path)
    with no_scope_no_rows(), outside():
        assert bare("SELECT count(*) FROM review_filing") == [(0,)]
        run(progress, [filing.pk])
        connection.check_constraints()
        run(progress, [-1])
        with pytest.raises(IntegrityError):
            connection.check_constraints()


def test_the_planner_may_be_told(tree, recwarn):
    notices: list[str] = []
    raw: Any = connection.connection
    raw.add_notice_handler(lambda said: notices.append(str(said.message_primary)))
    freshen(LogEntry)
    may_be_let = raw.info.server_version >= MAINTAINED_BY_GRANT
    assert [said.partition(" ")[0] for said in notices] == ([] if may_be_let else ["skipping"])


@pytest.mark.parametrize(
    ("arguments", "owner"),
    [
        (["manage.py", "migrate", "--no-input"], True),
        (["/app/manage.py", "--no-color", "load_demo"], True),
        (["manage.py", "runserver"], False),
        (["manage.py", "verify_totals"], False),
        (["manage.py", "dump_round", "migrate"], False),
        (["gunicorn", "migrate"], False),
        ([], False),
    ],
)
def test_who_runs_as_the_owner(arguments, owner):
    assert runs_as_owner(arguments) is owner


def test_what_changes_the_schema_is_the_owners():
    assert {"migrate", "flush", "load_demo", "build_national"} <= OWNERS_COMMANDS


def test_a_runner_who_may_too_much_is_refused(monkeypatch):
    owner = {"USER": settings.DATABASES["default"]["USER"], "PASSWORD": ""}
    monkeypatch.setattr(settings, "DATABASE_RUNNER", owner)
    with as_owner(), pytest.raises(ImproperlyConfigured, match="owns the tables"):
        apply()


def test_a_runner_that_is_not_there_is_made(monkeypatch):
    monkeypatch.setattr(
        settings, "DATABASE_RUNNER", {"USER": "another_app", "PASSWORD": "geheim'x"}
    )
    with as_owner():
        apply()
        (kept,) = rows("SELECT rolpassword FROM pg_authid WHERE rolname = 'another_app'")[0]
        assert kept.startswith("SCRAM-SHA-256$")
        assert rows("SELECT has_table_privilege('another_app', 'review_filing', 'TRUNCATE')") == [
            (False,)
        ]
        assert rows("SELECT has_table_privilege('another_app', 'review_filing', 'INSERT')") == [
            (True,)
        ]

"""A prepared query sees what its queryset sees, in every scope, and is compiled once for each shape of scope."""

from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import BigAutoField, CharField, QuerySet
from django.test.utils import CaptureQueriesContext

from apps.organizations.models import Organization, Tier
from apps.projects.models import Phase, Project
from apps.scope.context import Scope, ScopeNotSet, enter, outside, whole_country
from apps.scope.database import planned_once
from apps.scope.prepared import Prepared
from tests.factories_projects import ProjectFactory, enroll, walk_to

built: list[str] = []


def _of_tier(tier: Any) -> QuerySet[Organization]:
    built.append("once")
    rows = Organization.objects.filter(tier=tier).select_related("division", "parent")
    return rows.order_by("path")


@pytest.fixture
def of_tier():
    built.clear()
    return Prepared(_of_tier, tier=CharField())


SCOPES = (
    Scope(paths=("/0/",)),
    Scope(paths=("/0/42/",)),
    Scope(paths=("/0/42/420100/",)),
    Scope(paths=("/0/14/",)),
    Scope(paths=("/0/42/420100/", "/0/14/140100/")),
    Scope(paths=()),
    Scope(enterprise_id=1),
    Scope(paths=("/0/42/",), project_ids=frozenset({1})),
)


@pytest.mark.parametrize("scope", SCOPES, ids=str)
@pytest.mark.parametrize("tier", Tier.values)
def test_rows_are_those_of_the_queryset(tree, of_tier, scope, tier):
    with enter(scope):
        expected = list(_of_tier(tier))

        assert of_tier(tier=tier) == expected
        assert of_tier(tier=tier) == expected


def test_a_row_is_made_as_the_queryset_makes_it(tree, of_tier):
    with whole_country(reason="test"):
        ours, theirs = of_tier(tier=Tier.CITY), list(_of_tier(Tier.CITY))

    assert ours
    for one, other in zip(ours, theirs, strict=True):
        assert {**one.__dict__, "_state": None} == {**other.__dict__, "_state": None}
        assert (one._state.adding, one._state.db) == (other._state.adding, other._state.db)
        assert one._state.fields_cache.keys() == other._state.fields_cache.keys()


def test_scopes_of_one_shape_share_the_text_but_not_the_rows(tree, of_tier):
    with enter(Scope(paths=("/0/42/420100/",))):
        hubei = of_tier(tier=Tier.INSTITUTION)
    with enter(Scope(paths=("/0/14/140100/",))):
        shanxi = of_tier(tier=Tier.INSTITUTION)

    assert {unit.path[:6] for unit in hubei} == {"/0/42/"}
    assert {unit.path[:6] for unit in shanxi} == {"/0/14/"}
    assert built == ["once"]


def test_without_a_scope_it_does_not_run(tree, of_tier):
    with outside(), pytest.raises(ScopeNotSet):
        of_tier(tier=Tier.CITY)


def test_related_rows_come_with_it(tree, of_tier):
    with whole_country(reason="test"):
        of_tier(tier=Tier.CITY)

        with CaptureQueriesContext(connection) as statements:
            cities = of_tier(tier=Tier.CITY)
            names = [(city.division.name, city.parent.name) for city in cities]

    assert len(statements) == 1
    assert ("武汉市", "湖北省医疗保障局") in names


def test_what_stands_above_the_viewer_is_filled_in_too(tree):
    """Projects are seen through participation below the viewer, and notices through what stands above."""
    project = ProjectFactory(code="P1")
    enroll(project, tree["H42010600001"])
    walk_to(project, Phase.PUBLISHED)
    by_code: Prepared[Project] = Prepared(
        lambda code: Project.objects.filter(code=code), code=CharField()
    )

    for path, seen in (("/0/", [project]), ("/0/42/", [project]), ("/0/14/", [])):
        with enter(Scope(paths=(path,))):
            assert by_code(code="P1") == seen


def test_a_lock_needs_a_transaction(tree):
    locked: Prepared[Organization] = Prepared(
        lambda pk: Organization.objects.filter(pk=pk).select_for_update(), pk=BigAutoField()
    )
    with whole_country(reason="test"):
        city = Organization.objects.get(code="420100")
        with transaction.atomic():
            assert locked(pk=city.pk) == [city]


@pytest.mark.django_db(transaction=True)
def test_a_lock_outside_a_transaction_is_refused():
    locked: Prepared[Organization] = Prepared(
        lambda pk: Organization.objects.filter(pk=pk).select_for_update(), pk=BigAutoField()
    )

    with whole_country(reason="test"), pytest.raises(transaction.TransactionManagementError):
        locked(pk=1)


def test_statements_are_prepared_at_once(tree, of_tier):
    with whole_country(reason="test"):
        of_tier(tier=Tier.CITY)

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement ~ 'tier'")
        assert cursor.fetchone() == (1,)


def test_constants_that_a_column_is_compared_with_stand_in_the_text(tree):
    """A plan that is kept takes a partial index only for a value that it knows."""
    odd = "o'%s"
    asked = Prepared(
        lambda path: (
            Organization.objects.filter(path=path, tier=Tier.CITY, pk__gt=0)
            .exclude(name="o'Neill")
            .exclude(name=odd)
        ),
        path=CharField(),
    )
    with whole_country(reason="test"):
        found, question = asked(path="/0/42/420100/"), asked.ask(path="/0/42/420100/")

    assert [unit.path for unit in found] == ["/0/42/420100/"]
    assert "\"tier\" = 'city'" in question.sql
    assert '"id" > 0' in question.sql
    assert "o''Neill" in question.sql
    assert list(question.values) == ["/0/42/420100/", odd]


def test_a_wrapper_may_still_rewrite_statements(tree):
    """pghistory puts a SELECT of its own before a change; the server binds no two statements at once."""

    def twice(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        return execute(f"SELECT 1; {sql}", params, many, context)

    with (
        connection.execute_wrapper(twice),
        planned_once(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT %s", [2])

        assert cursor.nextset()
        assert cursor.fetchone() == (2,)

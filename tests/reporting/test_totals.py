"""Totals climb once: frozen at submit, gone with the package, exact after every act."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.organizations.models import Organization
from apps.projects.models import CatalogItem, Withdrawal
from apps.reporting.domain.reports import keep_reports
from apps.reporting.domain.rollup import Dimension, Question, answer
from apps.reporting.domain.totals import totals_hash
from apps.reporting.domain.totals.verifying import differences
from apps.reporting.kind import DemandKind
from apps.reporting.models import (
    DemandGroupTotal,
    DemandLine,
    DemandReporters,
    DemandTotal,
)
from apps.review.models import Filing
from apps.review.models.statuses import FROZEN, Action, Status
from tests import factories
from tests import factories_demand as make
from tests.cast import Tree
from tests.factories_review import put
from tests.running import as_owner

from .country import Country, held

pytestmark = pytest.mark.usefixtures("country")


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_totals_are_exact_after_every_act(tree: Tree, seed: int) -> None:
    country = Country(tree, seed, bureau_withdrawal=Withdrawal.DIRECT)
    country.report()
    seen = set()
    for turn in range(40):
        country.act()
        if turn % 8 == 7:
            country.report()
        for filing in country.filings().bureaus():
            rows = DemandReporters.objects.filter(filing=filing)
            assert sum(row.institutions for row in rows) == (
                len(held(filing)) if filing.state in FROZEN else 0
            )
            seen.add(filing.state)
        assert list(differences(country.project)) == []
    assert seen >= {Status.DRAFT, Status.SUBMITTED, Status.APPROVED, Status.RETURNED}


def test_who_lapsed_counts_as_zero(tree: Tree) -> None:
    country = Country(tree, 4)
    first, second, *_ = (
        country.filings().institutions().filter(path__startswith=tree["420106"].path)
    )
    put(Status.APPROVED, first)
    keep_reports([first])
    put(Status.LAPSED, second)
    county = country.filings().get(organization=tree["420106"])

    country.do(county, Action.SUBMIT)

    county.refresh_from_db()
    assert county.state == Status.SUBMITTED
    wanted = sum(DemandLine.objects.filter(filing=first).values_list("planned", flat=True))
    assert (
        sum(DemandTotal.objects.filter(filing=county).values_list("quantity", flat=True)) == wanted
    )
    assert answer(Question(country.project, county, Dimension.ITEM)).total.institutions == 1


def test_freezing_twenty_bureaus_costs_as_many_statements_as_one(tree: Tree) -> None:
    parents = [
        Organization.at(
            tree["42"],
            code=f"4203{n:02d}",
            name=f"第{n}县",
            level="county",
            tier="city",
            division_id="420202",
        )
        for n in range(20)
    ]
    Organization.objects.bulk_create(parents)
    units = [factories.InstitutionFactory(parent=parent) for parent in parents]
    project = make.demand_project(units, chain=["city", "province"])
    make.published(project, factories.account_of(tree["0"]))
    own = list(Filing.objects.of_project(project).institutions())
    put(Status.APPROVED, *own)
    bureaus = put(Status.SUBMITTED, *Filing.objects.of_project(project).filter(tier="city"))
    counts = []
    for part in (bureaus[:1], bureaus[1:]):
        with CaptureQueriesContext(connection) as captured:
            DemandKind().freeze(part)
        counts.append(len(captured))

    assert counts[0] == counts[1] <= 5
    assert DemandReporters.objects.count() == 20


def test_planted_difference_is_found_and_named(tree: Tree) -> None:
    country = Country(tree, 9)
    country.report()
    country.settle()
    out = io.StringIO()
    call_command("verify_totals", project=country.project.code, stdout=out)
    assert "一致" in out.getvalue()
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE reporting_demandtotal DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE reporting_demandtotal SET quantity = quantity + 1 WHERE (filing_id, item_id) = ("
            "SELECT t.filing_id, t.item_id FROM reporting_demandtotal t JOIN review_filing f ON f.id = t.filing_id "
            "WHERE f.tier = 'province' AND f.path LIKE '/0/42/%' ORDER BY t.item_id LIMIT 1)"
        )
        cursor.execute("ALTER TABLE reporting_demandtotal ENABLE TRIGGER USER")

    with pytest.raises(CommandError, match=r"湖北省.* P0001 品规：汇总为 \d+") as caught:
        call_command("verify_totals", project=country.project.code)
    assert caught.value.returncode == 1


def test_database_refuses_totals_of_open_packages_and_changes_of_frozen_ones(tree: Tree) -> None:
    country = Country(tree, 10)
    country.report()
    country.settle()
    frozen = country.filings().filter(tier="province", status__in=FROZEN).first()
    root = country.filings().get(tier="alliance")
    item = CatalogItem.objects.filter(project=country.project).first()
    for attempt in (
        lambda: DemandTotal.objects.create(
            filing=root, item=item, quantity=1, previous=0, members="1"
        ),
        lambda: DemandTotal.objects.filter(filing=frozen).delete(),
        lambda: DemandGroupTotal.objects.filter(group__filing=frozen).delete(),
        lambda: DemandReporters.objects.filter(filing=frozen).update(institutions=99),
        lambda: _left(frozen),
    ):
        with (
            pytest.raises(Exception, match=r"totals_frozen|totals_left|Cannot update") as caught,
            transaction.atomic(),
        ):
            attempt()
        assert caught.type is IntegrityError or "Cannot update" in str(caught.value)


def _left(filing: Filing) -> None:
    """A status that moves without its totals."""
    Filing.objects.filter(pk=filing.pk).update(status=Status.DRAFT)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_hash_changes_with_any_total_and_with_nothing_else(tree: Tree) -> None:
    country = Country(tree, 12)
    country.report()
    country.settle()
    province = country.filings().get(organization=tree["42"])
    before = totals_hash(province)
    country.do(province, Action.UNAPPROVE)
    country.do(province, Action.APPROVE)
    assert totals_hash(province) == before

    country.do(province, Action.RETURN)
    assert totals_hash(province) != before
    country.do(Filing.objects.get(pk=province.pk), Action.SUBMIT)
    assert totals_hash(province) == before

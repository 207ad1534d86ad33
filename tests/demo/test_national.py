"""`build_national`: the real tree's shape, statuses that agree with one another, chains that hold."""

import io
import random

import pytest
from django.core.management import CommandError, call_command

from apps.allocation.models import AllocationRow
from apps.demo.institutions import TooMany, choose
from apps.demo.spreading import Unit, plan
from apps.organizations.models import Organization
from apps.projects.models import Project
from apps.reporting.domain.rollup import Dimension, Question, answer
from apps.reporting.domain.sheet.completeness import open_work
from apps.reporting.models import DemandLine, DemandReport, PurchaseHistory
from apps.review.models import Filing, FilingEvent
from apps.review.models.statuses import FROZEN, Action, Status
from tests.running import as_owner

pytestmark = pytest.mark.usefixtures("db", "country")


def build(*, code: str, institutions: int, items: int = 0, kind: str = "allocation") -> str:
    out = io.StringIO()
    with as_owner():
        call_command(
            "build_national",
            project=code,
            institutions=institutions,
            items=items,
            kind=kind,
            stdout=out,
        )
    return out.getvalue()


@pytest.fixture(scope="module", autouse=True)
def national(for_the_module):
    with for_the_module():
        build(code="SHAPE", institutions=3_000)
        yield


@pytest.fixture
def bureaus() -> list[Organization]:
    return list(Organization.objects.bureaus().order_by("path"))


def test_same_seed_same_institutions_and_codes_do_not_depend_on_it(bureaus):
    first, again, other = choose(500, 1, bureaus), choose(500, 1, bureaus), choose(500, 2, bureaus)

    assert first == again
    assert first != other
    names = {each.code: each.name for each in choose(20_000, 1, bureaus)}
    assert all(names.get(each.code, each.name) == each.name for each in other)


def test_a_whole_country_has_the_real_size(bureaus):
    chosen = choose(46_000, 1, bureaus)

    kinds = [each.kind.kind for each in chosen]
    assert len({each.code for each in chosen}) == 46_000
    assert 38_000 < kinds.count("乡镇卫生院") + kinds.count("社区卫生服务中心") < 42_000
    assert not any("监狱" in each.name or "戒毒" in each.name for each in chosen)


def test_traps_of_the_tree(bureaus):
    parents = {each.parent for each in choose(46_000, 1, bureaus)}

    assert {"441900", "442000", "460400"} <= parents  # cities without counties
    assert {"110101", "500101", "419001", "659012", "66"} <= parents
    assert not {"110100", "500200", "419000", "659000"} & parents


def test_more_than_the_fixtures_carry_is_refused(bureaus):
    with pytest.raises(TooMany, match="最多"):
        choose(1_000_000, 1, bureaus)


def test_round_has_a_filing_for_each_institution_and_events_on_every_tier():
    filings = Filing.objects.filter(project__code="SHAPE")

    assert filings.institutions().count() == 3_000
    for tier in ("province", "city", "county", "institution"):
        assert set(filings.filter(tier=tier).values_list("status", flat=True)) == {
            "draft", "submitted", "approved", "returned",
        }  # fmt: skip


def test_below_a_submitted_or_approved_filing_everything_is_approved():
    below = Filing.objects.filter(project__code="SHAPE", parent__status__in=FROZEN)

    assert set(below.values_list("status", flat=True)) == {"approved"}


def test_filings_stand_where_their_last_event_left_them():
    filings = Filing.objects.filter(project__code="SHAPE").exclude(status="draft")
    last = dict(
        FilingEvent.objects.filter(filing__project__code="SHAPE")
        .order_by("filing_id", "-sequence")
        .distinct("filing_id")
        .values_list("filing_id", "target")
    )

    assert dict(filings.values_list("pk", "status")) == last
    versions = FilingEvent.objects.filter(filing__in=filings).count()
    assert sum(filings.values_list("version", flat=True)) == versions


def test_event_chains_hold():
    call_command("verify_audit", project="SHAPE", stdout=io.StringIO())


def test_second_round_of_the_code_is_refused():
    with pytest.raises(CommandError, match="已存在"):
        build(code="SHAPE", institutions=10)


def test_round_with_items_is_published_with_volumes_and_left_to_be_filled():
    printed = build(code="VOLUMES", institutions=200, items=40)

    project = Project.objects.get(code="VOLUMES")
    rows = AllocationRow.objects.of_project(project)
    assert project.is_in_progress
    assert f"{rows.count():,} 行采购量" in printed
    assert not rows.filter(filing=None).exists()
    assert set(Filing.objects.of_project(project).values_list("status", flat=True)) == {"draft"}
    call_command("verify_capacity", project="VOLUMES", stdout=io.StringIO())


def test_demand_round_has_lines_history_and_totals_that_agree():
    printed = build(code="DEMAND", institutions=250, items=12, kind="demand")

    project = Project.objects.get(code="DEMAND")
    filings = Filing.objects.of_project(project)
    lines = DemandLine.objects.filter(filing__project=project)
    reported = filings.institutions().filter(status__in=FROZEN)
    assert f"{lines.count():,} 行采购量" in printed
    assert lines.filter(filing__in=reported).count() == 12 * reported.count()
    assert filings.institutions().filter(status=Status.LAPSED).exists()
    assert set(PurchaseHistory.objects.filter(project=project).values_list("year", flat=True)) == {
        *project.baseline_years
    }
    frozen = filings.bureaus().filter(status__in=FROZEN)
    assert set(frozen.filter(tier="province").values_list("status", flat=True)) == {*FROZEN}
    assert reported.count() > 150
    assert not any(work.problems() for work in open_work(list(reported)).values())
    call_command("verify_totals", project="DEMAND", stdout=io.StringIO())
    submits = FilingEvent.objects.filter(
        filing__in=filings.institutions(), action=Action.SUBMIT
    ).values_list("filing", "sequence")
    kept = DemandReport.objects.filter(filing__project=project).values_list("filing", "number")
    assert sorted(kept) == sorted(submits), "each report is kept under the number of its event"
    root = filings.get(tier="alliance")
    told = answer(Question(project, root, Dimension.STATUS))
    assert told.total.institutions == 250
    assert told.unread == 0


def test_plan_approves_everything_below_what_has_left():
    units = [Unit(1, None, "alliance", "联采办")]
    units += [Unit(10 + n, 1, "province", f"省{n}") for n in range(50)]
    units += [Unit(1_000 + n, 10 + n % 50, "institution", f"院{n}") for n in range(500)]

    outcomes = plan(units, random.Random(3))

    assert outcomes[1] == Status.DRAFT
    for unit in units[1:]:
        if outcomes[unit.parent] in FROZEN:
            assert outcomes[unit.pk] == Status.APPROVED
    assert len(set(outcomes.values())) == 4

"""What is odd in a sheet: every planted oddity is found, a clean sheet has none, and the report keeps it."""

import random
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.organizations.models import Organization
from apps.projects.models import ExplanationScope
from apps.reporting.domain.oddities.kinds import Found, Kind, Oddity
from apps.reporting.domain.oddities.reading import oddities_of
from apps.reporting.domain.reports import keep_reports
from apps.reporting.models import DemandReport, DemandReporters, PeerNorm
from apps.review.models import Filing
from apps.review.models.statuses import FROZEN, Action, Status
from tests import factories
from tests import factories_demand as make
from tests.cast import Tree
from tests.factories_review import put
from tests.reporting.oddities_by_hand import Line, judged

from .country import Country

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("country")]

YEARS = [2024, 2025]
PLANTED = {
    # item: (bought a year, planned, kind)
    "P0001": (446, 5_740, Kind.TENFOLD),
    "P0002": (560, 56_000, Kind.HUNDREDFOLD),
    "P0003": (28_000, 2_800, Kind.TENTH),
    "P0004": (560_000, 5_600, Kind.HUNDREDTH),
    "P0005": (2_800, 100, Kind.PACKS),
    "P0006": (1_000, 640, Kind.DEVIATION),
    "P0007": (1_000, 1_496, Kind.DEVIATION),
    "P0008": (1_000, 2_500, Kind.DOUBLE),
    "P0009": (1_000, 6_000, Kind.FAR),
    "P0010": (1_200, 0, Kind.EMPTIED),
    "P0011": (0, 300, Kind.NEW),
    "P0012": (0, 9_000, Kind.PEERS),
}
CLEAN = 8


@pytest.fixture
def hospital(tree: Tree) -> Organization:
    return tree["H42010600001"]


def sheet(hospital: Organization, officer, lines, *, peers=(), **policies):
    """A round in which the hospital's filing has these lines: (bought a year, planned)."""
    policies.setdefault("explanation_scope", ExplanationScope.TOTAL)
    units = [hospital, *peers]
    project = make.demand_project(units, items=len(lines), baseline_years=YEARS, **policies)
    codes = [f"P{place:04d}" for place in range(1, len(lines) + 1)]
    for year in YEARS:
        pairs = zip(codes, lines, strict=True)
        make.bought(project, hospital, {c: b for c, (b, *_) in pairs if b}, year=year)
    for unit in peers:
        make.bought(project, unit, dict.fromkeys(codes, 5_000), year=2025)
    make.published(project, officer)
    make.planned(project, hospital, {c: p for c, (_, p, *_) in zip(codes, lines, strict=True)})
    return project


def test_twelve_of_twelve_planted_oddities_are_found(tree, hospital, alliance_officer):
    peers = [
        factories.InstitutionFactory(parent=tree["420106"], grade=hospital.grade) for _ in range(5)
    ]
    clean = [(1_000 + 7 * n, 1_050 + 5 * n) for n in range(CLEAN)]
    project = sheet(hospital, alliance_officer, [*PLANTED.values(), *clean], peers=peers)
    filing, items = make.filing_of(project, hospital), make.items_of(project)
    mark = make.line_of(project, hospital, "P0005")
    type(mark).objects.filter(filing=filing, item=mark.item).update(pack_mark="suspect")

    found = oddities_of(filing)

    codes = {item.pk: code for code, item in items.items()}
    assert {codes[each.item]: each.kind for each in found} == {
        code: kind for code, (_, _, kind) in PLANTED.items()
    }
    assert [codes[each.item] for each in found[:3]] == ["P0002", "P0004", "P0005"]
    weights = [each.kind // 10 for each in found]
    assert weights == sorted(weights, reverse=True)


def test_the_worst_of_a_strict_round_stands_on_top(hospital, alliance_officer):
    lines = [(1_000, 640), (446, 5_740), (1_000, 1_496), (0, 0), (1_000, 1_000)]
    project = sheet(hospital, alliance_officer, lines)

    found = oddities_of(make.filing_of(project, hospital))

    assert [Oddity(each, "片").sentence for each in found] == [
        "是年均量的 12.9 倍",
        "比年均量少 36.0%",
        "比年均量多 49.6%",
    ]


def test_a_clean_sheet_has_none(hospital, alliance_officer):
    lines = [(1_000, 1_300), (1_000, 700), (3, 5), (20, 0), (0, 0), (0, 27), *[(500, 500)] * 6]
    project = sheet(hospital, alliance_officer, lines)

    assert oddities_of(make.filing_of(project, hospital)) == []


def test_one_number_running_down_the_sheet(hospital, alliance_officer):
    lines = [(900, 900), *((1_000 + n, 1_000) for n in range(5)), (990, 990)]
    project = sheet(hospital, alliance_officer, lines)

    found = oddities_of(make.filing_of(project, hospital))

    assert [each.kind for each in found] == [Kind.RUN] * 5
    assert "连续 5 行以上填了同一个数 1,000" in Oddity(found[0]).sentence


@pytest.mark.parametrize("seed", range(4))
def test_the_statement_says_what_is_worked_out_by_hand(hospital, tree, alliance_officer, seed):
    luck = random.Random(seed)
    peers = [
        factories.InstitutionFactory(parent=tree["420106"], grade=hospital.grade) for _ in range(6)
    ]
    lines = [_drawn(luck) for _ in range(120)]
    project = sheet(hospital, alliance_officer, lines, peers=peers)
    filing, items = make.filing_of(project, hospital), make.items_of(project)
    by_code = [items[f"P{place:04d}"] for place in range(1, len(lines) + 1)]
    norms = dict(PeerNorm.objects.values_list("item", "bought"))
    expected = judged(
        [
            Line(planned, 2 * bought, 2, pack=28, peers=norms.get(item.pk))
            for item, (bought, planned) in zip(by_code, lines, strict=True)
        ]
    )

    found = {each.item: each.kind for each in oddities_of(filing)}

    assert [found.get(item.pk) for item in by_code] == expected
    assert len(set(expected)) >= 8


def _drawn(luck: random.Random) -> tuple[int, int | None]:
    bought = luck.choice([0, 3, 40, 1_000, 1_001, 28_000])
    share = luck.choice([0, 0.01, 0.1, 0.13, 0.14, 0.5, 0.7, 0.69, 1, 1, 1.3, 1.31, 2, 5, 7, 100])
    return bought, luck.choice(
        [round(bought * share), luck.choice([0, 27, 500, None]), 1_000, 1_000]
    )


def test_a_report_keeps_what_is_odd(hospital, alliance_officer):
    project = sheet(hospital, alliance_officer, [(446, 5_740), (1_000, 640), (1_000, 1_000)])
    filing, item = make.filing_of(project, hospital), make.items_of(project)["P0001"]

    keep_reports([filing])

    kept = DemandReport.objects.get(filing=filing)
    assert (kept.odd, kept.grave, kept.changed) == (2, 1, None)
    assert kept.oddest == [item.pk, Kind.TENFOLD, 5_740, 892, None]
    assert kept.amount == Decimal("3690.00")
    assert kept.bought_amount == Decimal("1223.00")


def test_a_report_says_how_many_lines_changed(hospital, alliance_officer):
    project = sheet(hospital, alliance_officer, [(1_000, 1_000), (1_000, 1_000)])
    filing = make.filing_of(project, hospital)
    keep_reports([filing])
    line = make.line_of(project, hospital, "P0002")
    type(line).objects.filter(filing=filing, item=line.item).update(planned=1_100)
    Filing.objects.filter(pk=filing.pk).update(version=2)

    keep_reports([filing])

    assert DemandReport.objects.get(filing=filing, number=2).changed == 1


def test_norms_are_of_the_same_grade_and_of_enough_buyers(tree, hospital, alliance_officer):
    peers = [factories.InstitutionFactory(parent=tree["420106"], grade="三级") for _ in range(5)]
    peers += [factories.InstitutionFactory(parent=tree["420106"], grade="一级") for _ in range(4)]
    sheet(hospital, alliance_officer, [(0, 0)], peers=peers)

    norms = PeerNorm.objects.values_list("grade", "bought", "buyers")

    assert list(norms) == [("三级", 5_000, 5)]


def test_packages_add_up_what_is_odd(tree: Tree):
    country = Country(tree, 5)
    country.report()
    reports = DemandReport.objects.all()
    county = country.filings().get(organization=tree["420106"])
    own = country.filings().filter(parent=county)
    reported = put(Status.APPROVED, *own.filter(status__in=FROZEN))
    put(Status.LAPSED, *own.exclude(status__in=FROZEN))

    country.do(county, Action.SUBMIT)

    rows = DemandReporters.objects.filter(filing=county)
    expected = sum(reports.filter(filing__in=reported).values_list("odd", flat=True))
    assert sum(row.odd for row in rows) == expected


def test_twenty_reports_cost_as_many_statements_as_one(tree: Tree, alliance_officer):
    units = [factories.InstitutionFactory(parent=tree["420106"]) for _ in range(21)]
    project = make.demand_project(units)
    make.published(project, alliance_officer)
    for unit in units:
        make.planned(project, unit, dict.fromkeys(make.items_of(project), 100))
    filings = list(Filing.objects.of_project(project).institutions())
    counts = []
    for part in (filings[:1], filings[1:]):
        with CaptureQueriesContext(connection) as captured:
            keep_reports(part)
        counts.append(len(captured))

    assert counts == [1, 1]
    assert DemandReport.objects.count() == 21


def test_sentences():
    def sentence(kind, planned, bought, peers=None):
        return Oddity(Found(1, kind, planned, bought, 1, peers), "片").sentence

    assert sentence(Kind.TENFOLD, 5_740, 446) == "是上年量的 12.9 倍"
    assert sentence(Kind.TENTH, 98, 1_000) == "只有上年量的 9.8%"
    assert sentence(Kind.HUNDREDTH, 98, 10_000) == "只有上年量的 0.98%"
    assert sentence(Kind.EMPTIED, 0, 1_200) == "上年采购 1,200 片，本次填 0"
    assert sentence(Kind.NEW, 300, 0) == "上年没有采购，本次填 300 片，没有说明"
    assert sentence(Kind.PEERS, 9_000, 0, 1_000) == "是同等级机构高位量的 9.0 倍"
    assert sentence(Kind.DEVIATION, 1_496, 1_000) == "比上年量多 49.6%"

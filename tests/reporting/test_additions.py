"""增补品规 in a demand round: one more row, asked of whom it concerns, and nothing else moves."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.audit.models import LogEntry
from apps.notices.models import Message, MessageKind
from apps.organizations.models import Tier
from apps.projects.domain.refusals import ProjectRefused
from apps.projects.domain.windows.timings import timings_for
from apps.projects.models import CatalogItem, Correction, Phase, Project
from apps.reporting.domain.refusals import NotAdded
from apps.reporting.domain.sheet.saving import Entry, save_lines
from apps.reporting.domain.totals.verifying import differences
from apps.reporting.models import DemandLine, DemandReport, DemandTotal, PurchaseHistory
from apps.review.domain.performing import perform
from apps.review.domain.proving import differences as events_wrong
from apps.review.domain.refusals import (
    ActionRefused,
    DeadlineInvalid,
    FilingIncomplete,
    NotYourTurn,
)
from apps.review.domain.rounds.adding import preview_of
from apps.review.models import Filing, FilingEvent
from apps.review.models.statuses import Action, Status
from tests import factories
from tests import factories_demand as make
from tests.correcting import added, addition, corrected
from tests.review.planting import move_window
from tests.volumes import rounds

from .test_corrections import UNITS, act, item, of, reported, season, status

pytestmark = pytest.mark.usefixtures("country")
__all__ = ["season"]


def save(project: Project, unit: Any, quantities: dict[str, int]) -> None:
    items = make.items_of(project)
    entries = [Entry(items[code].pk, planned, "stock") for code, planned in quantities.items()]
    filing = make.filing_of(project, unit)
    save_lines(filing=filing, project=project, entries=entries, by=of(unit))


def test_an_item_comes_later(season, tree, alliance_officer) -> None:
    reported(season, tree, *UNITS[:2])
    logged = LogEntry.objects.count()

    made = added(season, alliance_officer)

    row = item(season, "P0009")
    assert (row.variety, row.pinyin, row.position, row.added_in) == (
        "增补片",
        "zbp",
        3,
        made.number,
    )
    for code in (*UNITS[:2], "420106", "420100", "42"):
        assert status(season, tree, code) == Status.RETURNED
    assert status(season, tree, UNITS[2]) == Status.DRAFT
    assert (made.filings, made.returned) == (3, 5)
    line = make.line_of(season, tree[UNITS[0]], "P0009")
    assert (line.planned, line.to_correct) == (None, True)
    assert LogEntry.objects.count() == logged + 1
    said = LogEntry.objects.get(verb="增补品规").sentence
    assert "增补品规 P0009 增补片 10mg；涉及 3 家机构，退回 5 份申报；原因：公告漏列" in said
    told = Message.objects.filter(kind=MessageKind.CORRECTION)
    own = told.get(path=tree[UNITS[0]].path)
    assert own.url == f"{reverse('reporting:demand_edit', args=[season.code])}?q=P0009"
    assert "填写这一行后重新上报，其他明细不变" in own.body
    assert told.count() == 9
    event = FilingEvent.objects.get(filing__organization=tree[UNITS[0]], action=Action.ADD)
    assert event.reason == "更正第 1 号：增补品规 P0009 增补片 10mg，公告漏列"
    assert list(differences(season)) == []
    assert list(events_wrong(season)) == []


def test_each_tier_has_its_own_end(season, tree, alliance_officer) -> None:
    reported(season, tree, UNITS[0])
    wanted = addition()

    added(season, alliance_officer, wanted)

    for code, tier in (
        (UNITS[0], Tier.INSTITUTION),
        ("420106", Tier.COUNTY),
        ("42", Tier.PROVINCE),
    ):
        filing = make.filing_of(season, tree[code])
        assert filing.correction_deadline == wanted.deadlines[tier]


def test_that_row_alone_is_filled_in_and_reported(season, tree, alliance_officer) -> None:
    reported(season, tree, *UNITS[:2])
    before = DemandTotal.objects.get(filing__organization=tree["42"], item=item(season)).quantity
    added(season, alliance_officer)
    unit = tree[UNITS[0]]

    with pytest.raises(NotAdded, match="只补填增补的品规"):
        save(season, unit, {"P0001": 1})
    with pytest.raises(FilingIncomplete, match="还有 1 个品规没有填写"):
        act(season, unit, Action.SUBMIT)
    save(season, unit, {"P0009": 30})
    save(season, unit, {"P0009": 40})
    save(season, tree[UNITS[1]], {"P0009": 0})
    reported(season, tree, *UNITS[:2])

    totals = {
        total.item.item_code: total.quantity
        for total in DemandTotal.objects.filter(filing__organization=tree["42"])
    }
    assert totals == {"P0001": before, "P0002": 112, "P0009": 40}
    report = DemandReport.objects.filter(filing__organization=unit).order_by("number").last()
    # 280 tablets are ten boxes of 14 yuan, 56 are two, 40 are four boxes of 12.5 yuan.
    assert (report.amount, report.revision) == (Decimal(140 + 28 + 50), 1)
    assert list(differences(season)) == []


def test_a_withdrawal_opens_no_other_row(tree, alliance_officer) -> None:
    unit = tree[UNITS[0]]
    season = make.demand_project(
        [unit], items=2, chain=["county", "province"], institution_withdrawal="direct"
    )
    make.published(season, alliance_officer)
    make.planned(season, unit, {"P0001": 280, "P0002": 56}, is_saved=True, reason="stock")
    act(season, unit, Action.SUBMIT)
    added(season, alliance_officer)
    save(season, unit, {"P0009": 30})
    act(season, unit, Action.SUBMIT)
    act(season, unit, Action.WITHDRAW)

    save(season, unit, {"P0009": 31})
    with pytest.raises(NotAdded):
        save(season, unit, {"P0002": 57})

    act(season, unit, Action.SUBMIT)
    perform([make.filing_of(season, unit)], Action.RETURN, by=of(tree["420106"]), reason="请核对")
    save(season, unit, {"P0002": 57})


def test_two_of_them_are_both_filled_in(season, tree, alliance_officer) -> None:
    """The second finds the filing at work and concerns another unit: the row has to be answered all the same."""
    unit = tree[UNITS[0]]
    act(season, unit, Action.SUBMIT)
    added(season, alliance_officer)
    added(season, alliance_officer, addition(item_code="P0010", units=(tree[UNITS[2]].path,)))

    save(season, unit, {"P0009": 30, "P0010": 2})
    act(season, unit, Action.SUBMIT)

    assert status(season, tree, UNITS[0]) == Status.SUBMITTED


def test_a_correction_of_a_pack_opens_the_others_again(season, tree, alliance_officer) -> None:
    unit = tree[UNITS[0]]
    act(season, unit, Action.SUBMIT)
    added(season, alliance_officer)
    corrected(season, alliance_officer, item(season), pack_quantity=10)

    save(season, unit, {"P0001": 100, "P0009": 1})
    act(season, unit, Action.SUBMIT)


def test_who_does_not_answer_is_restored_as_reported(season, tree, alliance_officer) -> None:
    unit, wanted = tree[UNITS[0]], addition()
    act(season, unit, Action.SUBMIT)
    added(season, alliance_officer, wanted)
    save(season, unit, {"P0009": 30})

    move_window(season, Tier.INSTITUTION, timezone.now() - timedelta(3), timezone.now())
    with time_machine.travel(wanted.deadlines[Tier.INSTITUTION] + timedelta(minutes=1)):
        perform([make.filing_of(season, unit)], Action.RESTORE, by=of(tree["420106"]))

    lines = DemandLine.objects.filter(filing=make.filing_of(season, unit)).order_by("item_id")
    assert [(line.item.item_code, line.planned) for line in lines] == [
        ("P0001", 280),
        ("P0002", 56),
    ]
    assert make.filing_of(season, unit).added_since is None


def test_only_chosen_units_are_asked(season, tree, alliance_officer) -> None:
    reported(season, tree, *UNITS[:2])

    made = added(season, alliance_officer, addition(units=(tree["420106"].path,)))

    assert status(season, tree, UNITS[0]) == Status.RETURNED
    assert status(season, tree, UNITS[1]) == Status.APPROVED
    assert (made.filings, made.returned) == (1, 4)
    assert list(differences(season)) == []


def test_who_is_at_work_has_as_much_time(season, tree, alliance_officer) -> None:
    now, wanted = timezone.now(), addition()
    move_window(season, Tier.INSTITUTION, now - timedelta(days=1), now + timedelta(hours=1))

    added(season, alliance_officer, wanted)

    filing = make.filing_of(season, tree[UNITS[0]])
    assert (
        timings_for(season, [filing])[0].closes_at(now + timedelta(hours=2))
        == (wanted.deadlines[Tier.INSTITUTION])
    )
    said = LogEntry.objects.get(verb="增补品规").sentence
    assert "延长 3 家机构的填报时间" in said


def test_who_let_the_time_pass_is_not_let_in(season, tree, alliance_officer) -> None:
    now = timezone.now()
    move_window(season, Tier.INSTITUTION, now - timedelta(days=2), now - timedelta(days=1))

    added(season, alliance_officer)

    filing = make.filing_of(season, tree[UNITS[0]])
    assert timings_for(season, [filing])[0].closes_at(now + timedelta(hours=1)) is None


def test_it_is_taken_back_by_another_correction(season, tree, alliance_officer) -> None:
    reported(season, tree, UNITS[0])
    added(season, alliance_officer)
    save(season, tree[UNITS[0]], {"P0009": 30})
    reported(season, tree, UNITS[0])

    corrected(season, alliance_officer, item(season, "P0009"), is_withdrawn=True)
    reported(season, tree, UNITS[0])

    totals = DemandTotal.objects.filter(filing__organization=tree["42"])
    assert {t.item.item_code for t in totals if t.quantity} == {"P0001", "P0002"}
    assert list(differences(season)) == []


def test_what_was_bought_of_it_comes_along(tree, alliance_officer) -> None:
    unit = tree[UNITS[0]]
    source = make.demand_project([unit], items=9, code="LS", kind="history", baseline_years=[2025])
    make.published(source, alliance_officer)
    make.planned(source, unit, {"P0009": 700}, is_saved=True)
    for status_now in (Status.SUBMITTED, Status.APPROVED):
        Filing.objects.of_project(source).filter(organization=unit).update(
            status=status_now, submitted_at=timezone.now()
        )
    project = make.demand_project([unit], items=1, history_project=source, baseline_years=[2025])
    make.published(project, alliance_officer)

    added(project, alliance_officer)

    bought = PurchaseHistory.objects.get(project=project, item__item_code="P0009")
    assert (bought.quantity, bought.year) == (700, 2025)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [({"item_code": "P0001"}, "本项目中已有"), ({"item_code": "P 9"}, "品规编号为 1 至 30 位")],
)
def test_codes_are_looked_at(season, alliance_officer, values, sentence) -> None:
    with pytest.raises(ProjectRefused, match=sentence):
        added(season, alliance_officer, addition(**values))
    assert Correction.objects.count() == 0


def test_not_once_volumes_were_worked_out(tree, alliance_officer) -> None:
    reports = {tree[code]: {"A": 100} for code in UNITS[:2]}
    project = rounds.approved_round(reports, alliance_officer, units={"A": "甲"})
    rounds.published_base(project, alliance_officer)

    assert "计算基数" in preview_of(project, addition()).problems[0]
    with pytest.raises(ActionRefused, match="增补的品规不在其中，请先撤销计算基数的发布"):
        added(project, alliance_officer)
    assert not Filing.objects.filter(status=Status.RETURNED).exists()


def test_not_when_it_is_over_nor_before_nor_by_others(
    season, tree, alliance_officer, province_officer
) -> None:
    draft = make.demand_project([tree[UNITS[0]]], code="BL-9")
    with pytest.raises(ActionRefused, match="还没有发布"):
        added(draft, alliance_officer)
    with pytest.raises(NotYourTurn):
        added(season, province_officer)
    with pytest.raises(DeadlineInvalid):
        added(season, alliance_officer, addition(deadlines={Tier.INSTITUTION: timezone.now()}))
    with pytest.raises(ActionRefused, match="没有参加本项目"):
        added(season, alliance_officer, addition(units=("/0/99/",)))
    Project.objects.filter(pk=season.pk).update(phase=Phase.CLOSED)
    Project.objects.filter(pk=season.pk).update(phase=Phase.CONCLUDED)
    with pytest.raises(ActionRefused, match="请先撤销办结"):
        added(season, alliance_officer)


def test_the_database_lets_in_only_what_is_named(season, alliance_officer) -> None:
    row = {
        "project": season, "lot": "甲", "product_group": "甲", "competition_unit": "甲", "variety": "偷加",
        "specification": "1", "unit": "片", "pack_quantity": 1, "manufacturer_name": "甲", "daily_usage": 1,
    }  # fmt: skip
    with pytest.raises(ProgrammingError, match="frozen"), transaction.atomic():
        CatalogItem.objects.create(item_code="P0008", **row)
    made = added(season, alliance_officer)
    named = CatalogItem.objects.get(item_code="P0009")
    # Still the transaction of the correction: it names one id and its terms, nothing else.
    for values in (
        {"item_code": "P0008", "added_in": made.number},
        {"item_code": "P0009", "pk": named.pk + 1},
    ):
        with pytest.raises(ProgrammingError, match="frozen"), transaction.atomic():
            CatalogItem.objects.create(**row, **values)


def test_statements_do_not_grow_with_whom_it_concerns(tree, alliance_officer) -> None:
    numbers = []
    for count in (1, 2, 8):  # the first prepares statements
        units = factories.InstitutionFactory.create_batch(count, parent=tree["420106"])
        project = make.demand_project(units, items=1, code=f"N{count}")
        make.published(project, alliance_officer)
        for unit in units:
            make.planned(project, unit, {"P0001": 280}, is_saved=True, reason="stock")
            act(project, unit, Action.SUBMIT)
        with CaptureQueriesContext(connection) as seen:
            made = added(project, alliance_officer)
        assert made.returned == count
        numbers.append(len(seen))
    assert numbers[1] == numbers[2]

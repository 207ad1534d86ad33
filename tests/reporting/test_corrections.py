"""更正 in a demand round: texts everywhere, prices from now on, packs with everything that rests on them."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.analysis.domain.leaves import goods_of, leaves
from apps.analysis.domain.view import View
from apps.audit.domain.seen import ChangedMeanwhile
from apps.audit.models import LogEntry
from apps.notices.models import Message, MessageKind
from apps.projects.domain.corrections.fields import Kind, subject_of
from apps.projects.models import CatalogItem, Correction, ItemTerms, Phase, Project
from apps.reporting.domain.rollup import Dimension
from apps.reporting.domain.sheet.rows import rows_of
from apps.reporting.domain.totals.verifying import differences
from apps.reporting.models import DemandLine, DemandReport, DemandTotal, PackMark
from apps.reporting.pages.demand_page import Work
from apps.review.domain.performing import perform
from apps.review.domain.proving import differences as events_wrong
from apps.review.domain.refusals import ActionRefused, NotYourTurn, ReasonMissing
from apps.review.domain.returning import return_through
from apps.review.domain.rounds.correcting import correct, preview_of
from apps.review.models import Filing, FilingEvent
from apps.review.models.statuses import Action, Status
from tests import factories
from tests import factories_demand as make
from tests.correcting import corrected, wanted
from tests.running import as_owner
from tests.volumes import rounds

pytestmark = pytest.mark.usefixtures("country")
UNITS = ("H42010600001", "H42010000001", "H14010500001")


@pytest.fixture
def season(tree, alliance_officer) -> Project:
    """Three institutions in two provinces with lines of two items, each 280 of P0001 and 56 of P0002."""
    units = [tree[code] for code in UNITS]
    project = make.demand_project(units, items=2, chain=["county", "city", "province"])
    for unit in units:
        make.bought(project, unit, {"P0001": 2_800, "P0002": 50})
    make.published(project, alliance_officer)
    for unit in units:
        make.planned(project, unit, {"P0001": 280, "P0002": 56}, is_saved=True, reason="stock")
    return project


def reported(project, tree, *codes) -> None:
    """By the institutions themselves, then approved and submitted up to the province."""
    for code in codes:
        act(project, tree[code], Action.SUBMIT)
    for unit in ("420106", "420100", "42"):
        below = Filing.objects.of_project(project).filter(
            parent__organization=tree[unit], status=Status.SUBMITTED
        )
        if below:
            perform(list(below), Action.APPROVE, by=of(tree[unit]))
            act(project, tree[unit], Action.SUBMIT, confirmed=True)


def act(project, unit, action, **told) -> None:
    perform([make.filing_of(project, unit)], action, by=of(unit), **told)


def of(unit) -> Actor:
    known = User.objects.filter(organization=unit).first()
    return Actor.of(known or factories.account_of(unit))


def status(project, tree, code) -> str:
    return make.filing_of(project, tree[code]).status


def item(project, code="P0001") -> CatalogItem:
    return make.items_of(project)[code]


def test_a_text_changes_everywhere_and_moves_nothing(season, tree, alliance_officer) -> None:
    reported(season, tree, *UNITS[:2])
    before = list(Filing.objects.of_project(season).order_by("pk").values_list("pk", "version"))
    logged = LogEntry.objects.count()

    made = corrected(season, alliance_officer, item(season), variety="更名片", unit="粒")

    assert (item(season).variety, item(season).unit, item(season).pinyin) == ("更名片", "粒", "gmp")
    after = list(Filing.objects.of_project(season).order_by("pk").values_list("pk", "version"))
    assert after == before
    assert (made.number, made.returned, ItemTerms.objects.count()) == (1, 0, 0)
    assert LogEntry.objects.count() == logged + 1
    (line,) = LogEntry.objects.filter(verb="更正")
    assert "品种名称由“测试片1”改为“更名片”" in line.sentence
    assert "原因：公告有误" in line.sentence
    told = Message.objects.filter(kind=MessageKind.CORRECTION)
    assert told.count() == len({m.path for m in told}) == 9
    assert {m.url for m in told} == {f"/review/{season.code}/corrections/"}


def test_the_name_of_a_project_is_corrected(season, alliance_officer) -> None:
    corrected(season, alliance_officer, season, name="更名项目", description="说明")

    season.refresh_from_db()
    assert (season.name, season.pinyin, season.description) == ("更名项目", "gmxm", "说明")


def test_a_price_holds_for_what_is_reported_from_now_on(season, tree, alliance_officer) -> None:
    act(season, tree[UNITS[0]], Action.SUBMIT)
    first = make.filing_of(season, tree[UNITS[0]])

    made = corrected(season, alliance_officer, item(season), reference_price=Decimal(28))
    reported(season, tree, UNITS[1])

    kept = DemandReport.objects.get(filing=first)
    later = DemandReport.objects.get(filing=make.filing_of(season, tree[UNITS[1]]))
    # 280 tablets are ten boxes, 56 are two: 14 yuan each, then 28 for those of P0001.
    assert (kept.amount, kept.revision) == (Decimal(168), 0)
    assert (later.amount, later.revision) == (Decimal(308), made.number)
    province = DemandTotal.objects.get(filing__organization=tree["42"], item=item(season))
    assert (province.quantity, province.amount) == (560, Decimal(140 + 280))
    assert status(season, tree, UNITS[0]) == Status.APPROVED
    assert list(differences(season)) == []


def test_pages_say_the_price_that_was_reported_at(season, tree, alliance_officer) -> None:
    """The sheet and the institutions behind a figure; who has it back goes by what holds now."""
    act(season, tree[UNITS[0]], Action.SUBMIT)
    corrected(season, alliance_officer, item(season), reference_price=Decimal(28))

    def said() -> list[Decimal]:
        filing = make.filing_of(season, tree[UNITS[0]])
        own = make.filing_of(season, tree["42"])
        view = View(Dimension.ITEM, filters={Dimension.STATUS: (filing.status,)})
        found = leaves(own, view, goods_of(season, view)).get(pk=filing.pk)
        rows = rows_of(season, filing)
        return [sum(row.amount for row in rows), Work.of(rows).amount, found.amount]

    assert said() == [Decimal(168)] * 3

    first = make.filing_of(season, tree[UNITS[0]])
    perform([first], Action.RETURN, by=of(tree["420106"]), reason="请核对")
    assert said() == [Decimal(308)] * 3


def test_a_price_corrected_twice_is_kept_for_each_report(season, tree, alliance_officer) -> None:
    for code, price in zip(UNITS, (28, 42, None), strict=True):
        act(season, tree[code], Action.SUBMIT)
        corrected(season, alliance_officer, item(season), reference_price=price and Decimal(price))
    reported(season, tree)
    for unit in ("140105", "140100", "14"):
        below = Filing.objects.of_project(season).filter(parent__organization=tree[unit])
        waiting = list(below.filter(status=Status.SUBMITTED))
        perform(waiting, Action.APPROVE, by=of(tree[unit]))
        act(season, tree[unit], Action.SUBMIT, confirmed=True)

    amounts = dict(
        DemandTotal.objects.filter(
            item=item(season), filing__organization__code__in=["42", "14"]
        ).values_list("filing__organization__code", "amount")
    )
    assert amounts == {"42": Decimal(140 + 280), "14": Decimal(420)}
    assert list(ItemTerms.objects.order_by("since").values_list("since", "until")) == [
        (0, 1),
        (1, 2),
        (2, 3),
    ]
    assert list(differences(season)) == []


def test_a_pack_gives_back_what_was_reported_with_the_packages_above(
    season, tree, alliance_officer
) -> None:
    reported(season, tree, *UNITS[:2])
    logged = LogEntry.objects.count()

    made = corrected(season, alliance_officer, item(season), pack_quantity=10)

    for code in (*UNITS[:2], "420106", "420100", "42"):
        assert status(season, tree, code) == Status.RETURNED
    assert (made.filings, made.lines, made.returned) == (3, 3, 5)
    line = make.line_of(season, tree[UNITS[0]], "P0001")
    assert (line.to_correct, line.is_saved, line.planned) == (True, False, 280)
    # 280 is a tenth of what was bought: boxes of ten.
    assert line.pack_mark == PackMark.SUSPECT
    other = make.line_of(season, tree[UNITS[0]], "P0002")
    assert (other.to_correct, other.is_saved) == (False, True)
    assert LogEntry.objects.count() == logged + 1
    event = FilingEvent.objects.get(filing__organization=tree[UNITS[0]], action=Action.CORRECT)
    assert event.reason == "更正第 1 号：包装数量更正，公告有误"
    own = Message.objects.get(path=tree[UNITS[0]].path, kind=MessageKind.CORRECTION)
    assert own.url == reverse("reporting:demand_edit", args=[season.code])
    assert list(differences(season)) == []
    assert list(events_wrong(season)) == []


def test_what_was_given_back_is_reported_anew_with_the_new_pack(
    season, tree, alliance_officer
) -> None:
    reported(season, tree, *UNITS[:2])
    corrected(season, alliance_officer, item(season), pack_quantity=56)

    reported(season, tree, *UNITS[:2])

    province = DemandTotal.objects.get(filing__organization=tree["42"], item=item(season))
    assert (province.quantity, province.amount) == (560, Decimal(140))
    assert list(differences(season)) == []


def test_what_was_given_back_is_not_restored(season, tree, alliance_officer) -> None:
    reported(season, tree, UNITS[0])
    corrected(season, alliance_officer, item(season), pack_quantity=56)
    filing = make.filing_of(season, tree[UNITS[0]])

    reviewer = of(tree["420106"])
    with (
        time_machine.travel(timezone.now() + timedelta(days=30)),
        pytest.raises(ActionRefused, match="有更正，不能恢复"),
    ):
        perform([filing], Action.RESTORE, by=reviewer)


def test_an_item_is_withdrawn(season, tree, alliance_officer) -> None:
    reported(season, tree, *UNITS[:2])
    made = corrected(season, alliance_officer, item(season), is_withdrawn=True)

    assert (made.lines, made.returned, status(season, tree, "42")) == (3, 5, Status.RETURNED)
    line = make.line_of(season, tree[UNITS[2]], "P0001")
    assert (line.planned, line.explanation, line.is_saved) == (0, "品规已撤下", True)
    filing = make.filing_of(season, tree[UNITS[0]])
    assert [row.item.item_code for row in rows_of(season, filing)] == ["P0002"]

    reported(season, tree, *UNITS[:2])

    totals = DemandTotal.objects.filter(filing__organization=tree["42"])
    assert {t.item.item_code: t.quantity for t in totals if t.quantity} == {"P0002": 112}
    assert list(differences(season)) == []


def test_nobody_has_to_answer_what_was_withdrawn(season, tree, alliance_officer) -> None:
    unit = tree[UNITS[0]]
    DemandLine.objects.filter(filing=make.filing_of(season, unit), item=item(season)).delete()
    corrected(season, alliance_officer, item(season), is_withdrawn=True)

    act(season, unit, Action.SUBMIT)

    assert status(season, tree, UNITS[0]) == Status.SUBMITTED


def test_a_correction_is_undone_by_another_one(season, tree, alliance_officer) -> None:
    corrected(season, alliance_officer, item(season), pack_quantity=56)
    corrected(season, alliance_officer, item(season), pack_quantity=28)

    assert item(season).pack_quantity == 28
    assert list(Correction.objects.order_by("number").values_list("number", "changes__0__new")) == [
        (1, "56"),
        (2, "28"),
    ]


def test_the_database_lets_nothing_else_change(season, alliance_officer) -> None:
    for rows, values in (
        (CatalogItem.objects.filter(project=season), {"variety": "偷改"}),
        (Project.objects.filter(pk=season.pk), {"name": "偷改"}),
        (Correction.objects.all(), {"reason": "偷改"}),
    ):
        corrected(season, alliance_officer, season, description=f"第 {rows.model.__name__} 次")
        # What stands in this test's own transaction is over.
        with as_owner(), connection.cursor() as cursor:
            cursor.execute(
                "SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE projects_correction DISABLE TRIGGER USER;"
                "UPDATE projects_correction SET transaction = 0;"
                "ALTER TABLE projects_correction ENABLE TRIGGER USER"
            )
        with pytest.raises(ProgrammingError), transaction.atomic():
            rows.update(**values)


def test_a_correction_of_one_field_opens_no_other(season, alliance_officer) -> None:
    corrected(season, alliance_officer, item(season), variety="更名片")

    CatalogItem.objects.filter(pk=item(season).pk).update(
        variety="再改"
    )  # named, in this transaction
    for values in ({"pack_quantity": 7}, {"product_group": "别组"}):
        with pytest.raises(ProgrammingError, match="frozen"), transaction.atomic():
            CatalogItem.objects.filter(pk=item(season).pk).update(**values)
    with pytest.raises(ProgrammingError, match="frozen"), transaction.atomic():
        CatalogItem.objects.filter(pk=item(season, "P0002").pk).update(variety="偷改")


def test_who_may_not_and_what_is_missing(season, province_officer, alliance_officer) -> None:
    row = item(season)
    with pytest.raises(NotYourTurn):
        corrected(season, province_officer, row, variety="更名片")
    with pytest.raises(ReasonMissing, match="原因"):
        corrected(season, alliance_officer, row, variety="更名片", reason=" ")
    with pytest.raises(ReasonMissing, match="文件"):
        corrected(season, alliance_officer, row, variety="更名片", paper=None)
    with pytest.raises(ActionRefused, match="没有改动"):
        corrected(season, alliance_officer, row, variety=row.variety)
    asked = wanted(row, variety="更名片")
    stale = type(asked)(
        asked.kind, asked.pk, asked.values, asked.reason, asked.paper, None, {"variety": "旧名"}
    )
    with pytest.raises(ChangedMeanwhile):
        correct(project=season, wanted=stale, by=Actor.of(alliance_officer))
    assert Correction.objects.count() == 0


def test_of_a_concluded_project_only_texts(season, tree, alliance_officer) -> None:
    Project.objects.filter(pk=season.pk).update(phase=Phase.CLOSED)
    Project.objects.filter(pk=season.pk).update(phase=Phase.CONCLUDED)
    season.refresh_from_db()

    corrected(season, alliance_officer, item(season), filling_note="按粒填报")
    with pytest.raises(ActionRefused, match="请先撤销办结"):
        corrected(season, alliance_officer, item(season), pack_quantity=10)


def test_the_preview_says_it_all(season, tree, alliance_officer) -> None:
    reported(season, tree, UNITS[0])
    subject = subject_of(season, Kind.ITEM, item(season).pk)

    found = preview_of(season, subject, {"pack_quantity": 10, "reference_price": Decimal(28)})

    assert {each.status: (each.filings, each.lines) for each in found.reach} == {
        "approved": (1, 1),
        "draft": (2, 2),
    }
    by_status = {each.status: (each.before, each.after) for each in found.reach}
    assert by_status["approved"] == (Decimal(140), Decimal(140))
    assert by_status["draft"] == (Decimal(280), Decimal(2 * 28 * 28))
    assert len(found.touched.reported) == 1
    assert [each.tier for each in found.touched.packages] == ["province", "city", "county"]
    made = corrected(
        season, alliance_officer, item(season), pack_quantity=10, reference_price=Decimal(28)
    )
    assert (made.filings, made.lines, made.returned) == (3, 3, 4)


def test_statements_do_not_grow_with_what_is_touched(tree, alliance_officer) -> None:
    numbers = []
    for count in (2, 12):
        units = factories.InstitutionFactory.create_batch(count, parent=tree["420106"])
        project = make.demand_project(units, items=1, code=f"N{count}")
        make.published(project, alliance_officer)
        for unit in units:
            make.planned(project, unit, {"P0001": 280}, is_saved=True, reason="stock")
            act(project, unit, Action.SUBMIT)
        with CaptureQueriesContext(connection) as seen:
            made = corrected(project, alliance_officer, item(project), pack_quantity=10)
        assert made.returned == count
        numbers.append(len(seen))
    assert numbers[0] == numbers[1]


def test_what_a_published_base_counts_stays_and_is_named(tree, alliance_officer) -> None:
    reports = {tree[code]: {"A": 100} for code in UNITS[:2]}
    project = rounds.approved_round(reports, alliance_officer, units={"A": "甲"})
    rounds.published_base(project, alliance_officer)
    row = make.items_of(project)["A"]

    found = preview_of(project, subject_of(project, Kind.ITEM, row.pk), {"pack_quantity": 7})
    with pytest.raises(ActionRefused, match="计算基数"):
        corrected(project, alliance_officer, row, pack_quantity=7)

    assert "计算基数" in found.problems[0]
    assert make.items_of(project)["A"].pack_quantity == row.pack_quantity
    assert Correction.objects.count() == Filing.objects.filter(status=Status.RETURNED).count() == 0


def test_a_return_by_the_tiers_themselves_goes_on(season, tree, alliance_officer) -> None:
    reported(season, tree, UNITS[0])
    corrected(season, alliance_officer, item(season), reference_price=Decimal(28))

    return_through(
        make.filing_of(season, tree[UNITS[0]]),
        by=Actor.of(alliance_officer),
        reason="重报",
        deadline=timezone.now() + timedelta(days=1),
    )
    reported(season, tree, UNITS[0])

    last = (
        DemandReport.objects.filter(filing__organization=tree[UNITS[0]]).order_by("number").last()
    )
    assert (last.amount, last.revision) == (Decimal(308), 1)
    assert list(differences(season)) == []

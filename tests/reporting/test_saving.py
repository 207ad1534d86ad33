"""Saving rows: one upsert, no lost update, blank is not zero, arrival decides."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.reporting.domain.refusals import CountMoved, NothingTicked, UnknownItem
from apps.reporting.domain.sheet.bulk import explain, fill_share, fill_zero, mark_saved
from apps.reporting.domain.sheet.rows import rows_of
from apps.reporting.domain.sheet.saving import Entry, save_lines, save_own
from apps.reporting.domain.sheet.sql import LinesNow
from apps.reporting.models import DemandLine, PackMark
from apps.review.domain.refusals import NotEditable
from apps.review.models import Filing
from apps.review.models.statuses import Status
from apps.scope.database import send
from tests import factories_demand as make
from tests.factories_review import put

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("country")]


def test_many_rows_cost_as_many_statements_as_one(round_):
    def statements(*codes):
        entries = [Entry(round_.item(code), 500) for code in codes]
        place = round_.place
        with CaptureQueriesContext(connection) as queries:
            save_lines(entries=entries, **place)
        return [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]

    one, three = statements("P0001"), statements("P0002", "P0003", "P0004")

    assert len(one) == len(three) == 5
    assert sum(sql.startswith("INSERT") for sql in three) == 1


def test_a_blank_is_not_a_zero(round_):
    save_lines(entries=[Entry(round_.item("P0001"), 0), Entry(round_.item("P0002"), None, "growth")],
               **round_.place)  # fmt: skip

    assert round_.line("P0001").planned == 0
    assert round_.line("P0002").planned is None


def test_a_row_that_somebody_changed_is_not_overwritten(round_):
    item = round_.item("P0001")
    save_lines(entries=[Entry(item, 100, seen=0)], **round_.place)
    save_lines(entries=[Entry(item, 200, seen=1)], **round_.place)

    saved = save_lines(entries=[Entry(item, 300, seen=1)], **round_.place)

    assert (list(saved.rows), saved.conflicts[item].planned, saved.written) == ([], 200, 0)
    assert round_.line("P0001").planned == 200


def test_the_same_row_sent_twice_is_saved_once(round_):
    entry = Entry(round_.item("P0001"), 100, seen=0)
    save_lines(entries=[entry], **round_.place)

    again = save_lines(entries=[entry], **round_.place)

    assert (again.written, again.conflicts) == (0, {})
    assert again.rows[entry.item].version == 1


def test_what_arrived_before_the_end_counts(round_):
    closes_at = timezone.now() - timedelta(minutes=1)
    round_.project.windows.filter(tier="institution").update(closes_at=closes_at)
    entries = [Entry(round_.item("P0001"), 100)]

    place = round_.place
    in_time = replace(place["by"], arrived_at=closes_at - timedelta(seconds=1))
    save_lines(entries=entries, **place | {"by": in_time})
    with pytest.raises(NotEditable):
        save_lines(entries=entries, **place | {"by": replace(in_time, arrived_at=closes_at)})

    assert round_.line("P0001").planned == 100


def test_an_item_of_another_project_is_refused(round_):
    other = make.demand_project([round_.hospital], code="OTHER")

    with pytest.raises(UnknownItem):
        save_lines(entries=[Entry(make.items_of(other)["P0001"].pk, 1)], **round_.place)


def test_only_the_institution_itself_saves(round_, neighbour_clerk, county_reviewer):
    entries = [Entry(round_.item("P0001"), 100)]

    for stranger in (neighbour_clerk, county_reviewer):
        with pytest.raises(NotEditable):
            save_lines(entries=entries, **round_.place | {"by": Actor.of(stranger)})


@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.APPROVED])
def test_the_database_refuses_lines_below_a_reported_filing(round_, status):
    save_lines(entries=[Entry(round_.item("P0001"), 100)], **round_.place)
    put(status, round_.filing)

    with pytest.raises(NotEditable):
        save_lines(entries=[Entry(round_.item("P0001"), 200)], **round_.place)
    with pytest.raises(IntegrityError, match="frozen_branch"), transaction.atomic():
        DemandLine.objects.of_filing(round_.filing).update(planned=1)


def test_the_database_finds_the_bureau_that_froze_one_of_many_sheets(round_):
    save_lines(entries=[Entry(round_.item("P0001"), 100)], **round_.place)
    lines, above = DemandLine.objects.filter(filing=round_.filing), round_.filing.parent
    lines.update(planned=F("planned") + 1)

    put(Status.APPROVED, above.parent)

    with pytest.raises(IntegrityError, match="frozen_branch"), transaction.atomic():
        lines.update(planned=F("planned") + 1)


def test_whoever_types_below_a_bureau_that_has_submitted_is_told(round_):
    put(Status.SUBMITTED, round_.filing.parent.parent)

    with pytest.raises(NotEditable, match="上级已提交，数据已锁定"):
        save_lines(entries=[Entry(round_.item("P0001"), 100)], **round_.place)


def test_boxes_are_asked_about_until_they_are_confirmed(round_):
    item = round_.item("P0001")
    save_lines(entries=[Entry(item, 100)], **round_.place)
    assert round_.line("P0001").pack_mark == PackMark.SUSPECT

    save_lines(entries=[Entry(item, 100, packs_checked=True)], **round_.place)
    save_lines(entries=[Entry(item, 100, "growth")], **round_.place)
    assert round_.line("P0001").pack_mark == PackMark.CONFIRMED

    save_lines(entries=[Entry(item, 2_800)], **round_.place)
    assert round_.line("P0001").pack_mark == PackMark.NONE


@pytest.mark.covers("S2-18", "S2-19")
def test_ticked_rows_are_saved_and_none_is_refused(round_):
    items = [round_.item(code) for code in ("P0001", "P0002")]
    save_lines(entries=[Entry(items[0], 100)], **round_.place)

    assert mark_saved(items=items, **round_.place) == 1
    assert round_.line("P0001").is_saved
    with pytest.raises(NothingTicked, match="请先勾选"):
        mark_saved(items=[], **round_.place)


def test_typing_again_makes_a_saved_row_provisional(round_):
    item = round_.item("P0001")
    save_lines(entries=[Entry(item, 100)], **round_.place)
    mark_saved(items=[item], **round_.place)

    save_lines(entries=[Entry(item, 101)], **round_.place)

    assert not round_.line("P0001").is_saved


def test_shares_of_the_baseline(round_):
    items = [round_.item(code) for code in ("P0001", "P0003", "P0004")]

    assert fill_share(items=items, percent=90, **round_.place) == 2
    assert (round_.line("P0001").planned, round_.line("P0003").planned) == (2_520, 90)
    assert round_.line("P0004") is None


def test_the_rest_is_filled_with_zero_by_the_number_confirmed(round_):
    save_lines(entries=[Entry(round_.item("P0001"), 100)], **round_.place)

    with pytest.raises(CountMoved, match="现在有 3 个"):
        fill_zero(expected=4, **round_.place)
    assert fill_zero(expected=3, **round_.place) == 3

    assert (round_.line("P0001").planned, round_.line("P0004").planned) == (100, 0)


def test_one_explanation_for_many_keeps_their_quantities(round_):
    items = [round_.item("P0001"), round_.item("P0002")]
    save_lines(entries=[Entry(items[0], 100)], **round_.place)

    assert explain(items=items, reason="growth", explanation="新开病区", **round_.place) == 2
    first, second = round_.line("P0001"), round_.line("P0002")
    assert (first.planned, first.reason, first.explanation) == (100, "growth", "新开病区")
    assert (second.planned, second.reason) == (None, "growth")


def test_rows_as_a_save_finds_them_are_those_of_the_sheet(round_):
    item = round_.item("P0001")
    save_lines(entries=[Entry(item, 100, "other", "新开病区")], **round_.place)
    save_lines(entries=[Entry(round_.item("P0002"), None, "growth")], **round_.place)
    mark_saved(items=[item], **round_.place)
    sheet = [row.now for row in rows_of(round_.project, round_.filing)]
    items = [row.pk for row in sheet]

    for wanted in (items, items[:1], []):
        for lines in (
            LinesNow.of(round_.filing.pk, wanted),
            LinesNow.own(round_.hospital.pk, round_.project.code, wanted),
        ):
            send(lines)
            assert sorted(lines.answer) == sorted(row for row in sheet if row.pk in wanted)
    assert [row.bought for row in sheet] == [2_800, 1_000, 100, 0]
    assert sheet[0].updated_at == round_.line("P0001").updated_at


def test_a_save_that_finds_its_filing_is_the_same_save(round_):
    place = {"code": round_.project.code, "by": round_.by}
    items = [round_.item("P0001"), round_.item("P0002")]

    held, saved = save_own(
        items=items,
        read=lambda rows: [Entry(row.pk, 2 * row.pack_quantity) for row in rows],
        **place,
    )

    assert (held, saved.written, set(saved.rows)) == (round_.filing, 2, set(items))
    assert round_.line("P0001").planned == saved.rows[items[0]].planned > 0
    put(Status.SUBMITTED, round_.filing)
    with pytest.raises(NotEditable):
        save_own(items=items, read=lambda _rows: [], **place)
    with pytest.raises(Filing.DoesNotExist):
        save_own(items=items, read=lambda _rows: [], code="NONE", by=round_.by)

"""历史数有误 decided by the province: one or many, once, told, and never after a report (S2-07c)."""

import pytest
from django.urls import reverse

from apps.accounts.domain.actors import Actor
from apps.audit.models import LogEntry
from apps.notices.models import Message, MessageKind
from apps.reporting.domain.purchases.deciding import Decision, decide_doubts
from apps.reporting.domain.purchases.doubts import raise_doubt
from apps.reporting.domain.refusals import DoubtRefused, HistoryFrozen
from apps.reporting.models import DoubtState, HistoryDoubt, PurchaseHistory
from apps.review.models.statuses import Status
from apps.scope.context import whole_country
from tests import factories_demand as make
from tests.allocation.reading import rows_of, text_of
from tests.factories_review import put

pytestmark = pytest.mark.django_db

CORRECT = Decision(corrects=True)


def url(name):
    return reverse(f"reporting:{name}", args=["BL"])


def doubted(round_, code="P0001", claimed=3_000):
    """An open doubt of the hospital about 2025."""
    with whole_country(reason="test"):
        item = make.items_of(round_.project)[code]
        return raise_doubt(
            item=item, year=make.YEAR, claimed=claimed, note="平台采购订单合计", **round_.place
        )


def fresh(doubt):
    with whole_country(reason="test"):
        return HistoryDoubt.objects.get(pk=doubt.pk)


def bought(round_, code):
    with whole_country(reason="test"):
        rows = PurchaseHistory.objects.of_institution(round_.project, round_.hospital.pk)
        return dict(rows.values_list("item__item_code", "quantity")).get(code)


@pytest.fixture
def province(client_of, province_officer):
    return client_of(province_officer)


@pytest.fixture
def decide(round_, province_officer):
    def decided(*doubts, by=province_officer, decision=CORRECT):
        with whole_country(reason="test"):
            ids = [doubt.pk for doubt in doubts]
            return decide_doubts(
                project=round_.project, doubts=ids, decision=decision, by=Actor.of(by)
            )

    return decided


@pytest.mark.covers("S2-07")
def test_many_are_corrected_at_once_and_the_institution_is_told_once(round_, province):
    doubts = [doubted(round_), doubted(round_, "P0004", 70)]

    page = province.post(
        url("doubt_decide"),
        {"selected": [doubt.pk for doubt in doubts], "outcome": "correct", "answer": "以订单为准"},
        follow=True,
    )

    assert "已核定 2 条" in text_of(page)
    assert (bought(round_, "P0001"), bought(round_, "P0004")) == (3_000, 70)
    for doubt in map(fresh, doubts):
        assert (doubt.state, doubt.decided) == (DoubtState.CORRECTED, doubt.claimed)
        assert doubt.decided_by.name == "周省局"
    with whole_country(reason="test"):
        (message,) = Message.objects.filter(kind=MessageKind.HISTORY)
        assert (
            LogEntry.objects.filter(verb="核定历史采购量", path=round_.hospital.path).count() == 2
        )
    assert message.path == round_.hospital.path
    assert "2025 年采购量更正为 3,000，核定意见：以订单为准" in message.body


def test_a_number_is_kept_with_an_opinion_only(round_, province, client_of):
    doubt = doubted(round_)
    place = {"selected": doubt.pk, "outcome": "keep"}

    refused = province.post(url("doubt_decide"), place, follow=True)
    assert "维持原数时请填写核定意见" in text_of(refused)
    assert fresh(doubt).state == DoubtState.OPEN

    province.post(url("doubt_decide"), {**place, "reason": "平台数据无误"})

    assert (fresh(doubt).state, fresh(doubt).decided) == (DoubtState.KEPT, 2_800)
    assert bought(round_, "P0001") == 2_800
    seen = client_of(round_.clerk).get(url("doubt_list"))
    assert "维持原数" in rows_of(seen)[0]
    assert "维持 2,800：平台数据无误" in rows_of(seen)[0]


def test_one_doubt_can_be_decided_with_a_third_number(round_, decide):
    first, second = doubted(round_), doubted(round_, "P0002", 5)
    third_number = Decision(corrects=True, number=2_900)

    with pytest.raises(DoubtRefused, match="只能在勾选一条时填写"):
        decide(first, second, decision=third_number)
    decide(first, decision=third_number)

    assert (bought(round_, "P0001"), fresh(first).decided) == (2_900, 2_900)
    assert (bought(round_, "P0002"), fresh(second).state) == (1_000, DoubtState.OPEN)


def test_a_doubt_is_decided_once(round_, decide):
    doubt = doubted(round_)
    decide(doubt)

    with pytest.raises(DoubtRefused, match="已经核定过了"):
        decide(doubt, decision=Decision(corrects=True, number=1))
    assert bought(round_, "P0001") == 3_000


@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.APPROVED])
def test_nothing_is_decided_after_the_report(round_, decide, status):
    doubt = doubted(round_)
    put(status, round_.filing)

    with pytest.raises(HistoryFrozen, match="武昌区人民医院已经上报"):
        decide(doubt)
    assert (bought(round_, "P0001"), fresh(doubt).state) == (2_800, DoubtState.OPEN)


def test_only_the_province_itself_decides(
    round_, decide, client_of, county_reviewer, neighbour_officer
):
    doubt = doubted(round_)

    for stranger in (county_reviewer, neighbour_officer, round_.clerk):
        with pytest.raises(DoubtRefused):
            decide(doubt, by=stranger)
    post = {"selected": doubt.pk, "outcome": "correct"}
    assert client_of(county_reviewer).post(url("doubt_decide"), post).status_code == 403
    client_of(neighbour_officer).post(url("doubt_decide"), post)
    assert fresh(doubt).state == DoubtState.OPEN
    assert rows_of(client_of(neighbour_officer).get(url("doubt_list"))) in ([], [[]])


def test_the_list_shows_what_stands_beside_what_is_claimed(round_, province):
    doubted(round_)
    doubted(round_, "P0004", 70)

    page = rows_of(province.get(url("doubt_list"), {"state": "open", "item": "P0001"}))

    (row,) = page
    assert row[1:7] == [
        "武昌区人民医院", "测试片1 5mg×28片", "2025", "2,800", "3,000", "待省医保核定",
    ]  # fmt: skip


def test_the_portal_counts_what_waits(round_, province, client_of, county_reviewer):
    doubted(round_)
    doubted(round_, "P0004", 70)

    home = text_of(province.get(reverse("portal:home")))

    assert "历史数待核定" in home
    assert "历史数待核定" not in text_of(client_of(county_reviewer).get(reverse("portal:home")))

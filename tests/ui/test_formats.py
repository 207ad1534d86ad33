from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
import time_machine

from apps.ui import formats

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 9, 22, 9, 0, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("value", "text"), [(1284530, "1,284,530"), (0, "0"), (-4250, "-4,250"), (None, "—")]
)
def test_whole(value, text):
    assert formats.whole(value) == text


@pytest.mark.parametrize(
    ("value", "pack", "text"),
    [
        (14400, 12, "= 1,200 盒"),
        (500, 12, "= 41 盒 余 8 片"),
        (-500, 12, "= -41 盒 余 8 片"),
        (0, 12, "= 0 盒"),
        (500, 1, ""),
        (500, None, ""),
        (None, 12, ""),
    ],
)
def test_packs(value, pack, text):
    assert formats.packs(value, pack=pack, unit="片") == text


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (8452190, 2, "¥ 8,452,190.00"),
        (Decimal("0.00345"), 4, "¥ 0.0035"),
        (Decimal("-3.005"), 2, "-¥ 3.01"),
        (None, 2, "—"),
    ],
)
def test_yuan(value, decimals, text):
    assert formats.yuan(value, decimals=decimals) == text


def test_percent_signed():
    assert formats.percent(Decimal("17.44"), signed=True) == "+17.4%"
    assert formats.percent(-0.4, signed=True) == "-0.4%"
    assert formats.percent(None) == "—"


def test_moment_is_local():
    assert formats.moment(datetime(2026, 9, 25, 6, 30, tzinfo=UTC)) == "2026-09-25 14:30"


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize(
    ("value", "text"),
    [
        (datetime(2026, 9, 26, 0, 0, tzinfo=SHANGHAI), "9 月 25 日 24:00"),
        (datetime(2026, 9, 26, 0, 1, tzinfo=SHANGHAI), "9 月 26 日 00:01"),
        (datetime(2027, 1, 1, 0, 0, tzinfo=SHANGHAI), "12 月 31 日 24:00"),
        (datetime(2027, 1, 1, 18, 0, tzinfo=SHANGHAI), "2027 年 1 月 1 日 18:00"),
        (None, "—"),
    ],
)
def test_deadline_says_midnight_as_the_end_of_the_day(value, text):
    assert formats.deadline(value) == text


@time_machine.travel(NOW, tick=False)
def test_short_moment_names_another_year():
    assert formats.short_moment(NOW) == "09-22 09:00"
    assert formats.short_moment(NOW - timedelta(days=365)) == "2025-09-22 09:00"


@pytest.mark.parametrize(
    ("left", "text", "urgency"),
    [
        (timedelta(days=5, hours=4, minutes=12), "5 天 04:12", ""),
        (timedelta(days=3), "3 天 00:00", "warning"),
        (timedelta(hours=23, minutes=59, seconds=59), "23:59:59", "danger"),
        (timedelta(seconds=1), "00:00:01", "danger"),
        (timedelta(0), "已截止", "closed"),
        (timedelta(days=-1), "已截止", "closed"),
    ],
)
def test_remaining_and_urgency(left, text, urgency):
    assert formats.remaining(NOW + left, now=NOW) == text
    assert formats.urgency(NOW + left, now=NOW) == urgency

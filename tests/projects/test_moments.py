"""Days and clocks as clerks write them; 24:00 is the end of the day."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.organizations.models import Tier
from apps.projects.models.window_spans import end_in_words, span_in_words
from apps.projects.models.windows import Window
from apps.projects.pages.moments_form import MomentField, MomentForm, moment_of
from apps.projects.pages.windows_form import window_forms

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("clock", "expected"),
    [
        ("9:00", at(25, 9)),
        ("09:30", at(25, 9, 30)),
        ("９：３０", at(25, 9, 30)),
        ("9点30分", at(25, 9, 30)),
        ("16", at(25, 16)),
        ("0:00", at(25)),
        ("24:00", at(26)),
    ],
)
def test_clock_is_understood(clock, expected):
    form = MomentForm({"at_0": "2026-11-25", "at_1": clock})

    assert form.is_valid(), form.errors
    assert form.cleaned_data["at"] == expected


@pytest.mark.parametrize("clock", ["24:01", "25:00", "9:60", "早上", "-1:00"])
def test_clock_that_is_none_is_refused(clock):
    form = MomentForm({"at_0": "2026-11-25", "at_1": clock})

    assert form.errors == {"at": ["时间应写成 9:00 或 24:00 这样。"]}


def test_half_a_moment_is_refused():
    form = MomentForm({"at_0": "2026-11-25", "at_1": ""})

    assert form.errors == {"at": ["日期和时间要么都填，要么都不填。"]}


def test_end_at_midnight_is_shown_as_24_of_the_day_before():
    field = MomentField(label="结束", is_end=True)

    assert field.widget.decompress(at(26)) == [date(2026, 11, 25), "24:00"]
    assert MomentField(label="开始").widget.decompress(at(26)) == [date(2026, 11, 26), "00:00"]
    assert end_in_words(at(26)) == "2026-11-25 24:00"
    assert span_in_words(Window(at(20, 9), at(26), is_on=False)) == (
        "2026-11-20 09:00 至 2026-11-25 24:00（开关已关闭）"
    )


@given(st.dates(date(2020, 1, 1), date(2035, 1, 1)), st.integers(1, 24 * 60))
def test_end_reads_back_as_it_was_written(day, minutes):
    field = MomentField(label="结束", is_end=True)

    shown_day, clock = field.widget.decompress(moment_of(day, minutes))

    assert shown_day == day
    assert field.clean([day.isoformat(), clock]) == moment_of(day, minutes)


def _posted(tier: str, opens: tuple[str, str], closes: tuple[str, str]) -> dict[str, str]:
    return {
        f"{tier}-opens_at_0": opens[0],
        f"{tier}-opens_at_1": opens[1],
        f"{tier}-closes_at_0": closes[0],
        f"{tier}-closes_at_1": closes[1],
        f"{tier}-is_on": "on",
    }


def bound(data: dict[str, str], known=None, **options):
    """The form of the city's window as its page sends it."""
    (unbound,) = window_forms([Tier.CITY], known or {}, **options)
    sent = data | {unbound.version_name: unbound.version}
    (form,) = window_forms([Tier.CITY], known or {}, data=sent, **options)
    return form


def test_window_form_reads_a_whole_day():
    data = _posted("city", ("2026-11-25", "0:00"), ("2026-11-25", "24:00"))

    form = bound(data)

    assert form.is_valid(), form.errors
    assert form.window == Window(at(25), at(26))


@pytest.mark.parametrize(
    ("opens", "closes", "field", "sentence"),
    [
        (("2026-11-25", "9:00"), ("", ""), "closes_at", "开始和结束时间要一起填写。"),
        (("2026-11-25", "9:00"), ("2026-11-25", "9:00"), "closes_at", "结束时间必须晚于开始时间。"),
        (
            ("2026-11-19", "9:00"),
            ("2026-11-25", "9:00"),
            "closes_at",
            "只能在全国时间 2026-11-20 09:00 至 2026-11-25 24:00 之内。",
        ),
    ],
)
def test_window_form_refuses(opens, closes, field, sentence):
    national = {"city": Window(at(20, 9), at(26))}

    form = bound(_posted("city", opens, closes), within=national)

    assert form.errors == {field: [sentence]}


def test_empty_window_form_is_no_window():
    form = bound(_posted("city", ("", ""), ("", "")))

    assert form.is_valid()
    assert form.window is None


@pytest.mark.parametrize(
    ("day", "clock"), [("9999-12-31", "24:00"), ("0001-01-01", "0:00"), ("1999-12-31", "9:00")]
)
def test_a_year_far_away_is_a_slip(day, clock):
    form = MomentForm({"at_0": day, "at_1": clock})

    assert form.errors == {"at": ["日期不正确，请核对年份。"]}

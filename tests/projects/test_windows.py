"""The one function that decides whether a tier may act: boundaries, switches, narrowing, deadlines, zones."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.projects.models.windows import Timing, Window

SHANGHAI = ZoneInfo("Asia/Shanghai")
INSTANT = timedelta(microseconds=1)

moments = st.datetimes(
    min_value=datetime(2024, 1, 1),  # noqa: DTZ001 aware by `timezones`
    max_value=datetime(2028, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, SHANGHAI]),
)


either = st.booleans()


@st.composite
def windows(draw: st.DrawFn, *, switch: st.SearchStrategy[bool] = either) -> Window:
    opens_at = draw(moments)
    length = draw(st.timedeltas(min_value=INSTANT, max_value=timedelta(days=60)))
    return Window(opens_at, opens_at + length, is_on=draw(switch))


on = windows(switch=st.just(True))


@given(on)
@pytest.mark.covers("S0-08")
def test_window_is_half_open(window: Window):
    assert window.contains(window.opens_at)
    assert window.contains(window.closes_at - INSTANT)
    assert not window.contains(window.closes_at)
    assert not window.contains(window.opens_at - INSTANT)


@given(windows(switch=st.just(False)), moments)
def test_window_switched_off_contains_nothing(window: Window, at: datetime):
    assert not window.contains(at)
    assert not window.contains(window.opens_at)


@given(windows(), st.none() | windows(), moments)
def test_province_only_narrows(national: Window, province: Window | None, at: datetime):
    timing = Timing(national=national, province=province)

    expected = national.contains(at) and (province is None or province.contains(at))
    assert timing.is_open(at) == expected


@given(windows(), windows())
def test_narrowed_span_lies_in_both(one: Window, other: Window):
    narrowed = one.narrowed_by(other)

    assert narrowed == other.narrowed_by(one)
    if narrowed is not None:
        assert one.opens_at <= narrowed.opens_at < narrowed.closes_at <= one.closes_at
        assert other.opens_at <= narrowed.opens_at < narrowed.closes_at <= other.closes_at


@given(st.none() | windows(), on, moments)
def test_supplement_opens_anew_whatever_the_window(
    national: Window | None, supplement: Window, at: datetime
):
    timing = Timing(national=national, supplement=supplement)

    own = national is not None and national.contains(at)
    assert timing.is_open(at) == (own or supplement.contains(at))


@given(moments, moments)
def test_deadline_is_exclusive_and_opens_only_for_corrections(deadline: datetime, at: datetime):
    timing = Timing(national=None, deadline=deadline)

    assert timing.is_open_or_before_deadline(at) == (at < deadline)
    assert not timing.is_open_or_before_deadline(deadline)
    assert not timing.is_open(at)


@given(windows(), st.none() | windows(), st.none() | windows(), st.none() | moments, moments)
def test_end_is_known_exactly_while_something_is_open(national, province, supplement, deadline, at):
    timing = Timing(national, province, supplement, deadline)

    end = timing.closes_at(at)

    assert (end is not None) == timing.is_open_or_before_deadline(at)
    if end is not None:
        assert at < end
        assert timing.is_open_or_before_deadline(end - INSTANT)


@given(on, moments)
def test_zones_do_not_matter(window: Window, at: datetime):
    in_utc = Window(window.opens_at.astimezone(UTC), window.closes_at.astimezone(UTC))

    assert in_utc == window
    assert in_utc.contains(at.astimezone(SHANGHAI)) == window.contains(at.astimezone(UTC))


@given(st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1)))  # noqa: DTZ001
def test_shanghai_is_always_eight_hours_ahead(wall: datetime):
    local = wall.replace(tzinfo=SHANGHAI)

    assert local.utcoffset() == timedelta(hours=8)
    assert local == wall.replace(tzinfo=UTC) - timedelta(hours=8)


def test_window_needs_aware_moments_in_order():
    start = datetime(2026, 11, 20, 9, tzinfo=SHANGHAI)

    with pytest.raises(ValueError, match="open before"):
        Window(start, start)
    with pytest.raises(ValueError, match="aware"):
        Window(start.replace(tzinfo=None), start)


def test_windows_that_only_touch_have_no_common_part():
    noon = datetime(2026, 11, 20, 12, tzinfo=SHANGHAI)
    morning = Window(noon - timedelta(hours=3), noon)
    afternoon = Window(noon, noon + timedelta(hours=3))

    assert morning.narrowed_by(afternoon) is None
    assert not Timing(national=morning, province=afternoon).is_open(noon)

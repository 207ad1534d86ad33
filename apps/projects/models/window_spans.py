"""Windows in words, in Beijing time: an end at midnight is 24:00 of the day before."""

from datetime import datetime, timedelta

from django.utils import timezone

from apps.projects.models.windows import Window


def span_in_words(window: Window) -> str:
    """`2026-11-20 09:00 至 2026-11-25 24:00`, with （已关闭） when switched off."""
    off = "" if window.is_on else "（开关已关闭）"
    return f"{start_in_words(window.opens_at)} 至 {end_in_words(window.closes_at)}{off}"


def start_in_words(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"


def end_in_words(moment: datetime) -> str:
    day, clock = end_parts(moment)
    return f"{day:%Y-%m-%d} {clock}"


def end_parts(moment: datetime) -> tuple[datetime, str]:
    """The day and the clock of an end, as clerks say it: midnight belongs to the day that it ends."""
    local = timezone.localtime(moment)
    if (local.hour, local.minute, local.second) == (0, 0, 0):
        return local - timedelta(days=1), "24:00"
    return local, f"{local:%H:%M}"

"""Refusals of demand reporting, as sentences a clerk can act on. Nothing was written when one is raised."""

from apps.review.domain.refusals import ReviewRefused


class ReportingRefused(ReviewRefused):
    """The base of all refusals of this app; `str()` is the sentence shown to the person."""


class UnknownItem(ReportingRefused):
    """A row names an item that is not in the project's catalogue."""


class NotAdded(ReportingRefused):
    """Only the rows of items that were added since the last report may be filled in (增补品规)."""


class QuantityMoved(ReportingRefused):
    """The quantity is another one than the page showed."""


class NothingTicked(ReportingRefused):
    """保存 and the like need ticked rows (S2-19)."""


class CountMoved(ReportingRefused):
    """What was confirmed by number is a different number by now."""


class DoubtRefused(ReportingRefused):
    """历史数有误 can't be raised or decided like this."""


class NothingToWithdraw(ReportingRefused):
    """Withdrawal needs the rows that will be corrected (S2-39)."""


class HistoryRefused(ReportingRefused):
    """Purchase history can't be written like this."""


class HistoryFrozen(HistoryRefused):
    """Institutions that have reported: their history stands still; the sentence names them."""


class NotMaintained(ReportingRefused):
    """The province does not fill in for these institutions, or can't now."""

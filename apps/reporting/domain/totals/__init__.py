"""Totals of packages: how they climb, when they are frozen, whether they still agree with the lines."""

from apps.reporting.domain.totals.freezing import forget_totals, freeze_totals, totals_hash

__all__ = ["forget_totals", "freeze_totals", "totals_hash"]

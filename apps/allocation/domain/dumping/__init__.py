"""A round as CSV: everything that its figures follow from and come to, for auditors (README, "A dumped round")."""

from apps.allocation.domain.dumping.writing import NotDumped, dump_round

__all__ = ["NotDumped", "dump_round"]

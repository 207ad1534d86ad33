"""What 机构管理 keeps of its own: changes of institutions."""

from apps.administration.models.unit_change import ChangeKind, ChangeOutcome, UnitChange

__all__ = ["ChangeKind", "ChangeOutcome", "UnitChange"]

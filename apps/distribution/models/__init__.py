"""Distributors and their areas."""

from .area import DeliveryArea
from .distributor import DistributorAccount, DistributorAccountQuerySet, UsernameSequence

__all__ = [
    "DeliveryArea",
    "DistributorAccount",
    "DistributorAccountQuerySet",
    "UsernameSequence",
]

"""Distributors and their areas, relations and chains."""

from .area import DIRECT, DeliveryArea
from .chain import ChainLink
from .distributor import DistributorAccount, DistributorAccountQuerySet, UsernameSequence
from .policy import DeliveryPolicy
from .relation import DeliveryRelation, DeliveryRelationQuerySet, RelationEvent

__all__ = [
    "DIRECT",
    "ChainLink",
    "DeliveryArea",
    "DeliveryPolicy",
    "DeliveryRelation",
    "DeliveryRelationQuerySet",
    "DistributorAccount",
    "DistributorAccountQuerySet",
    "RelationEvent",
    "UsernameSequence",
]

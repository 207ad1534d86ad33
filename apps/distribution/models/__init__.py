"""Distributors and their areas, relations and chains, agreements."""

from .agreement import (
    IN_FORCE,
    LIVE,
    Agreement,
    AgreementQuerySet,
    AgreementStatus,
)
from .agreement_line import AgreementLine
from .agreement_terms import AgreementClauses, AgreementSequence
from .area import DIRECT, DeliveryArea
from .chain import ChainLink
from .choice import DeliveryChoice
from .distributor import DistributorAccount, DistributorAccountQuerySet, UsernameSequence
from .policy import DeliveryPolicy
from .progress import AgreementProgress
from .relation import DeliveryRelation, DeliveryRelationQuerySet, RelationEvent
from .scan import AgreementScan

__all__ = [
    "DIRECT",
    "IN_FORCE",
    "LIVE",
    "Agreement",
    "AgreementClauses",
    "AgreementLine",
    "AgreementProgress",
    "AgreementQuerySet",
    "AgreementScan",
    "AgreementSequence",
    "AgreementStatus",
    "ChainLink",
    "DeliveryArea",
    "DeliveryChoice",
    "DeliveryPolicy",
    "DeliveryRelation",
    "DeliveryRelationQuerySet",
    "DistributorAccount",
    "DistributorAccountQuerySet",
    "RelationEvent",
    "UsernameSequence",
]

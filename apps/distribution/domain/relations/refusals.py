"""Refusals of delivery relations, as sentences a clerk can act on. Nothing was written when one is raised."""

from collections.abc import Sequence

NAMED = 3


class RelationRefused(Exception):
    """The base of all; `str()` is the sentence shown to the person."""


class RelationsMissing(RelationRefused):
    """Some relations, products or places don't exist for this enterprise."""


class RelationsMoved(RelationRefused):
    """The other side changed a relation since the page was shown."""


class ActionRefused(RelationRefused):
    """The law of the machine forbids the act for some of them."""


class ReasonMissing(RelationRefused):
    """The act needs a reason."""


class NotYourTurn(RelationRefused):
    """The account is not the party that takes this act, or has no right to."""


class PlacesOverlap(RelationRefused):
    """One distributor would have a place and part of it for the same product."""


class LimitReached(RelationRefused):
    """More distributors than the project allows for a product at a place."""


class DistributorUnusable(RelationRefused):
    """The distributor is not enabled in the province, or is of another one."""


class NotSupplied(RelationRefused):
    """The product does not supply the province."""


class ChainRefused(RelationRefused):
    """The sub-distributor can't be set."""


def listed(names: Sequence[str]) -> str:
    """The first few names, and how many there are."""
    shown = "；".join(names[:NAMED])
    return f"{shown}等 {len(names)} 条" if len(names) > NAMED else shown

"""Who wants to be told of events outside of the platform, and what was sent."""

from .delivery import Delivery, DeliveryQuerySet, DeliveryState
from .subscription import Channel, Subscription, SubscriptionQuerySet
from .told import Told

__all__ = [
    "Channel",
    "Delivery",
    "DeliveryQuerySet",
    "DeliveryState",
    "Subscription",
    "SubscriptionQuerySet",
    "Told",
]

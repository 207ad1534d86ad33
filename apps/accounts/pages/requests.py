"""A request behind `@requires`: somebody is signed in, and acts in a unit's name."""

from django.http import HttpRequest

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User


class SignedInRequest(HttpRequest):
    """What the middleware hands to every view that is not public."""

    user: User
    actor: Actor

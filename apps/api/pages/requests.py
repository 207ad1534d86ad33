"""A request behind the door of the interface: a program acts for the account that its token belongs to."""

from apps.accounts.models import Token
from apps.accounts.pages.requests import SignedInRequest


class ProgramRequest(SignedInRequest):
    """What `admitted` hands to every operation."""

    token: Token

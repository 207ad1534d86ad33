"""Locks of guesses at a password, until the transaction around them ends."""

from apps.scope.database import run

IN_TURN = "SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))"
ACCOUNT, ADDRESS = 1, 2


def take_turns(*, username: str, address: str) -> None:
    """Wait for the account, then for the address: everywhere in this order, so that no two wait for each other."""
    run(IN_TURN, [username, ACCOUNT])
    run(IN_TURN, [address, ADDRESS])

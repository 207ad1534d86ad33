"""Who acts proves once more who it is, where a project asks for that and before a second factor is bound.

A fresh password, or a code of the authenticator.

Invariant: whether it is asked is said where the act is done (`require_proof`), so that no page can forget it.
"""

from apps.accounts.domain.actors import Actor
from apps.scope.sandbox import current_sandbox


class ProofMissing(Exception):
    """The act needs a proof that came with its own request. No refusal of the act: it is asked for and sent again."""


def require_proof(*, by: Actor, asked: bool) -> None:
    """Raises `ProofMissing`. The system, which acts by the clock, proves nothing, nor does anybody in a sandbox."""
    if asked and by.user is not None and not by.proved and current_sandbox() is None:
        raise ProofMissing

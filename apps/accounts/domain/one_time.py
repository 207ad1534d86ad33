"""One-time passwords: random, readable aloud, accepted by every password rule.

Invariant: made by the system's random source, never derived from anything about the account.
"""

import secrets

from apps.accounts.domain.keyboard import run_in

# Without what looks alike on paper: 0 O o, 1 l I, 2 Z, 5 S, 8 B.
LOWER = "abcdefghijkmnpqrstuvwxyz"
UPPER = "ACDEFGHJKLMNPQRTUVWXY"
DIGITS = "34679"
GROUPS = 3
GROUP_LENGTH = 4


def new_password() -> str:
    """Three groups of four, such as `kT7m-wR4x-hE9p`: 60 bits, of which nobody ever chooses one."""
    while True:
        groups = ("".join(_letter() for _ in range(GROUP_LENGTH)) for _ in range(GROUPS))
        password = "-".join(groups)
        mixed = all(any(letter in kind for letter in password) for kind in (LOWER, UPPER, DIGITS))
        if mixed and not run_in(password):
            return password


def _letter() -> str:
    return secrets.choice(LOWER + UPPER + DIGITS)

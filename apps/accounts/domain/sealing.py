"""How a one-time password rests in the database until its sheet is taken.

It is unreadable in a copy of the tables, and whoever changed it is noticed.
Fernet of `cryptography` (AES-128-CBC with HMAC-SHA-256) under keys derived by HKDF. The first key seals, all of them
open: `SEALING_KEYS`, then `SECRET_KEY` and `SECRET_KEY_FALLBACKS`. A sheet waits three days, so a key is done with
three days after another took its place.
"""

import base64
from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

PURPOSE = b"fenliang.accounts.one-time-password"
KEY_LENGTH = 32


class SealBroken(Exception):
    """What was sealed was changed, or sealed by a key that is no longer among ours."""


def seal(password: str) -> bytes:
    return _cipher().encrypt(password.encode())


def unseal(sealed: bytes) -> str:
    """Raises `SealBroken`."""
    try:
        return _cipher().decrypt(sealed).decode()
    except InvalidToken as refusal:
        raise SealBroken from refusal


def _cipher() -> MultiFernet:
    keys = (*settings.SEALING_KEYS, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return _cipher_of(keys)


@cache
def _cipher_of(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str) -> bytes:
    """A key for this purpose alone; nobody learns from it what it was derived from."""
    derivation = HKDF(algorithm=SHA256(), length=KEY_LENGTH, salt=None, info=PURPOSE)
    return base64.urlsafe_b64encode(derivation.derive(key.encode()))

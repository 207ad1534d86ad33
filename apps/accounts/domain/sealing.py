"""How secrets rest in the database: one-time passwords until they are taken, keys of authenticators while bound.

So do the secrets that we share with services of sign-on. They are unreadable in a copy of the tables, and whoever
changed one is noticed.
Fernet of `cryptography` (AES-128-CBC with HMAC-SHA-256) under keys derived by HKDF, for each purpose its own. The first
key seals, all of them open: `SEALING_KEYS`, then `SECRET_KEY` and `SECRET_KEY_FALLBACKS`. A sheet waits three days, so
a key is done with three days after another took its place, once `manage.py reseal` has sealed the authenticators anew.
"""

import base64
from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

ONE_TIME = b"fenliang.accounts.one-time-password"
AUTHENTICATOR = b"fenliang.accounts.authenticator"
CLIENT_SECRET = b"fenliang.accounts.client-secret"
KEY_LENGTH = 32


class SealBroken(Exception):
    """What was sealed was changed, or sealed by a key that is no longer among ours."""


def seal(password: str) -> bytes:
    return _cipher(ONE_TIME).encrypt(password.encode())


def unseal(sealed: bytes) -> str:
    """Raises `SealBroken`."""
    return _opened(ONE_TIME, sealed).decode()


def seal_key(key: bytes) -> bytes:
    """The secret that an authenticator shares with us."""
    return _cipher(AUTHENTICATOR).encrypt(key)


def unseal_key(sealed: bytes) -> bytes:
    """Raises `SealBroken`."""
    return _opened(AUTHENTICATOR, sealed)


def seal_secret(secret: str) -> bytes:
    """What we show a service of sign-on to prove that we are we."""
    return _cipher(CLIENT_SECRET).encrypt(secret.encode())


def unseal_secret(sealed: bytes) -> str:
    """Raises `SealBroken`."""
    return _opened(CLIENT_SECRET, sealed).decode()


def _opened(purpose: bytes, sealed: bytes) -> bytes:
    try:
        return _cipher(purpose).decrypt(sealed)
    except InvalidToken as refusal:
        raise SealBroken from refusal


def _cipher(purpose: bytes) -> MultiFernet:
    keys = (*settings.SEALING_KEYS, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return _cipher_of(purpose, keys)


@cache
def _cipher_of(purpose: bytes, keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(_derived(purpose, key)) for key in keys])


def _derived(purpose: bytes, key: str) -> bytes:
    """A key for this purpose alone; nobody learns from it what it was derived from."""
    derivation = HKDF(algorithm=SHA256(), length=KEY_LENGTH, salt=None, info=purpose)
    return base64.urlsafe_b64encode(derivation.derive(key.encode()))

"""How a one-time password rests in the database until its sheet is taken: not readable from a copy of the tables.

A keyed pseudo-random pad, used for one password only: HMAC-SHA-256 of a random nonce under a key from `SECRET_KEY`.
"""

import hashlib
import hmac
import secrets

from django.conf import settings

NONCE_LENGTH = 16
LONGEST = hashlib.sha256().digest_size
PURPOSE = b"fenliang.accounts.one-time-password"


def seal(password: str) -> tuple[bytes, bytes]:
    """Nonce and sealed text. Raises `ValueError` for more than 32 bytes."""
    text = password.encode()
    if len(text) > LONGEST:
        raise ValueError(f"At most {LONGEST} bytes can be sealed.")
    nonce = secrets.token_bytes(NONCE_LENGTH)
    return nonce, _xor(text, _pad(nonce))


def unseal(nonce: bytes, sealed: bytes) -> str:
    return _xor(sealed, _pad(nonce)).decode()


def _pad(nonce: bytes) -> bytes:
    key = hmac.new(settings.SECRET_KEY.encode(), PURPOSE, hashlib.sha256).digest()
    return hmac.new(key, nonce, hashlib.sha256).digest()


def _xor(text: bytes, pad: bytes) -> bytes:
    return bytes(left ^ right for left, right in zip(text, pad, strict=False))

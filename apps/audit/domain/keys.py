"""Digests, and the keys of seals. Invariant: no key stands in the database, in a log line or in an anchor.

`AUDIT_SEAL_KEYS` names them as `id:secret`, the first one seals, all of them are taken for checking. Without any, one
is derived from `SECRET_KEY` (and from each of `SECRET_KEY_FALLBACKS` for checking); its id begins with `derived-`.
SM3 and SHA-256 come from `cryptography`.
"""

from collections.abc import Callable, Iterable
from functools import cache

from cryptography.hazmat.primitives.hashes import SHA256, SM3, Hash, HashAlgorithm
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

PURPOSE = b"fenliang.audit.seal"
DERIVED = "derived-"
ALGORITHMS: dict[str, Callable[[], HashAlgorithm]] = {"sm3": SM3, "sha256": SHA256}
LONGEST_ID, SHORTEST_SECRET = 40, 16


def digest_of(parts: Iterable[bytes], algorithm: str) -> str:
    """Hexadecimal. Raises `KeyError` for an algorithm that is not ours."""
    whole = Hash(ALGORITHMS[algorithm]())
    for part in parts:
        whole.update(part)
    return whole.finalize().hex()


def code_of(message: bytes, *, secret: bytes, algorithm: str) -> str:
    """HMAC, hexadecimal. Raises `KeyError` for an algorithm that is not ours."""
    code = HMAC(secret, ALGORITHMS[algorithm]())
    code.update(message)
    return code.finalize().hex()


def sealing_key() -> tuple[str, bytes]:
    """The key of new seals, by id and secret."""
    key_id, secret = next(iter(known_keys().items()))
    return key_id, secret


def known_keys() -> dict[str, bytes]:
    """All keys that a seal may have been made with, the one in use first. Raises `ImproperlyConfigured`."""
    derived_from = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return dict(_keys(tuple(settings.AUDIT_SEAL_KEYS), derived_from))


@cache
def _keys(named: tuple[str, ...], derived_from: tuple[str, ...]) -> tuple[tuple[str, bytes], ...]:
    return (*(named_key(entry) for entry in named), *(_derived(secret) for secret in derived_from))


def named_key(entry: str) -> tuple[str, bytes]:
    """Id and secret of an entry of `AUDIT_SEAL_KEYS`. Raises `ImproperlyConfigured`."""
    key_id, _, secret = entry.partition(":")
    if (
        not key_id
        or len(key_id) > LONGEST_ID
        or key_id.startswith(DERIVED)
        or len(secret) < SHORTEST_SECRET
    ):
        raise ImproperlyConfigured(
            f"AUDIT_SEAL_KEYS: each entry is id:secret, the secret of {SHORTEST_SECRET} characters at least."
        )
    return key_id, secret.encode()


def _derived(secret_key: str) -> tuple[str, bytes]:
    def derive(info: bytes) -> bytes:
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(secret_key.encode())

    return DERIVED + derive(PURPOSE + b".id").hex()[:8], derive(PURPOSE)

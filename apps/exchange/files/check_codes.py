"""Check codes (校验码) of papers that are signed: one form on letters, agreements, papers of the office and pages.

Twenty signs of Crockford's base 32 (no I, L, O, U) in four groups, `7KQ2M-9XW4T-BD1FG-H3JKN`: one that says which key,
eighteen of HMAC-SHA-256 over the facts of the paper (90 bits), and a check sign, which finds every single wrong sign
and every two neighbours that changed places.

Invariants: without a key of ours nobody makes a code for any facts; a code stays true as long as its key is among
`CHECK_CODE_KEYS`, `SECRET_KEY` and `SECRET_KEY_FALLBACKS`, of which the first one signs. Knows no database.
Papers from before carry an old code: the first twelve hexadecimal digits of an unkeyed SHA-256.
"""

import hmac
import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MISREAD = str.maketrans("OIL", "011")
LENGTH, GROUP = 20, 5
OLD_LENGTH, OLD_GROUP = 12, 4
OF_MAC = LENGTH - 2
BITS = 5
FIELD = 0b100101  # x⁵ + x² + 1: doubling in GF(32), whose powers are all different
PURPOSE = b"fenliang.exchange.check-code"
SHA256_DIGITS = 64
PATH = "/v/"
"""Of the page where papers are looked up; a code stands behind it."""
IN_ADDRESS = re.compile(rf"{re.escape(PATH)}([0-9A-Za-z]{{{LENGTH}}})/?$")
OLD_QR = re.compile(rf"FENLIANG\|.{{1,200}}\|([0-9a-f]{{{SHA256_DIGITS}}})", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Printed:
    """What a QR code of ours says: a `code`, or of an old paper the whole `digest` of its content."""

    code: str = ""
    digest: str = ""


def sign(facts: Sequence[str]) -> str:
    """The code of these facts by the key that signs now."""
    return _code(_keys()[0], facts)


def is_of(code: str, facts: Sequence[str]) -> bool:
    """Whether the code was made of exactly these facts by any key of ours; takes as long for a yes as for a no."""
    matches = [hmac.compare_digest(_code(key, facts).encode(), code.encode()) for key in _keys()]
    return any(matches)


def in_groups(code: str) -> str:
    """What people compare by eye: `7KQ2M-9XW4T-BD1FG-H3JKN`; of an old one `3F2A-9C01-77DE`."""
    group = OLD_GROUP if len(code) == OLD_LENGTH else GROUP
    return "-".join(code[place : place + group] for place in range(0, len(code), group)).upper()


def address_of(code: str) -> str:
    """What a QR code says: the page that tells everybody of this paper."""
    return f"{settings.SITE_URL.rstrip('/')}{PATH}{code}"


def typed(text: str) -> str:
    """A code as somebody typed it, in any case and grouping; empty if it is none. An old one is in lower case."""
    plain = re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text[:200]).upper())
    if len(plain) == OLD_LENGTH and re.fullmatch("[0-9A-F]+", plain):
        return plain.lower()
    code = plain.translate(MISREAD)
    return code if _is_whole(code) else ""


def in_qr(text: str) -> Printed | None:
    """What a QR code says if it is one of ours, whichever address the site had."""
    if (match := IN_ADDRESS.search(text)) and (code := typed(match[1])):
        return Printed(code=code)
    if old := OLD_QR.fullmatch(text):
        return Printed(digest=old[1])
    return None


def old_code(digest: str) -> str:
    return digest[:OLD_LENGTH]


def is_old(code: str) -> bool:
    return len(code) == OLD_LENGTH


def _is_whole(code: str) -> bool:
    return len(code) == LENGTH and set(code) <= set(SIGNS) and code[-1] == _check_sign(code[:-1])


def _code(key: "_Key", facts: Sequence[str]) -> str:
    said = json.dumps(list(facts), ensure_ascii=False, separators=(",", ":")).encode()
    mac = int.from_bytes(hmac.digest(key.secret, said, "sha256"))
    bits = mac >> (256 - BITS * OF_MAC)
    body = key.sign + "".join(SIGNS[bits >> BITS * place & 31] for place in reversed(range(OF_MAC)))
    return body + _check_sign(body)


def _check_sign(body: str) -> str:
    """A weighted sum over GF(32), whose weights are powers of its generator."""
    remainder = 0
    for sign_ in body:
        remainder ^= SIGNS.index(sign_)
        remainder = remainder << 1 ^ (FIELD if remainder & 16 else 0)
    return SIGNS[remainder]


@dataclass(frozen=True, slots=True)
class _Key:
    """`sign` tells keys apart for a reader; two may share it, and both are tried."""

    secret: bytes
    sign: str


def _keys() -> tuple[_Key, ...]:
    return _keys_of(
        (*settings.CHECK_CODE_KEYS, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    )


@cache
def _keys_of(texts: tuple[str, ...]) -> tuple[_Key, ...]:
    return tuple(_key(text) for text in texts)


def _key(text: str) -> _Key:
    """A key for this purpose alone; nobody learns from it, or from its sign, what it was derived from."""
    derivation = HKDF(algorithm=SHA256(), length=33, salt=None, info=PURPOSE)
    derived = derivation.derive(text.encode())
    return _Key(derived[:32], SIGNS[derived[32] & 31])

"""AES for looking into PDFs that are locked against changes but open without a password (FIPS 197).

The lock has no cipher library, and such files must be looked into before they are shown to anybody. Pure Python,
some 300 KB a second; nothing is ever protected by it.
"""

import struct
from collections.abc import Iterator, Sequence

BLOCK = 16
Tables = tuple[list[int], list[int], list[int], list[int]]


def _double(value: int) -> int:
    return (value << 1) ^ (0x11B if value & 0x80 else 0)


def _times(value: int, factor: int) -> int:
    """The product in GF(2^8)."""
    product = 0
    while factor:
        if factor & 1:
            product ^= value
        value, factor = _double(value), factor >> 1
    return product


def _sbox() -> list[int]:
    box, p, q = [0x63] * 256, 1, 1
    while True:
        p ^= _double(p)
        q ^= q << 1
        q ^= q << 2
        q ^= q << 4
        q = (q ^ 0x09 if q & 0x80 else q) & 0xFF
        turned = q
        for shift in (1, 2, 3, 4):
            turned ^= (q << shift | q >> (8 - shift)) & 0xFF
        box[p] = turned ^ 0x63
        if p == 1:
            return box


def _tables(box: Sequence[int], column: Sequence[int]) -> Tables:
    """Substitution and mixing of one byte in each of the four rows."""
    words = [
        int.from_bytes(bytes(_times(box[byte], factor) for factor in column), "big")
        for byte in range(256)
    ]
    turn = [[(word >> 8 * by | word << (32 - 8 * by)) & 0xFFFFFFFF for word in words] for by in range(4)]  # fmt: skip
    return turn[0], turn[1], turn[2], turn[3]


SBOX = _sbox()
UNBOX = [SBOX.index(byte) for byte in range(256)]
MIX = _tables(SBOX, (2, 1, 1, 3))
UNMIX = _tables(UNBOX, (14, 9, 13, 11))
MIX_ONLY = _tables(range(256), (14, 9, 13, 11))


def _schedule(key: bytes) -> list[int]:
    size = len(key) // 4
    words = list(struct.unpack(f">{size}I", key))
    constant = 1
    for place in range(size, 4 * (size + 7)):
        word = words[-1]
        if place % size == 0:
            word = _substituted((word << 8 | word >> 24) & 0xFFFFFFFF) ^ constant << 24
            constant = _double(constant)
        elif size > 6 and place % size == 4:  # noqa: PLR2004 - keys of 256 bits
            word = _substituted(word)
        words.append(words[place - size] ^ word)
    return words


def _substituted(word: int) -> int:
    return int.from_bytes(bytes(SBOX[byte] for byte in word.to_bytes(4, "big")), "big")


class Cipher:
    """One key of 128, 192 or 256 bits."""

    def __init__(self, key: bytes) -> None:
        words = _schedule(key)
        self._keys = [words[place : place + 4] for place in range(0, len(words), 4)]
        middle = [[self._unmixed(word) for word in four] for four in self._keys[1:-1]]
        self._unkeys = [self._keys[-1], *reversed(middle), self._keys[0]]

    @staticmethod
    def _unmixed(word: int) -> int:
        a, b, c, d = MIX_ONLY
        return a[word >> 24] ^ b[word >> 16 & 255] ^ c[word >> 8 & 255] ^ d[word & 255]

    def encrypt(self, block: bytes) -> bytes:
        return self._run(block, self._keys, MIX, SBOX, 1)

    def decrypt(self, block: bytes) -> bytes:
        return self._run(block, self._unkeys, UNMIX, UNBOX, 3)

    @staticmethod
    def _run(
        block: bytes, keys: list[list[int]], tables: Tables, box: Sequence[int], step: int
    ) -> bytes:
        a, b, c, d = tables
        state = [word ^ key for word, key in zip(struct.unpack(">4I", block), keys[0], strict=True)]
        for four in keys[1:-1]:
            state = [
                a[state[i] >> 24]
                ^ b[state[(i + step) & 3] >> 16 & 255]
                ^ c[state[(i + 2) & 3] >> 8 & 255]
                ^ d[state[(i - step) & 3] & 255]
                ^ four[i]
                for i in range(4)
            ]
        last = keys[-1]
        return struct.pack(
            ">4I",
            *(
                (
                    box[state[i] >> 24] << 24
                    | box[state[(i + step) & 3] >> 16 & 255] << 16
                    | box[state[(i + 2) & 3] >> 8 & 255] << 8
                    | box[state[(i - step) & 3] & 255]
                )
                ^ last[i]
                for i in range(4)
            ),
        )


def _blocks(data: bytes) -> Iterator[bytes]:
    if len(data) % BLOCK:
        raise ValueError("AES data must be whole blocks")
    return (data[place : place + BLOCK] for place in range(0, len(data), BLOCK))


def _xor(one: bytes, other: bytes) -> bytes:
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).to_bytes(BLOCK, "big")


def ecb_encrypt(key: bytes, data: bytes) -> bytes:
    cipher = Cipher(key)
    return b"".join(map(cipher.encrypt, _blocks(data)))


def ecb_decrypt(key: bytes, data: bytes) -> bytes:
    cipher = Cipher(key)
    return b"".join(map(cipher.decrypt, _blocks(data)))


def cbc_encrypt(key: bytes, iv: bytes, data: bytes) -> bytes:
    cipher, found = Cipher(key), []
    for block in _blocks(data):
        iv = cipher.encrypt(_xor(block, iv))
        found.append(iv)
    return b"".join(found)


def cbc_decrypt(key: bytes, iv: bytes, data: bytes) -> bytes:
    cipher, found = Cipher(key), []
    for block in _blocks(data):
        found.append(_xor(cipher.decrypt(block), iv))
        iv = block
    return b"".join(found)

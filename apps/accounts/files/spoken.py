"""Digits read aloud, for who can't see the captcha's image: a WAV file put together here, no program and no host asked.

Invariants: one challenge always sounds the same, so that nothing is learnt by asking again; how it was disguised
follows from a key that nobody outside has. `spoken/` holds each digit in two voices (8 kHz, 8 bits, mono), said by
eSpeak NG: `espeak-ng -v cmn+f2 -s 130`, `cmn+m3`.
"""

import hashlib
import hmac
import io
import random
import wave
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from django.conf import settings

FOLDER = Path(__file__).with_name("spoken")
RATE = 8_000
VOICES = ("f2", "m3")
SILENCE = 128
"""The middle of eight bits."""
PACE = (0.9, 1.15)
GAP = (0.35, 0.7)
"""Seconds between two digits."""
HISS, MURMUR = 7, 0.14
"""Noise behind the digits: as a step of eight bits, and as a share of other digits said backwards."""
TWICE = 2
BETWEEN = 1.2
"""All of them are said twice; seconds between."""


def spoken(digits: str, *, key: str) -> bytes:
    """The digits as a WAV file; `key` names the challenge."""
    secret = hmac.new(settings.SECRET_KEY.encode(), f"captcha {key}".encode(), hashlib.sha256)
    chance = random.Random(secret.digest())  # noqa: S311 - the disguise; the digits are the secret
    once = _said(digits, chance)
    pause = [0.0] * int(BETWEEN * RATE)
    sound = [*once, *pause, *once]
    _murmur(sound, chance)
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(RATE)
        file.writeframes(bytes(_level(value + chance.uniform(-HISS, HISS)) for value in sound))
    return out.getvalue()


def _said(digits: str, chance: random.Random) -> list[float]:
    sound: list[float] = []
    for digit in digits:
        sound += [0.0] * int(chance.uniform(*GAP) * RATE)
        loud = chance.uniform(0.75, 1.0)
        said = _at_pace(_digit(chance.choice(VOICES), digit), chance.uniform(*PACE))
        sound += [value * loud for value in said]
    return sound


def _at_pace(said: Sequence[int], pace: float) -> list[int]:
    """Faster is higher as well."""
    return [said[int(at * pace)] for at in range(int(len(said) / pace))]


def _murmur(sound: list[float], chance: random.Random) -> None:
    at = 0
    while at < len(sound):
        other = _digit(chance.choice(VOICES), str(chance.randrange(10)))[::-1]
        for offset, value in enumerate(other[: len(sound) - at]):
            sound[at + offset] += value * MURMUR
        at += len(other) + int(chance.uniform(0, 0.3) * RATE)


def _level(value: float) -> int:
    return min(255, max(0, SILENCE + round(value)))


@cache
def _digit(voice: str, digit: str) -> tuple[int, ...]:
    """Deflections around silence."""
    with wave.open(str(FOLDER / f"{voice}-{digit}.wav")) as file:
        return tuple(level - SILENCE for level in file.readframes(file.getnframes()))

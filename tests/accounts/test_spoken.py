"""Digits read aloud: how long they sound, that they differ, and that nobody outside can undo the disguise."""

import io
import wave

from apps.accounts.files.spoken import RATE, spoken


def sound(digits, key="one"):
    with wave.open(io.BytesIO(spoken(digits, key=key))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 1, RATE)
        return file.readframes(file.getnframes())


def test_five_digits_are_said_twice_in_some_seconds():
    said = sound("40719")

    assert 8 < len(said) / RATE < 16
    assert max(said) - min(said) > 150


def test_each_challenge_is_disguised_in_its_own_way_and_always_the_same(settings):
    one, other = sound("40719"), sound("40719", key="two")

    assert sound("40719") == one != other
    settings.SECRET_KEY = "another"
    assert sound("40719") != one


def test_other_digits_sound_otherwise():
    assert len({sound(digit * 5) for digit in "0123456789"}) == 10

"""Check codes: keyed, rotated, read as people type them, one for one content."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.exchange.files import check_codes
from apps.exchange.files.check_codes import (
    Printed,
    address_of,
    in_groups,
    in_qr,
    is_of,
    sign,
    typed,
)

FACTS = ("reporting.letter", "12", "项目（BL）", "武昌区人民医院", "承诺函", "a3" * 32)
texts = st.lists(st.text('甲乙a01,"[]\\', max_size=12), min_size=1, max_size=6)
OLD = "3f2a9c0177de"


def test_a_code_has_four_groups_that_nobody_misreads():
    code = sign(FACTS)

    assert re.fullmatch(r"(?:[0-9A-HJKMNP-TV-Z]{5}-){3}[0-9A-HJKMNP-TV-Z]{5}", in_groups(code))
    assert check_codes.OF_MAC * check_codes.BITS >= 80


@given(texts, texts)
def test_codes_of_different_facts_differ(one, other):
    assert (sign(one) == sign(other)) == (one == other)
    assert is_of(sign(one), one)
    assert is_of(sign(one), other) == (one == other)


def test_facts_do_not_run_into_each_other():
    assert sign(("ab", "c")) != sign(("a", "bc"))
    assert sign(('a","b',)) != sign(("a", "b"))


def test_whoever_has_no_key_makes_no_code(settings):
    settings.CHECK_CODE_KEYS = ["ours"]
    ours = sign(FACTS)
    settings.CHECK_CODE_KEYS, settings.SECRET_KEY = ["theirs"], "of theirs"

    assert sign(FACTS) != ours
    assert not is_of(ours, FACTS)


def test_keys_rotate_and_old_papers_stay_true(settings):
    first = sign(FACTS)  # by SECRET_KEY, while there is no key of its own
    settings.CHECK_CODE_KEYS = ["2026"]
    second = sign(FACTS)
    settings.CHECK_CODE_KEYS = ["2027", "2026"]
    third = sign(FACTS)

    assert len({first, second, third}) == 3
    assert all(is_of(code, FACTS) for code in (first, second, third))
    settings.CHECK_CODE_KEYS = ["2027"]
    assert not is_of(second, FACTS)


def test_secret_keys_that_were_replaced_still_count(settings):
    code = sign(FACTS)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another"

    assert sign(FACTS) != code
    assert is_of(code, FACTS)


@given(texts)
def test_a_code_is_read_as_people_write_it(facts):
    code = sign(facts)

    wide = in_groups(code).translate({number: number + 0xFEE0 for number in range(0x21, 0x7F)})
    for written in (in_groups(code), in_groups(code).lower(), f" {code} ", wide):
        assert typed(written) == code
    assert typed(code.replace("0", "O").replace("1", "l")) == code


@given(texts, st.integers(0, 19), st.sampled_from(check_codes.SIGNS))
def test_one_wrong_sign_is_found(facts, place, wrong):
    code = sign(facts)
    other = code[:place] + wrong + code[place + 1 :]

    assert typed(other) == (code if other == code else "")


@given(texts, st.integers(0, 18))
def test_two_signs_that_changed_places_are_found(facts, place):
    code = sign(facts)
    other = code[:place] + code[place + 1] + code[place] + code[place + 2 :]

    assert typed(other) == (code if other == code else "")


def test_old_codes_are_told_from_new_ones():
    assert typed("3F2A-9C01-77DE") == OLD
    assert in_groups(OLD) == "3F2A-9C01-77DE"


@pytest.mark.parametrize(
    "text", ["", "1", "3F2A-9C01-77D", "not a code at all …", "0" * 21, "测" * 20]
)
def test_anything_else_is_no_code(text):
    assert typed(text) == ""


def test_a_qr_code_leads_to_the_page_and_is_read_back(settings):
    settings.SITE_URL = "https://fenliang.example/"
    code = sign(FACTS)

    assert address_of(code) == f"https://fenliang.example/v/{code}"
    assert in_qr(address_of(code)) == Printed(code=code)
    assert in_qr(f"http://old.example:8080/v/{code}/") == Printed(code=code)
    assert in_qr(f"FENLIANG|BL|H42010600001|{'a3' * 32}") == Printed(digest="a3" * 32)


@pytest.mark.parametrize(
    "text", ["", "https://elsewhere.example/v/", "https://x/v/00000000000000000001", "WIFI:S:x;;"]
)
def test_qr_codes_of_others_say_nothing(text):
    assert in_qr(text) is None

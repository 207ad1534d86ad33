"""Unified social credit codes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.organizations.domain.uscc import (
    CHARACTERS,
    check_character,
    is_valid,
    normalized,
    problem_with,
)

# Published on the companies' own pages.
REAL = ("91110000600001760P", "91440300708461136T", "914403001922038216")


@pytest.mark.parametrize("code", REAL)
def test_real_codes_are_right(code):
    assert is_valid(code)


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("9111000060000176", "应为 18 位，现在是 16 位"),
        ("91110000600001760I", "不会出现 I"),
        ("91110000600001761P", "校验位不对"),
    ],
)
def test_wrong_codes_are_told_why(code, sentence):
    assert sentence in problem_with(code)


def test_width_case_and_blanks_are_folded():
    assert normalized(" ９１１１００００ 600001760p ") == "91110000600001760P"


@given(
    st.text(CHARACTERS, min_size=17, max_size=17), st.integers(0, 16), st.sampled_from(CHARACTERS)
)
def test_every_single_slip_is_found(first, position, other):
    code = first + check_character(first)
    slipped = code[:position] + other + code[position + 1 :]

    assert is_valid(code)
    assert is_valid(slipped) == (slipped == code)

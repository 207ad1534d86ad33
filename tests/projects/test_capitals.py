"""大写金额: the examples of the rules, and every amount read back."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.projects.domain.capitals import DIGITS, LARGEST, in_capitals


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("0", "零元整"),
        ("0.05", "伍分"),
        ("0.50", "伍角整"),
        ("0.31", "叁角壹分"),
        ("10", "壹拾元整"),
        ("1409.50", "壹仟肆佰零玖元伍角整"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("1680.32", "壹仟陆佰捌拾元叁角贰分"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("325.04", "叁佰贰拾伍元零肆分"),
        ("6220.80", "陆仟贰佰贰拾元捌角整"),
        ("100000", "壹拾万元整"),
        ("100005", "壹拾万零伍元整"),
        ("1005000", "壹佰万伍仟元整"),
        ("10000000001.10", "壹佰亿零壹元壹角整"),
        ("2000300000000", "贰万亿零叁亿元整"),
    ],
)
def test_an_amount_is_written_by_the_rules(amount, said):
    assert in_capitals(Decimal(amount)) == said


@given(st.integers(0, 10**13))
def test_every_amount_reads_back(fen):
    assert read(in_capitals(Decimal(f"{fen}E-2"))) == fen


def read(said):
    """What a reader makes of it."""
    yuan, _, rest = said.removesuffix("整").rpartition("元")
    total = group = digit = 0
    for sign in yuan:
        if sign in DIGITS:
            digit = DIGITS.index(sign)
        elif sign in "拾佰仟":
            group += digit * 10 ** ("拾佰仟".index(sign) + 1)
            digit = 0
        elif sign == "万":
            total, group, digit = total + (group + digit) * 10**4, 0, 0
        else:
            total, group, digit = (total + group + digit) * 10**8, 0, 0
    fen = (total + group + digit) * 100
    for sign, worth in (("角", 10), ("分", 1)):
        if sign in rest:
            fen += DIGITS.index(rest[rest.index(sign) - 1]) * worth
    return fen


@pytest.mark.parametrize("amount", ["-1", "0.001", str(LARGEST)])
def test_what_is_no_amount_is_refused(amount):
    with pytest.raises(ValueError, match="not an amount"):
        in_capitals(Decimal(amount))

"""Usernames of distributors: the rule, and its numbers."""

import pytest

from apps.distribution.domain import phones
from apps.distribution.models import usernames


@pytest.mark.covers("S4-31")
@pytest.mark.parametrize(
    ("province", "account", "username"),
    [("14", "SX0001", "P14SX0001"), ("11", "PS0001", "P11PS0001"), ("420000", "hb-7", "P42hb-7")],
)
def test_a_provincial_account_makes_the_username(province, account, username):
    assert usernames.from_account(province, account) == username


@pytest.mark.covers("S4-32", "S4-33")
def test_fifty_without_one_are_numbered_with_p():
    numbers = usernames.free_numbers(0, 50, set())

    names = [usernames.from_number("14", number) for number in numbers]
    assert (names[0], names[-1], len(names)) == ("P140001", "P140050", 50)


def test_numbers_go_on_and_leave_out_what_is_taken():
    assert usernames.free_numbers(7, 3, {9, 10}) == [8, 11, 12]
    assert usernames.free_numbers(9997, 5, {9998}) == [9999]


@pytest.mark.parametrize(
    ("written", "stored"), [(" ＳＸ０００１ ", "SX0001"), ("a b", "ab"), ("", "")]
)
def test_accounts_are_stored_half_width_and_without_blanks(written, stored):
    assert usernames.normalized(written) == stored


def test_accounts_of_other_characters_are_refused():
    assert usernames.problem_with("") == ""
    assert usernames.problem_with("SX.0001_a-b") == ""
    assert usernames.problem_with("湖北1").startswith("省平台账号只能由字母、数字")
    assert usernames.problem_with("x" * 31) != ""


@pytest.mark.parametrize(
    ("written", "right"),
    [
        ("13971234567", True), ("１３９ ７１２３ ４５６７", True), ("027-87654321", True), ("027—87654321", True),
        ("0719-8654321-801", True), ("400-810-1234", True), ("12971234567", False), ("1397123456", False),
        ("87654321", False), ("电话", False), ("", False),
    ],
)  # fmt: skip
@pytest.mark.covers("S4-29")
def test_phones_are_mobiles_or_landlines(written, right):
    assert (phones.problem_with(phones.normalized(written)) == "") is right

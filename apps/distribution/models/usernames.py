"""Usernames of distributors: P, the province's two digits, then its provincial account or a four-digit number.

SX0001 of Shanxi becomes P14SX0001; without one P140001, P140002, … (S4-31, S4-32). One passage of the manual writes
H; its examples write P (S4-33).
"""

import re
from collections.abc import Collection

from apps.folding.domain.folding import narrow

PREFIX = "P"
PROVINCIAL_ACCOUNT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,29}")
NUMBER = re.compile(r"\d*\.\d*")
ISSUED = re.compile(r"P\d{2}[A-Z]", re.IGNORECASE)  # P42HB0800 would make P42P42HB0800
LAST_NUMBER = 9999


def normalized(provincial_account: str) -> str:
    """As it is stored: half-width, without blanks."""
    return narrow(provincial_account)


def problem_with(provincial_account: str) -> str:
    """What is wrong with a normalized provincial account, as a sentence; none is right too."""
    if NUMBER.fullmatch(provincial_account):
        return f"省平台账号“{provincial_account}”像是一个小数，请把该列设为文本后重新填写"
    if ISSUED.match(provincial_account):
        return f"“{provincial_account}”像是已经带有前缀的登录用户名，请只填省平台账号"
    if provincial_account and not PROVINCIAL_ACCOUNT.fullmatch(provincial_account):
        return "省平台账号只能由字母、数字和 . _ - 组成，以字母或数字开头，最多 30 位；没有的请留空"
    return ""


def from_account(province_code: str, provincial_account: str) -> str:
    """P14SX0001 for SX0001 in Shanxi (14)."""
    return f"{PREFIX}{province_code[:2]}{provincial_account}"


def from_number(province_code: str, number: int) -> str:
    """P140001 for the first one of Shanxi."""
    return f"{PREFIX}{province_code[:2]}{number:04d}"


def free_numbers(last: int, wanted: int, taken: Collection[int]) -> list[int]:
    """The next numbers after `last` that nobody has; fewer than wanted when the four digits run out."""
    numbers: list[int] = []
    number = last
    while len(numbers) < wanted and number < LAST_NUMBER:
        number += 1
        if number not in taken:
            numbers.append(number)
    return numbers

"""Telephone numbers as they are written in China: a mobile of 11 digits, or a landline with its area code."""

import re

from apps.folding.domain.folding import narrow

MOBILE = re.compile(r"1[3-9]\d{9}")
LANDLINE = re.compile(r"0\d{2,3}-?\d{7,8}(-\d{1,6})?")
SERVICE = re.compile(r"[48]00-?\d{3}-?\d{4}")
PROBLEM = "联系电话应为 11 位手机号，或带区号的座机，如 027-87654321"


def normalized(phone: str) -> str:
    """As it is stored: half-width, without blanks."""
    return narrow(phone)


def problem_with(phone: str) -> str:
    """What is wrong with a normalized number, as a sentence; empty if it is right."""
    right = any(kind.fullmatch(phone) for kind in (MOBILE, LANDLINE, SERVICE))
    return "" if right else PROBLEM

"""What an institution's code may be. Invariant: a code is a path segment, so it sorts below `~` and holds no `/`."""

import re

from apps.folding.domain.folding import narrow

CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{3,29}")
RULE = "机构编码为 4 至 30 位字母、数字或短横线，如国家医保定点机构代码 H42010600001"


def normalized(text: str) -> str:
    """As it is stored: half-width capitals without blanks."""
    return narrow(text).upper()


def problem_with(code: str) -> str:
    """What is wrong with a normalized code, as a sentence; empty if it is right."""
    return "" if CODE.fullmatch(code) else RULE

"""The unified social credit code (统一社会信用代码): 18 characters, the last one checks the others (GB 32100-2015)."""

from apps.folding.domain.folding import narrow

CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH = 18
WEIGHTS = tuple(pow(3, position, 31) for position in range(LENGTH - 1))


def normalized(text: str) -> str:
    """As it is stored: half-width capitals without blanks."""
    return narrow(text).upper()


def check_character(first: str) -> str:
    """The 18th character for the first 17. Raises `ValueError` for a character that no code has."""
    total = sum(
        CHARACTERS.index(char) * weight for char, weight in zip(first, WEIGHTS, strict=True)
    )
    return CHARACTERS[-total % 31]


def shape_problem(code: str) -> str:
    """What makes a normalized text no code at all, whatever its check digit; empty if it can be one."""
    if len(code) != LENGTH:
        return f"统一社会信用代码应为 {LENGTH} 位，现在是 {len(code)} 位"
    if strange := sorted(set(code) - set(CHARACTERS)):
        return f"统一社会信用代码中不会出现 {'、'.join(strange)}（没有字母 I、O、S、V、Z）"
    return ""


def problem_with(code: str) -> str:
    """What is wrong with a normalized code, as a sentence; empty if it is right."""
    if problem := shape_problem(code):
        return problem
    if check_character(code[:-1]) != code[-1]:
        return "统一社会信用代码的校验位不对，请核对是否有输错的字符"
    return ""


def is_valid(code: str) -> bool:
    return not problem_with(normalized(code))

"""Amounts of money in Chinese capitals (大写金额), as bills and contracts write them. Pure; no Django.

By the rules for filling in bills (支付结算办法, annex 1): 整 after 元 or 角, none after 分; zeros in between are one
零, zeros at the end of a group of four none.
"""

from decimal import Decimal

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")
GROUPS = ("", "万", "亿", "万亿")
GROUP = 10_000
LARGEST = GROUP ** len(GROUPS)


def in_capitals(amount: Decimal) -> str:
    """`陆仟贰佰贰拾元捌角整` of 6220.80 yuan. Raises `ValueError` for what is negative, larger or finer than fen."""
    fen = amount * 100
    if fen < 0 or amount >= LARGEST or fen != int(fen):
        raise ValueError(f"not an amount of yuan and fen: {amount}")
    yuan, rest = divmod(int(fen), 100)
    jiao, last = divmod(rest, 10)
    said = f"{_whole(yuan)}元" if yuan else ""
    if jiao:
        said += f"{DIGITS[jiao]}角"
    elif last and said:
        said += "零"
    if last:
        return f"{said}{DIGITS[last]}分"
    return f"{said or '零元'}整"


def _whole(number: int) -> str:
    parts: list[str] = []
    position, is_gapped = 0, False
    while number:
        number, part = divmod(number, GROUP)
        if part:
            zero = "零" if is_gapped and parts else ""
            parts.insert(0, f"{_group(part)}{GROUPS[position]}{zero}")
            is_gapped = part < GROUP // 10
        elif parts:
            is_gapped = True
        position += 1
    return "".join(parts)


def _group(number: int) -> str:
    """A number below ten thousand, without leading zeros."""
    said, has_zero = "", False
    for place in reversed(range(len(PLACES))):
        digit = number // 10**place % 10
        if digit:
            said += ("零" if has_zero and said else "") + DIGITS[digit] + PLACES[place]
            has_zero = False
        else:
            has_zero = True
    return said

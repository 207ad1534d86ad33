"""What can be a name: of a person, a firm, a hospital, a product. Pure; no Django."""

import re
import unicodedata

FORMULA = re.compile(r"[=@＝＠]|[+\-＋－](?=[A-Za-z(@=（＠＝])|\t")
PICTURES = range(0x2600, 0x27C0)
FIRST_ASTRAL_PICTURE = 0x1F000
SHOWN = 30


def name_problem(text: str) -> str:
    """What is wrong with it, as a sentence without its full stop; empty if it can be a name, and for nothing at all."""
    shown = text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
    if not text:
        return ""
    if FORMULA.match(text):
        return f"“{shown}”像是公式，不是名称，请改成实际内容"
    if not any(char.isalpha() for char in text):
        return f"“{shown}”里没有文字，请填写名称"
    if any(_is_picture(char) for char in text):
        return f"“{shown}”里有表情或图形符号，请去掉"
    return ""


def _is_picture(char: str) -> bool:
    code = ord(char)
    return unicodedata.category(char) == "So" and (code in PICTURES or code >= FIRST_ASTRAL_PICTURE)

"""Runs of neighbouring keys, of the alphabet and of digits, and one character again and again.

Chinese keyboards have the keys of the American one; of a Chinese input method the signs above the digits differ.
Pure; no Django.
"""

import unicodedata

SHORTEST_RUN = 4
"""So many in a row are a run: `qwer`, `4321`, `aaaa`."""

ROWS = (
    "`1234567890-=",
    "qwertyuiop[]\\",
    "asdfghjkl;'",
    "zxcvbnm,./",
    "~!@#$%^&*()_+",
    "!@#¥%...&*()--",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/",
    "!qaz@wsx#edc$rfv%tgb^yhn&ujm*ik<(ol>)p:?",
    "4esz5rdx6tfc7ygv8uhb9ijn0okm",
    "7894561230",
    "7418529630",
    "7410",
    "8520",
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
)
"""Rows, columns in both slants, the block of digits by row and by column, alphabet, digits."""
RUNS = frozenset(
    row[start : start + SHORTEST_RUN]
    for keys in ROWS
    for row in (keys, keys[::-1])
    for start in range(len(row) - SHORTEST_RUN + 1)
)


def run_in(password: str) -> str:
    """The first run in the password, as it would be typed on narrow keys in lower case; empty if there is none."""
    typed = unicodedata.normalize("NFKC", password).lower()
    for start in range(len(typed) - SHORTEST_RUN + 1):
        part = typed[start : start + SHORTEST_RUN]
        if part in RUNS or len(set(part)) == 1:
            return part
    return ""

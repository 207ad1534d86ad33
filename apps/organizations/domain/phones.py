"""Telephone numbers shortened for eyes: `138****1234`. Pure.

Invariant: what is shortened is never stored; who sends it back unchanged has changed nothing (`unmasked`).
"""

HIDDEN = "****"
HEAD, TAIL = 3, 4
SHORTEST = 8
"""Of a shorter number nothing is shown: three and four of its digits would be all of it."""
INCOMPLETE = "号码里有“*”，是隐去中间几位的写法；不改动时请原样保留，要改请填写完整号码"


def masked(phone: str) -> str:
    """The first three and the last four characters; empty stays empty."""
    if not phone:
        return ""
    if len(phone) < SHORTEST:
        return HIDDEN
    return f"{phone[:HEAD]}{HIDDEN}{phone[-TAIL:]}"


def unmasked(typed: str, known: str) -> str:
    """What was meant by a number that came back: the one that is known, if it is its shortened form."""
    return known if known and typed == masked(known) else typed


def told(field: str, before: str, after: str) -> str:
    """How a sentence of the log tells a change: no telephone number stands in it."""
    if field == "phone":
        return "已更改"
    return f"{before or '空'} → {after or '空'}"

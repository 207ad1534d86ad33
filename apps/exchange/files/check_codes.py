"""Check codes (校验码) as people read them: the same form on pages, papers and in the log. Pure."""

SHOWN, GROUP = 12, 4


def in_groups(code: str) -> str:
    """What people compare by eye: `3F2A-9C01-77DE`, of a digest in hex."""
    shown = code[:SHOWN].upper()
    return "-".join(shown[place : place + GROUP] for place in range(0, len(shown), GROUP))

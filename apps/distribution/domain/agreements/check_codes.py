"""The check code of an agreement (校验码): what the page, the PDF, its QR code and an upload have in common. Pure.

Invariant: it depends on number, parties, products, quantities and terms alone.
"""

import hashlib
from collections.abc import Iterable


def check_code(code: str, parties: Iterable[str], lines: Iterable[tuple[int, int, int]]) -> str:
    """SHA-256 in hex of the number, the parties' codes and (product, quantity, terms) in any order."""
    said = ",".join("=".join(map(str, line)) for line in sorted(lines))
    text = f"{code}/{'/'.join(parties)}:{said}"
    return hashlib.sha256(text.encode()).hexdigest()


def numbered(project_code: str, number: int) -> str:
    """`DEMO-FL-XY000001`."""
    return f"{project_code}-XY{number:06d}"

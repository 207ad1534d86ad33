"""What an agreement says, word for word, as on the day on which it was drawn. Pure.

Invariant: the paper is laid out from this alone, and the check code is made of the digest of all of it with the
number, so that one number and one code never stand on two different papers, whatever is renamed afterwards.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

CLAUSES = ("period", "delivery", "payment", "breach")
LATE = ("packs", "contact", "address")
PARTIES = ("institution", "manufacturer", "carrier")


@dataclass(frozen=True, slots=True)
class Party:
    """Whoever signs; `code` is the institution's code or the enterprise's USCC, `contact` a person with a phone.

    Contact and postal address are empty where the platform knows none.
    """

    name: str
    code: str
    contact: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Product:
    """One line; `quantity` in smallest units, `price` of a pack and `amount` in yuan as decimal texts.

    `packs` are those to order in words, empty on papers of before.
    """

    item_code: str
    variety: str
    specification: str
    unit: str
    pack: int
    price: str
    quantity: int
    amount: str
    packs: str = ""

    @property
    def exact_price(self) -> Decimal:
        return Decimal(self.price)

    @property
    def exact_amount(self) -> Decimal:
        return Decimal(self.amount)


@dataclass(frozen=True, slots=True)
class Wording:
    """All that stands on the paper beside number and check code."""

    is_medicine: bool
    project: str
    institution: Party
    manufacturer: Party
    carrier: Party
    clauses: dict[str, str]
    products: tuple[Product, ...]

    def as_json(self) -> dict[str, Any]:
        """As it is kept. What earlier papers did not say is left out where it is empty: their digests stand."""
        kept = asdict(self) | {"products": [_said(product) for product in self.products]}
        parties = {name: _said(getattr(self, name)) for name in PARTIES}
        return kept | parties

    def check_code(self, number: str) -> str:
        """SHA-256 in hex of the number and every word."""
        said = json.dumps([number, self.as_json()], ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()


def _said(part: Party | Product) -> dict[str, Any]:
    return {name: value for name, value in asdict(part).items() if value or name not in LATE}


def read(kept: dict[str, Any]) -> Wording:
    """From what is kept."""
    parties = {name: Party(**kept[name]) for name in PARTIES}
    products = tuple(Product(**product) for product in kept["products"])
    return Wording(
        is_medicine=kept["is_medicine"],
        project=kept["project"],
        clauses=kept["clauses"],
        products=products,
        **parties,
    )


def numbered(project_code: str, number: int) -> str:
    """`DEMO-FL-XY000001`."""
    return f"{project_code}-XY{number:06d}"

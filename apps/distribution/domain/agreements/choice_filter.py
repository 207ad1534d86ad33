"""Which of an institution's agreed products its page of choices shows, and which distributor could take them all."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import TextChoices

from apps.allocation.models import SupplyTotal
from apps.distribution.domain.agreements.listing import Standing
from apps.folding.domain.folding import is_said
from apps.ui.pages.seen_sets import Stamp

Standings = Mapping[int, Standing]


class State(TextChoices):
    """Where a product stands, as its row says."""

    TO_CHOOSE = "to_choose", "待选择"
    CHOSEN = "chosen", "已选择"
    AGAIN = "again", "需重新选择"
    IN_AGREEMENT = "agreement", "在协议中"
    UNDELIVERED = "none", "无配送企业"


def state_of(standing: Standing) -> State:
    if standing.line is not None:
        return State.IN_AGREEMENT
    if standing.must_choose_again:
        return State.AGAIN
    if standing.choice is not None:
        return State.CHOSEN
    return State.TO_CHOOSE if standing.options else State.UNDELIVERED


@dataclass(frozen=True, slots=True)
class ChoiceQuery:
    """What the query bar asks for."""

    product: str = ""
    maker: str = ""
    carrier: str = ""
    state: str = ""

    def matches(self, total: SupplyTotal, standing: Standing) -> bool:
        item, maker = total.product.item, total.product.enterprise
        carriers = [option.carrier for option in standing.options]
        texts = [
            text for carrier in carriers for text in (carrier.name, carrier.pinyin, carrier.uscc)
        ]
        return (
            (not self.state or state_of(standing) == self.state)
            and is_said(self.product, item.variety, item.pinyin, item.specification, item.item_code)
            and is_said(self.maker, maker.name, maker.pinyin, maker.uscc)
            and is_said(self.carrier, *texts)
        )


@dataclass(frozen=True, slots=True)
class Offer:
    """A distributor that could deliver so many of the products that are still open."""

    distributor: int
    name: str
    number: int


def open_products(totals: Sequence[SupplyTotal], standing: Standings) -> list[int]:
    """The products that stand in no agreement and can be delivered."""
    products = (total.product_id for total in totals)
    return [pk for pk in products if standing[pk].line is None and standing[pk].options]


def offers(products: Sequence[int], standing: Standings) -> list[Offer]:
    """Who could take how many of these products, the most first."""
    names: dict[int, str] = {}
    counted: Counter[int] = Counter()
    for product in products:
        for option in {
            option.distributor_id: option for option in standing[product].options
        }.values():
            names[option.distributor_id] = option.carrier.name
            counted[option.distributor_id] += 1
    ordered = sorted(counted.items(), key=lambda pair: (-pair[1], names[pair[0]], pair[0]))
    return [Offer(distributor, names[distributor], number) for distributor, number in ordered]


def given_to(
    distributor: int, products: Sequence[int], standing: Standings, *, keep: bool
) -> dict[int, int | None]:
    """Each product that the distributor delivers with its nearest relation; `keep`: not those that are chosen."""
    given: dict[int, int | None] = {}
    for product in products:
        choice = standing[product]
        if keep and state_of(choice) == State.CHOSEN:
            continue
        own = [option.pk for option in choice.options if option.distributor_id == distributor]
        if own:
            given[product] = own[0]
    return given


def stamp_of(products: Sequence[int]) -> Stamp:
    """Of the open products that a page counted."""
    return Stamp.of_keys(products)

"""The page's engine agrees with the server's on worked and random slots, to the last fraction.

It runs in node where there is one, else in Chromium.
"""

import random
from decimal import Decimal
from fractions import Fraction

import pytest

from apps.allocation.engine import (
    NoWholePack,
    Row,
    allocated,
    allocated_total,
    bounds,
    contract_amount,
    daily_cost,
    rounded,
    suggest,
)
from tests.allocation.javascript import runner

# A case is [pending, daily usage, rows]; fractions come back as text, BigInt is not JSON.
DRIVER = """async ([address, cases]) => {
  const engine = await import(address);
  const fraction = ({ n, d }) => `${n}/${d}`;
  const attempt = (act) => {
    try { return act(); } catch (error) {
      if (error instanceof engine.NoWholePack) return "no whole pack";
      if (error instanceof RangeError) return "refused";
      throw error;
    }
  };
  return cases.map(([pending, usage, rows]) => ({
    bounds: attempt(() => {
      const { index, low, high } = engine.bounds(pending, usage, rows);
      return [index, fraction(low), fraction(high), engine.isInside(pending, usage, rows)];
    }),
    total: attempt(() => fraction(engine.allocatedTotal(rows, usage))),
    rows: attempt(() => rows.map((row, index) => [
      fraction(engine.allocated(row, usage)),
      fraction(engine.dailyCost(row)),
      fraction(engine.contractAmount(row)),
      engine.text(engine.contractAmount(row), 2),
      engine.text(engine.exact(row.price)),
      attempt(() => engine.suggest(pending, usage, rows, index).toString()),
    ])),
  }));
}"""


@pytest.fixture
def run(request):
    in_page = runner(request, "allocation-engine.js")
    return lambda cases: in_page(DRIVER, cases)


def expected(case):
    pending, usage, cells = case
    usage = Decimal(usage)
    rows = [to_row(each) for each in cells]
    return {
        "bounds": expected_bounds(pending, usage, rows),
        "total": allocated_total(rows, usage),
        "rows": [expected_row(pending, usage, rows, index) for index in range(len(rows))],
    }


def expected_bounds(pending, usage, rows):
    if all(row.contract is None for row in rows):
        return "refused"
    limits = bounds(pending, usage, rows)
    inside = limits.contain(rows[limits.index].contract)
    return [limits.index, limits.low, limits.high, inside]


def expected_row(pending, usage, rows, index):
    row = rows[index]
    amount = contract_amount(row)
    try:
        offer = str(suggest(pending, usage, rows, index))
    except NoWholePack:
        offer = "no whole pack"
    texts = [str(rounded(amount, 2)), str(rounded(Fraction(row.price), 0)), offer]
    return [allocated(row, usage), daily_cost(row), amount, *texts]


def answered(answer):
    if answer["bounds"] != "refused":
        index, low, high, inside = answer["bounds"]
        answer["bounds"] = [index, Fraction(low), Fraction(high), inside]
    answer["total"] = Fraction(answer["total"])
    answer["rows"] = [[*map(Fraction, row[:3]), *row[3:]] for row in answer["rows"]]
    return answer


def to_row(cells):
    contract = cells["contract"]
    filled = contract not in {None, ""}
    return Row(
        daily_usage=Decimal(cells["dailyUsage"]),
        pack=int(cells["pack"]),
        price=Decimal(cells["price"]),
        contract=int(contract) if filled else None,
    )


def cells(usage, pack, price, contract):
    return {"dailyUsage": usage, "pack": pack, "price": price, "contract": contract}


def random_case(dice):
    def number(low, high, places):
        return str(Decimal(dice.randint(low, high)).scaleb(-places))

    def random_cells():
        pack = dice.choice([1, 7, 12, 24, 24, 30, 36, 100])
        contract = dice.choice(
            [None, "", 0, pack, str(pack * dice.randint(0, 200)), dice.randint(1, 9000)]
        )
        return cells(number(1, 4000, 2), pack, number(1, 10**6, 2), contract)

    rows = [random_cells() for _ in range(dice.randint(1, 4))]
    return [dice.choice([0, 7, dice.randint(1, 20_000)]), number(1, 3000, 2), rows]


A = ("9", 36, "28.80")
B = ("3", 24, "45.60")
C = ("6", 30, "40.00")
WORKED = [
    *([10_000, "6", [cells(*A, each)]] for each in (14_964, 14_965, 14_976, 15_035, 15_036)),
    [2_000, "6", [cells(*B, "1008")]],
    [3_000, "6", [cells(*A, "4500")]],
    [5_002, "6", [cells(*A, "2988"), cells(*B, ""), cells(*C, "3000")]],
    [7, "6", [cells(*B, "0")]],
    [11, "6", [cells(*A, "0")]],
    [19, "6", [cells(*C, "30")]],
    [1_000, "1", [cells("9", 36, "1", 7_200), cells("1", 24, "1", None)]],
    [1_000, "1", [cells("9", 36, "1", 7_272), cells("1", 24, "1", 192)]],
    [10**15, "0.000003", [cells("0.000007", 36, "9007199254740993.01", 9 * 10**14)]],
]


@pytest.mark.covers("S1-33", "S1-35", "S1-37", "S1-38", "S1-39", "S1-52")
def test_page_and_server_agree_on_worked_and_random_slots(run):
    dice = random.Random(20230701)
    cases = [*WORKED, *(random_case(dice) for _ in range(400))]

    answers = [answered(each) for each in run(cases)]

    assert answers == [expected(case) for case in cases]
    offers = [row[-1] for answer in answers for row in answer["rows"]]
    assert 0 < offers.count("no whole pack") < len(offers)


@pytest.mark.covers("S1-33")
@pytest.mark.parametrize(
    "typed", ["-1", "1.5", "1e3", "abc", " 12", "0x10", "NaN", "１２"], ids=repr
)
def test_the_page_refuses_what_is_no_whole_number(run, typed):
    answer = run([[1_000, "6", [cells(*A, typed)]]])[0]

    assert answer == {"bounds": "refused", "total": "refused", "rows": "refused"}


@pytest.mark.covers("S1-33")
@pytest.mark.parametrize(
    ("pending", "usage", "row"),
    [
        pytest.param(-1, "6", cells(*A, 1), id="negative quantity"),
        pytest.param(1, "0", cells(*A, 1), id="item without daily usage"),
        pytest.param(1, "6", cells("0", 36, "1", 1), id="row without daily usage"),
        pytest.param(1, "6", cells("9", 0, "1", 1), id="row without pack"),
    ],
)
def test_the_page_refuses_terms_no_formula_can_use(run, pending, usage, row):
    assert run([[pending, usage, [row]]])[0]["bounds"] == "refused"

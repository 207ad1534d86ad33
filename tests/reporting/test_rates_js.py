"""The page's rates agree with the server's on worked and random numbers; in node where there is one, else Chromium."""

import random
from decimal import Decimal

import pytest

from apps.reporting.domain.rates import Baseline, Rule, may_be_packs, rate_in_words, share_of
from tests.allocation.javascript import runner

# A case is [planned or null, total, years, direction, threshold, pack, percent]; BigInt is not JSON.
DRIVER = """async ([address, cases]) => {
  const rates = await import(address);
  return cases.map(([planned, total, years, direction, threshold, pack, percent]) => {
    const baseline = { total: BigInt(total), years: BigInt(years) };
    const amount = planned === null ? null : BigInt(planned);
    const rule = { direction, threshold: rates.tenThousandths(threshold) };
    return [
      rates.isDue(amount, baseline, rule),
      rates.rateText(amount, baseline),
      rates.packSlip(amount, baseline, BigInt(pack)) !== "",
      rates.shareOf(baseline, percent).toString(),
      rates.meanOf(baseline).toString(),
    ];
  });
}"""
WORKED = [
    (None, 1_000, 1, "decrease", "0.2000", 28, "100"),
    (800, 1_000, 1, "decrease", "0.2000", 28, "87.5"),
    (799, 1_000, 1, "decrease", "0.2000", 28, "100"),
    (1_201, 1_000, 1, "increase", "0.2000", 28, "100"),
    (1_067, 2_667, 2, "decrease", "0.2000", 28, "33.33"),
    (5, 0, 2, "both", "0.0000", 28, "100"),
    (0, 0, 1, "both", "0.0000", 1, "0"),
    (100, 2_800, 1, "both", "1.5000", 28, "100"),
    (78_400, 2_800, 1, "both", "0.3333", 28, "1000"),
    (10**12, 7, 3, "both", "0.2000", 100, "99.9999"),
]


def some(chance):
    total = chance.choice([0, chance.randint(1, 50), chance.randint(1, 10**9)])
    near = round(total * chance.uniform(0.5, 1.5))
    planned = chance.choice([None, 0, chance.randint(0, 10**9), near, near // 28, near * 28])
    threshold = f"{chance.choice([0, 0.1, 0.2, 0.25, 0.3333]):.4f}"
    direction = chance.choice(["decrease", "increase", "both"])
    percent = f"{chance.randint(0, 1500) / 10}"
    return planned, total, chance.randint(1, 3), direction, threshold, chance.choice([1, 7, 28]), percent  # fmt: skip


def expected(case):
    planned, total, years, direction, threshold, pack, percent = case
    baseline = Baseline(total, years)
    return [
        Rule(direction, Decimal(threshold)).is_due(planned, baseline),
        rate_in_words(planned, baseline),
        may_be_packs(planned, baseline, pack),
        str(share_of(baseline, Decimal(percent))),
        str(baseline.shown),
    ]


@pytest.mark.browser
def test_the_page_and_the_server_say_the_same(request):
    chance = random.Random(7)
    cases = [*WORKED, *(some(chance) for _ in range(2_000))]

    found = runner(request, "demand-rates.js")(DRIVER, cases)

    assert [
        (case, got) for case, got in zip(cases, found, strict=True) if got != expected(case)
    ] == []

"""The published parameters of `agreed_volume` (rules §2), by which its worked numbers are computed."""

from decimal import Decimal
from fractions import Fraction

from apps.reporting.agreed_volume import CascadeTable, LinearRule, RatioTable, Slots


def _classes(normal: int, antibiotic: int, strict: int) -> dict[str, Fraction]:
    return {
        "normal": Fraction(normal, 100),
        "antibiotic": Fraction(antibiotic, 100),
        "strict": Fraction(strict, 100),
    }


# R1: national drugs, by number of winners.
NATIONAL_DRUGS = RatioTable(
    (
        (1, 1, _classes(50, 40, 30)),
        (2, 2, _classes(60, 50, 40)),
        (3, 3, _classes(70, 60, 50)),
        (4, None, _classes(80, 70, 50)),
    )
)

# R2: Chinese patent medicine, 19-province alliance, round 1.
CHINESE_PATENT_MEDICINE_RATIO = Fraction(80, 100)
CHINESE_PATENT_MEDICINE_KEEP = Fraction(90, 100)
CHINESE_PATENT_MEDICINE_SLOTS = Slots(
    lowest=Fraction(0), highest=Fraction(30, 100), other=Fraction(70, 100)
)

# R4: Sichuan notice 川药招〔2024〕48号; Fujian.
IVUS_CATHETERS = LinearRule(
    minimum=Decimal(48), maximum=Decimal(62), base=Decimal(48), transfer=Decimal(42)
)
VASCULAR_CLIPS = LinearRule(
    minimum=Decimal(65), maximum=Decimal(75), base=Decimal(50), transfer=Decimal(30)
)

# R6: intraocular lenses, LH-HD2020-1.
INTRAOCULAR_LENSES = CascadeTable(
    {
        1: (Fraction(1),),
        2: (Fraction(3, 5),),
        3: (Fraction(3, 5), Fraction(3, 5)),
        4: (Fraction(1, 2),),
    }
)

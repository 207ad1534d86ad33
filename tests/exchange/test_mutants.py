"""No damaged workbook ends in anything but rows, problems or a refusal; and each has an error report.

`FENLIANG_MUTANTS` says how many; in the suite as many as fit into some seconds.
"""

import os
import time
from random import Random

from apps.exchange.files.delimited import as_workbook
from apps.exchange.files.errors.report import error_workbook
from apps.exchange.files.reader import read_workbook
from apps.exchange.files.readings import Problem
from apps.exchange.files.upload_checks import FileRefused
from tests.exchange.mutating import mutant
from tests.exchange.oddities import ODDITIES
from tests.exchange.samples import BOOK

WANTED = int(os.environ.get("FENLIANG_MUTANTS", "400"))
SECONDS = float(os.environ.get("FENLIANG_MUTANT_SECONDS", "15"))
SEEDS = 30


def outcome_of(file):
    """What the page would say."""
    try:
        reading = read_workbook(as_workbook(file, "目录.xlsx")[0], BOOK)
    except FileRefused as refusal:
        return [Problem("", None, "", str(refusal))]
    return reading.problems or [Problem("目录", 2, "转换比", "不对")]


def test_a_damaged_workbook_is_read_or_refused():
    assert len(ODDITIES) >= SEEDS
    until = time.monotonic() + SECONDS
    first = int(os.environ.get("FENLIANG_MUTANT_SEED", str(time.time_ns() % 10**9)))
    tried = 0
    for seed in range(first, first + WANTED):
        name, file = mutant(Random(seed))
        try:
            problems = outcome_of(file)
            assert all(problem.message.strip() for problem in problems)
            with error_workbook(file, BOOK, problems) as report:
                assert report.read(2) == b"PK"
        except Exception as error:
            error.add_note(f"mutant {seed} of {name!r}")
            raise
        tried += 1
        if time.monotonic() > until:
            break
    assert tried

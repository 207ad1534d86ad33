"""The figures that documents tell: kept in `docs/performance.json`, drawn between marks, renewed by `--record`.

What was not measured this time stays as it was. Without a bench: python -m tests.bench.running.recording draws anew.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from config.embedded_postgres import ROOT
from tests.bench.running import sizing, table
from tests.bench.running.reports import Report, read

KEPT = ROOT / "docs" / "performance.json"
Lines = Callable[[Report], Iterator[str]]
PARTS: Mapping[Path, Mapping[str, Lines]] = {
    ROOT / "docs" / "performance.md": {
        "figures": table.rows,
        "costs": table.costs,
        "runs": table.runs,
    },
    ROOT / "docs" / "operations" / "sizing.md": {
        "institution": sizing.institution,
        "peak": sizing.peak,
    },
    ROOT / "README.md": {"figures": table.told},
}


def record(report: Report) -> None:
    kept = read(KEPT) if KEPT.exists() else Report()
    kept.runs |= report.runs
    kept.write(KEPT)
    draw()


def draw() -> None:
    for page in PARTS:
        page.write_text(drawn(page), encoding="utf-8")


def drawn(page: Path) -> str:
    """The page with its tables as the kept figures have them."""
    text, report = page.read_text("utf-8"), read(KEPT)
    for name, lines in PARTS[page].items():
        begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
        before, _, rest = text.partition(begin)
        after = rest.partition(end)[2]
        text = f"{before}{begin}" + "".join(f"{line}\n" for line in lines(report)) + end + after
    return text


if __name__ == "__main__":
    draw()

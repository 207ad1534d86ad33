"""One bench in a process of its own, on the database of its environment: python -m tests.bench.running.one NAME FILE.

Writes its figures as JSON and tells each on the way, for some benches take many minutes. Instead of a name, `prepare
national` builds what the benches at national size share, if it isn't there.
"""

import dataclasses
import importlib
import json
import sys
from pathlib import Path

import django

from bin import processes


def main(name: str, file: str) -> None:
    processes.exit_on_signals()
    django.setup()
    if name == "prepare":
        importlib.import_module(f"tests.bench.rounds.{file}").prepare()
        return
    figures = []
    for figure in importlib.import_module(f"tests.bench.{name}").measure():
        sys.stderr.write(f"  {figure.name} {figure.value:,.3f} {figure.unit}\n")
        figures.append(dataclasses.asdict(figure))
    Path(file).write_text(json.dumps(figures, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])

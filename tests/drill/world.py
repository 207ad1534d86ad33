"""The rounds that the clients work at: published, every sheet filled, with a session for each institution."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from apps.scope.context import whole_country
from tests.bench.rounds.reporting import Reporter, demand_round
from tests.drill.clients import Desk

CLIENTS = 20
SHEETS = 7
"""For each client to report, one after the other."""
SHORT, LONG = 10, 2_200
"""Items of a sheet that is reported, that is imported as a job."""


def build_world(items: int) -> tuple[list[Desk], list[Desk], Desk]:
    """Whom the clients save for, so many items each, whom they report for, who imports and exports a long sheet."""
    with whole_country(reason="drill"):
        saving = demand_round("DRILL-S", 1, clients=CLIENTS, items_each=items)
        reporting = demand_round("DRILL-R", SHEETS, clients=CLIENTS, items_each=SHORT)
        long = demand_round("DRILL-L", 1, clients=1, items_each=LONG)
    return [_desk(each) for each in saving], [_desk(each) for each in reporting], _desk(long[0])


def _desk(reporter: Reporter) -> Desk:
    return Desk(reporter.code, reporter.cookie, reporter.filing, list(reporter.items))


def write_plan(file: Path, port: int, saving: list[Desk], reporting: list[Desk]) -> None:
    clients: list[dict[str, Any]] = [
        {
            "own": asdict(desk),
            "others": [asdict(other) for other in reporting[number::CLIENTS]],
        }
        for number, desk in enumerate(saving)
    ]
    file.write_text(json.dumps({"port": port, "clients": clients}), "utf-8")

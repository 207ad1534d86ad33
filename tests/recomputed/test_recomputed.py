"""Random rounds, dumped at every stage and computed anew from their reports; dumps that were tampered with."""

import ast
import csv
import io
import shutil
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from django.urls import reverse

from apps.accounts.models import User
from apps.allocation.domain.verification import differences as capacity_differences
from apps.allocation.models import AllocationRow, SlotLine, SlotState
from tests.recomputed import world as worlds
from tests.recomputed.differences import differences, order_differences
from tests.recomputed.dump import read
from tests.recomputed.figures import Figures

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("country")]
HERE = Path(__file__).parent
INDEPENDENT = ("dump", "figures", "ranks", "slots", "differences")
"""Modules that know the files alone."""


def dumped(code, folder):
    call_command("dump_round", code, str(folder), stdout=io.StringIO())
    return read(folder)


def text(folder, name):
    return (folder / f"{name}.csv").read_text("utf-8")


def order_of(client, project):
    """A hospital's own file, as its system reads it."""
    answer = client.get(reverse("allocation:agreement_his", args=[project.code]))
    content = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content)))


LARGE = 300
"""Institutions from which on two products are sure to be asked for more than they can supply."""


@pytest.mark.parametrize(
    ("seed", "institutions", "packs", "rules"),
    [
        (1, 320, "down", {"rounding": "half_up", "unselected": "primary"}),
        (2, 60, "up", {"rounding": "down", "unselected": "pending"}),
        (3, 40, "nearest", {"rounding": "up_to_pack", "unselected": "primary"}),
    ],
    ids=["large", "small", "packs"],
)
def test_a_round_follows_from_its_reports(seed, institutions, packs, rules, tmp_path, client_of):
    world = worlds.reported(seed, institutions, **rules)
    folders = [tmp_path / name for name in ("demand", "draft", "reported")]
    demand = dumped(world.demand.code, folders[0])
    project = worlds.generated(world, pack_rounding=packs)
    dumped(project.code, folders[1])
    worlds.allocated(world, project)
    final = dumped(project.code, folders[2])

    assert list(differences(demand))[:20] == []
    assert list(differences(final))[:20] == []
    # Published, generated and confirmed are one and the same.
    for name in ("reports", "agreed", "shares", "confirmed"):
        assert len({text(folder, name) for folder in folders}) == 1
    assert text(folders[1], "rows") == text(folders[2], "rows")
    assert set(final.confirmed) <= set(final.agreements)
    agreeing = {path for path, _item, _uscc in final.agreements}
    for clerk in User.objects.filter(username__startswith="uH", path__in=agreeing)[:3]:
        lines = order_of(client_of(clerk), project)
        assert list(order_differences(final, clerk.path, lines)) == []
    assert list(capacity_differences(project)) == []
    assert_wide(final)
    if institutions >= LARGE:
        assert AllocationRow.objects.filter(lowest_state=SlotState.SHORT).exists()
        assert AllocationRow.objects.filter(highest_state=SlotState.SHORT).exists()


def assert_wide(dump):
    """The round was one worth computing: everything that rules tell apart was there."""
    figures = Figures(dump)
    terms, places = figures.terms, dump.agreed.items()
    nation = {code: held for (path, code), held in places if path == "/0/"}
    assert {rule.name for rule in dump.rules.values()} == {"r1", "r2", "r4", "r6"}
    assert {len(figures.winners[unit]) for unit in dump.rules if unit[0] in "RT"} >= set(
        range(1, 7)
    )
    assert {str(item.coefficient) for item in dump.items.values()} == {"1", "2", "1/2", "1/4"}
    assert (
        len({path.split("/")[2] for path, tier in dump.tiers.items() if tier == "institution"}) == 5
    )
    assert {path.count("/") for path, tier in dump.tiers.items() if tier == "institution"} == {
        4,
        5,
        6,
    }
    assert nation["N3-2"].kept  # a unit won by a folded specification only
    assert nation["N2-1"].kept
    assert nation["N2-1"].pending  # kept where somebody is primary, else left to choice
    assert nation["N2-2"].kept if dump.rules["N2"].figures["unselected"] == "primary" else True
    assert not nation["N5-1"].agreed  # nobody won
    assert any(held.pending for code, held in nation.items() if terms[code].rule == "r6")
    assert SlotLine.objects.filter(slot="other", contract__gt=0).exists()


def test_the_computation_knows_nothing_of_the_product():
    allowed = sys.stdlib_module_names
    for name in INDEPENDENT:
        tree = ast.parse((HERE / f"{name}.py").read_text("utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                assert {alias.name.split(".")[0] for alias in node.names} <= allowed
            if isinstance(node, ast.ImportFrom):
                own = {f"tests.recomputed.{each}" for each in INDEPENDENT}
                assert node.module in own or node.module.split(".")[0] in allowed


def more(rows, name, index=0):
    rows[index][name] = str(int(rows[index][name]) + 1)


def put(rows, index, name, value):
    assert rows[index][name] != value
    rows[index][name] = value


def dethroned(rows):
    """The first of a unit's three ranks becomes the last."""
    put(
        [row for row in rows if row["competition_unit"] == "R3" and row["rank"] == "1"],
        0,
        "rank",
        "9",
    )


TAMPERED = (
    ("units", lambda rows: put(rows, 0, "tier", "county")),
    ("items", lambda rows: more(rows, "pack", 3)),
    ("items", lambda rows: put(rows, 1, "coefficient", "3")),
    ("reports", lambda rows: more(rows, "quantity", 7)),
    ("winners", dethroned),
    ("winners", lambda rows: put(rows, 0, "price", "1.01")),
    ("winners", lambda rows: put(rows, 2, "primary_provinces", "46")),
    ("rules", lambda rows: put(rows, 2, "rule", "r2")),
    ("agreed", lambda rows: more(rows, "kept", 11)),
    ("shares", lambda rows: more(rows, "quantity", 2)),
    ("rows", lambda rows: more(rows, "highest", 5)),
    ("confirmed", lambda rows: more(rows, "quantity", 9)),
    ("agreements", lambda rows: more(rows, "units", 4)),
)


def test_a_number_that_was_changed_is_found(tmp_path):
    """One number of each file, in a dump that agrees as it is."""
    world = worlds.reported(4, 25, rounding="up_to_pack", unselected="pending")
    dumped(world.demand.code, tmp_path / "demand")
    whole = tmp_path / "whole"
    assert (
        list(differences(dumped(worlds.allocated(world, worlds.generated(world)).code, whole)))
        == []
    )

    for number, (name, change) in enumerate(TAMPERED):
        folder = tmp_path / f"{number}-{name}"
        shutil.copytree(whole, folder)
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        change(rows)
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0].keys())
            writer.writeheader()
            writer.writerows(rows)

        assert list(found(folder)), f"{folder.name} was changed and nobody noticed"


def found(folder):
    try:
        yield from differences(read(folder))
    except (KeyError, ValueError, ZeroDivisionError) as error:
        yield f"{folder.name} makes no sense: {error}"

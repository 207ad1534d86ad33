"""A round as CSV files: every header, what stands in them, one moment, and what is refused with a sentence."""

import csv
import io
import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from decimal import Decimal

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from apps.accounts.domain.actors import Actor
from apps.allocation.domain.generation.acts import generate_draft, generate_volumes
from apps.allocation.domain.substitution.acts import substitute_missing
from apps.allocation.models import SupplyTotal
from apps.organizations.models import Organization
from apps.projects.models import PrimaryProvince, SupplyProvince, WinningProduct
from tests import factories_generation as make
from tests.factories_allocation import allocation_project, move_window, volume, worked_products
from tests.volumes import rounds
from tests.waiting import LOCKS_HERE, PATIENCE, wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("country")]
HEADERS = {
    "units": "path,code,name,tier",
    "items": "item_code,variety,specification,manufacturer,competition_unit,product_group,pack,"
    "main_item_code,coefficient",
    "reports": "path,item_code,quantity",
    "winners": "competition_unit,item_code,uscc,enterprise,rank,cut,price,pack,daily_usage,capacity,"
    "supply_provinces,primary_provinces",
    "rules": "competition_unit,rule,parameters",
    "agreed": "path,tier,item_code,base,agreed,kept,pending",
    "shares": "competition_unit,rank,uscc,quantity",
    "rows": "path,institution_code,item_code,agreed,kept,pending,lowest,highest,other",
    "confirmed": "path,institution_code,item_code,uscc,quantity,converted",
    "agreements": "path,institution_code,item_code,uscc,units,packs,amount",
}
HOSPITAL = "/0/42/420100/420106/H42010600001/"
REPORTS = {
    "H42010600001": {"P1": 10_000, "P2": 8_003, "P3": 5_001, "P4": 77},
    "H42010600002": {"P2": 3, "P3": 0},
    "H14010500001": {"P1": 12_503, "P3": 1_000},
}


@pytest.fixture
def by(alliance_officer):
    return Actor.of(alliance_officer)


@pytest.fixture
def demand(tree, alliance_officer):
    reports = {tree[code]: quantities for code, quantities in REPORTS.items()}
    return make.finished_demand(reports, alliance_officer)[0]


@pytest.fixture
def draft(demand, by):
    draft = generate_draft(source=demand, code="FL", name="由报量生成的分量", by=by)
    make.give_winners(draft, P1=1_000_000)
    generate_volumes(project=draft, by=by)
    return draft


@pytest.fixture
def reported(draft, alliance_officer, by):
    """Published, and everybody's report made by 系统代分."""
    make.open_allocation(draft, alliance_officer)
    move_window(draft, "institution", days=-6)
    substitute_missing(project=draft, by=by)
    return draft


def dumped(code, folder):
    call_command("dump_round", code, str(folder), verbosity=0)
    return {name: read(folder, name) for name in HEADERS}


def read(folder, name):
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def uscc(name):
    return rounds.enterprise(name).uscc


def test_every_file_has_its_header_and_nothing_else_is_written(demand, tmp_path):
    dumped(demand.code, tmp_path / "new" / "folder")

    files = sorted((tmp_path / "new" / "folder").iterdir())
    assert {path.stem: path.read_text("utf-8").split("\n")[0] for path in files} == HEADERS


def test_a_demand_project_alone(demand, tree, tmp_path):
    found = dumped(demand.code, tmp_path)

    units = {row["path"]: (row["code"], row["name"], row["tier"]) for row in found["units"]}
    assert units["/0/"][2] == "alliance"
    assert units["/0/42/"] == ("42", tree["42"].name, "province")
    assert units[HOSPITAL] == ("H42010600001", "武昌区人民医院", "institution")
    assert found["items"][0] == {
        "item_code": "P1", "variety": "测试片单元甲", "specification": "5mg×28片",
        "manufacturer": "测试制药", "competition_unit": "单元甲", "product_group": "产品组单元甲",
        "pack": "28", "main_item_code": "P1", "coefficient": "1",
    }  # fmt: skip
    reports = {(row["path"], row["item_code"]): int(row["quantity"]) for row in found["reports"]}
    assert reports == {
        (tree[code].path, item): quantity
        for code, quantities in REPORTS.items()
        for item, quantity in quantities.items()
    }
    assert [(row["item_code"], row["uscc"], row["cut"], row["price"]) for row in found["winners"]] == [
        ("P1", uscc("P1制药"), "60", ""),
        ("P2", uscc("P2制药"), "52", ""),
    ]  # fmt: skip
    own = [row for row in found["agreed"] if row["path"] == HOSPITAL and row["item_code"] == "P2"]
    assert own == [
        {"path": HOSPITAL, "tier": "institution", "item_code": "P2", "base": "8003",
         "agreed": "6402", "kept": "5761", "pending": "641"},
    ]  # fmt: skip
    nation = {row["item_code"]: row["base"] for row in found["agreed"] if row["path"] == "/0/"}
    assert nation == {"P1": "22503", "P2": "8006", "P3": "6001", "P4": "77"}
    assert found["confirmed"][0] == {
        "path": tree["H14010500001"].path, "institution_code": "H14010500001", "item_code": "P1",
        "uscc": uscc("P1制药"), "quantity": "10002", "converted": "10002",
    }  # fmt: skip
    assert (found["rows"], found["agreements"], found["shares"]) == ([], [], [])


def test_the_rules_as_they_were_applied(demand, tmp_path):
    found = dumped(demand.code, tmp_path)

    rules = {row["competition_unit"]: row for row in found["rules"]}
    assert {name: row["rule"] for name, row in rules.items()} == {"单元甲": "r2", "单元乙": "r2"}
    parameters = json.loads(rules["单元甲"]["parameters"])
    items = parameters.pop("items")
    assert parameters == {
        "winners": 2, "rounding": "down", "ratio": "0.8", "keep": "0.9", "fixed": "0.3",
        "sharing": "primary", "classes": {},
    }  # fmt: skip
    assert items["P2"] == {
        "selected": True, "highest_cut": False, "cut": "52", "ratio": "0.8", "kept_share": "0.9",
        "fixed_share": "0.3", "pack": 28,
    }  # fmt: skip
    assert json.loads(rules["单元乙"]["parameters"])["winners"] == 0


def test_ranks_classes_and_what_was_not_published(tree, alliance_officer, tmp_path):
    project = rounds.approved_round(
        {tree["H42010600001"]: {"A": 50_000, "B": 100}},
        alliance_officer,
        units={"A": "甲", "B": "乙"},
    )
    rounds.set_unit(project, "甲", rule="r6")
    rounds.set_unit(project, "乙", ratio_class="strict")
    rounds.won(project, ("A", "甲厂", None, 1), ("A", "乙厂", None, 2), ("B", "丙厂", None, None))
    rounds.published_base(project, alliance_officer)
    before = dumped(project.code, tmp_path / "before")
    rounds.published_agreed(project, alliance_officer)

    after = dumped(project.code, tmp_path / "after")

    assert len(before["reports"]) == len(after["reports"]) == 2
    assert (before["agreed"], before["rules"], before["confirmed"]) == ([], [], [])
    assert after["shares"] == [
        {"competition_unit": "甲", "rank": "1", "uscc": uscc("甲厂"), "quantity": "18000"},
        {"competition_unit": "甲", "rank": "2", "uscc": uscc("乙厂"), "quantity": "12000"},
    ]
    rules = {row["competition_unit"]: json.loads(row["parameters"]) for row in after["rules"]}
    assert (rules["甲"]["ratio"], rules["甲"]["shares"]) == ("0.6", ["0.6"])
    assert (rules["乙"]["class"], rules["乙"]["table"]) == (
        "strict",
        {"from": 1, "to": 1, "normal": "0.5", "antibiotic": "0.4", "strict": "0.3"},
    )
    taken = {row["uscc"]: row["quantity"] for row in after["confirmed"] if row["item_code"] == "A"}
    assert taken == {uscc("甲厂"): "18000", uscc("乙厂"): "12000"}


def test_where_winners_supply_and_are_primary(demand, tree, tmp_path):
    one = WinningProduct.objects.get(project=demand, item__item_code="P1")
    SupplyProvince.objects.bulk_create(
        SupplyProvince(product=one, province=tree[code]) for code in ("42", "14")
    )
    PrimaryProvince.objects.create(product=one, province=tree["14"])

    found = dumped(demand.code, tmp_path)

    places = {r["item_code"]: (r["supply_provinces"], r["primary_provinces"]) for r in found["winners"]}  # fmt: skip
    assert places == {"P1": ("14 42", "14"), "P2": ("", "14 42")}


def test_a_generated_draft_comes_with_its_demand_project(draft, tree, tmp_path):
    found = dumped(draft.code, tmp_path)

    row = next(r for r in found["rows"] if r["path"] == HOSPITAL and r["item_code"] == "P2")
    assert row == {
        "path": HOSPITAL, "institution_code": "H42010600001", "item_code": "P2", "agreed": "6402",
        "kept": "5761", "pending": "641", "lowest": "0", "highest": "192", "other": "449",
    }  # fmt: skip
    assert len(found["reports"]) == 8
    assert [(r["price"], r["pack"], r["daily_usage"], r["capacity"]) for r in found["winners"]] == [
        ("28", "28", "1", "1000000"),
        ("21", "28", "1", ""),
    ]
    parameters = json.loads(found["rules"][0]["parameters"])
    assert parameters["slots"] == {"lowest": "0", "highest": "0.3", "other": "0.7"}
    assert sum(int(r["quantity"]) for r in found["confirmed"]) == 8_000 + 5_761 + 1 + 10_002


def test_a_reported_allocation_has_its_lines_and_agreements(reported, draft, tmp_path):
    found = dumped(reported.code, tmp_path)

    assert sum(int(r["quantity"]) for r in found["confirmed"]) == 8_000 + 5_761 + 1 + 10_002
    totals = SupplyTotal.objects.filter(filing__project=draft, filing__tier="institution")
    assert len(found["agreements"]) == totals.count() > 0
    own = next(r for r in found["agreements"] if r["path"] == HOSPITAL and r["item_code"] == "P2")
    held = totals.get(path=HOSPITAL, product__item__item_code="P2")
    fen = held.quantity * 2_100 * 2 + 28
    assert own == {
        "path": HOSPITAL, "institution_code": "H42010600001", "item_code": "P2",
        "uscc": uscc("P2制药"), "units": str(held.quantity), "packs": str(held.quantity // 28),
        "amount": str(Decimal(fen // 56) / 100),
    }  # fmt: skip


def test_an_imported_allocation_stands_alone(tree, tmp_path):
    project = allocation_project([tree["H42010600001"]])
    worked_products(project)
    volume(project, tree["H42010600001"], "U", 12_503)

    found = dumped(project.code, tmp_path)

    assert [row["path"] for row in found["units"]] == [HOSPITAL]
    assert [(row["item_code"], row["cut"]) for row in found["winners"]] == [
        ("A", "52"),
        ("B", "41.35"),
        ("C", "48.6"),
    ]
    assert (found["reports"], found["agreed"], len(found["rows"])) == ([], [], 1)
    assert json.loads(found["rules"][0]["parameters"])["ratio"] == "0.8"


def test_quotes_and_commas_are_escaped_and_formulas_left_alone(demand, tree, tmp_path):
    name = '=1+1,"武昌"\n医院'
    Organization.objects.filter(pk=tree["H42010600001"].pk).update(name=name)

    found = dumped(demand.code, tmp_path)

    assert name in [row["name"] for row in found["units"]]


def asked(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


@contextmanager
def held_up(project, folder):
    """A dump that waits for its winners; yields the other session, which may write, and the dump's future."""
    waiting = f"SELECT pid FROM {LOCKS_HERE} WHERE NOT granted AND relation = 'organizations_enterprise'::regclass"

    def dump():
        try:
            call_command("dump_round", project.code, str(folder), stdout=io.StringIO())
        finally:
            connection.close()

    with (
        ThreadPoolExecutor(1) as pool,
        psycopg.connect(**connection.get_connection_params()) as other,
    ):
        other.execute("LOCK TABLE organizations_enterprise IN ACCESS EXCLUSIVE MODE")
        future = pool.submit(dump)
        wait_until(lambda: bool(asked(waiting)), lambda: "the dump doesn't wait")
        yield other, future


def test_all_files_are_of_one_moment(demand, tmp_path):
    with held_up(demand, tmp_path / "out") as (other, future):
        other.execute("UPDATE organizations_enterprise SET name = 'changed meanwhile'")
        other.commit()
        future.result(PATIENCE)

    winners = read(tmp_path / "out", "winners")
    assert [row["enterprise"] for row in winners] == ["P1制药", "P2制药"]


def test_a_dump_that_is_cut_off_leaves_nothing(demand, tmp_path):
    with held_up(demand, tmp_path / "out") as (other, future):
        assert (tmp_path / "out" / "units.csv").exists()
        other.execute(f"SELECT pg_cancel_backend(pid) FROM {LOCKS_HERE} WHERE NOT granted")
        with pytest.raises(psycopg.OperationalError):
            future.result(PATIENCE)

    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("code", ["NONE", ""])
def test_no_such_project(code, tmp_path):
    with pytest.raises(CommandError, match=f"没有项目 {code}。"):
        call_command("dump_round", code, str(tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_not_empty_or_no_folder(demand, tmp_path):
    (tmp_path / "kept.txt").write_text("kept")
    with pytest.raises(CommandError, match="不是空的"):
        call_command("dump_round", demand.code, str(tmp_path))
    with pytest.raises(CommandError, match="不能写入目录"):
        call_command("dump_round", demand.code, str(tmp_path / "kept.txt"))
    assert [path.name for path in tmp_path.iterdir()] == ["kept.txt"]


def test_a_history_task_has_no_volumes(tmp_path, tree):
    project = allocation_project([tree["H42010600001"]], code="LS")
    type(project).objects.filter(pk=project.pk).update(kind="history")
    with pytest.raises(CommandError, match="历史采购量"):
        call_command("dump_round", "LS", str(tmp_path / "out"))

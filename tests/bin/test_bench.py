"""What `bin/bench` computes, that it leaves the database as it found it, and that documents tell what was measured."""

import os
import re

import psycopg
import pytest

from bin.bench import BENCHES, NATIONAL, NOT_BENCHES
from config.embedded_postgres import ROOT
from tests.bench import measurement
from tests.bench.deadline import step_of
from tests.bench.running import apart, recording
from tests.bench.running.knee import Step, find_knee
from tests.bench.running.reports import Report, Run, ratio, read, table
from tests.bench.running.table import ROWS, figure_of, rows

NAMES = {path.stem for path in BENCHES.glob("*.py")} - NOT_BENCHES
NUMBER = re.compile(r"\d[\d,.]*\d|\d")


def figure(name, value, unit="ms"):
    return {"name": name, "value": value, "unit": unit, "detail": ""}


def run(*figures, others=0.0):
    return Run("2026-01-01", "abc", "2 cores", others, list(figures))


def test_a_figure_is_compared_with_an_earlier_one():
    assert ratio(figure("save", 1.5), {"save": 3.0}) == "×0.50"
    assert ratio(figure("save", 1.5), {"other": 3.0}) == "new"


def test_a_report_is_read_as_it_was_written_and_a_bare_list_as_well(tmp_path):
    report, file = Report({"submit": run(figure("save", 1.5))}), tmp_path / "report.json"
    report.write(file)
    (tmp_path / "old.json").write_text('[{"name": "save", "value": 3.0, "unit": "", "detail": ""}]')

    assert read(file) == report
    assert "×0.50" in table(report, read(tmp_path / "old.json").values())


def test_what_was_measured_in_turns_is_compared_turn_by_turn():
    assert measurement.median_ratio([(1, 2), (10, 10), (4, 12)]) == 2


def test_rounds_are_made_smaller_but_never_empty(monkeypatch):
    monkeypatch.setenv(measurement.SCALE, "0.01")

    assert measurement.scaled(5_000) == 50
    assert measurement.scaled(20) == 1
    assert measurement.scaled(20, least=5) == 5


@pytest.mark.parametrize("bears", [0, 1, 7, 80, 133, 499, 500, 10_000])
def test_the_knee_is_the_most_users_that_are_borne(bears):
    def measured(users):
        return Step(users, users / 2, p95=400 if users <= bears else 600)

    knee, steps = find_knee(measured, start=80, most=500, limit=500)

    assert (knee.users if knee else 0) <= min(bears, 500)
    assert (knee.users if knee else 0) >= min(bears, 500) / 1.1
    assert len(steps) <= 12


def test_a_step_with_failures_is_not_borne():
    knee, _ = find_knee(
        lambda users: Step(users, 1, p95=1, failed=users > 10), start=8, most=50, limit=500
    )

    assert knee
    assert knee.users == 10


def test_a_step_is_what_all_processes_saw():
    parts = [
        {"taken": [("save", 0.1), ("save", 0.3)], "failed": [], "cores": 0.1},
        {"taken": [("home", 0.2), ("save", 0.2)], "failed": [], "cores": 0.2},
    ]

    step = step_of(3, parts, seconds=2)

    assert (step.users, step.rate, step.failed) == (3, 2, 0)
    assert step.clients == pytest.approx(0.3)
    assert list(step.kinds) == ["save"]


def break_off(environment):
    assert environment["OTHER"] == "stays"
    with psycopg.connect(environment[apart.RUNNER], autocommit=True) as connection:
        connection.execute("CREATE TABLE left_behind ()")
        connection.execute("CREATE TABLE left_behind ()")


def test_a_bench_works_in_a_copy_that_is_gone_afterwards():
    """Of an empty database beside the tests' own, which nobody else looks at."""
    url = os.environ["DATABASE_URL"]
    environment = {apart.RUNNER: apart.moved(url, "bench_source"), "OTHER": "stays"}
    apart.drop(environment, "bench_source")
    apart.make_copy({apart.RUNNER: apart.moved(url, "template1")}, "bench_source")
    try:
        with pytest.raises(psycopg.errors.DuplicateTable), apart.in_copy(environment, "one") as own:
            break_off(own)

        assert not apart.exists(environment, "bench_source_one")
        with psycopg.connect(environment[apart.RUNNER]) as connection:
            asked = connection.execute("SELECT to_regclass('left_behind')").fetchone()
        assert asked == (None,)
    finally:
        apart.drop(environment, "bench_source")


def test_every_row_of_the_documents_is_a_figure_of_a_bench():
    report = read(recording.KEPT)
    measured = [row for row in ROWS if row.bench in report.runs]
    names = {f["name"] for _bench, f in report.figures()}

    assert {row.bench for row in ROWS} | NATIONAL <= NAMES
    assert {row.figure for row in measured} <= names
    assert {figure for row in measured for figure, _words in row.beside} <= names


def test_a_figure_says_that_it_was_taken_under_load_and_a_limit_that_it_was_missed():
    row = next(row for row in ROWS if row.figure == "approve")

    assert figure_of(Report({"approve": run(figure("approve", 0.5, "s"))}), row) == "0.5 s"
    busy = Report({"approve": run(figure("approve", 1.0, "s"), others=1.5)})
    assert figure_of(busy, row) == "1 s, under load"
    assert any("| 1 s, under load | ≤ 0.8, missed |" in line for line in rows(busy))


@pytest.mark.parametrize("page", recording.PARTS, ids=lambda page: page.name)
def test_documents_tell_the_figures_that_are_kept(page):
    assert page.read_text("utf-8") == recording.drawn(page), (
        "python -m tests.bench.running.recording"
    )


def test_what_the_readme_claims_stands_in_the_table_with_its_command():
    performance = (ROOT / "docs" / "performance.md").read_text("utf-8")
    readme = (ROOT / "README.md").read_text("utf-8")
    part = readme.partition("## How fast\n")[2].partition("\n## ")[0]
    commands = re.findall(r"`bin/bench ((?:[a-z]+ ?)+)", performance + readme)

    assert part
    assert "docs/performance.md" in part
    assert [number for number in NUMBER.findall(part) if number not in performance] == []
    assert {name for names in commands for name in names.split()} <= NAMES | {"all"}

"""The exercises on the whole topology: what they start with, and how they judge. `.ci/run` carries them out."""

import re
from pathlib import Path

import pytest
from django.utils import timezone

from apps.reporting.models import DemandLine
from apps.scope.context import whole_country
from bin.drill import OTHERS, USUAL
from config.server_account import Account
from tests import factories_demand as make
from tests.bin.test_commands import run
from tests.drill import carrying_out
from tests.drill.clients import FIRST, Desk, Told
from tests.drill.exercises import Outcome
from tests.drill.judging import judge
from tests.drill.places import LISTENING, TEMPLATES, Places
from tests.drill.topology import Topology


def test_an_unknown_exercise_is_refused_with_the_known_ones():
    done = run("bin.drill", "nothing")

    assert done.returncode == 2
    assert "no such exercise: nothing" in done.stderr


def test_every_exercise_that_is_named_can_be_carried_out():
    assert tuple(carrying_out.EXERCISES) == (*USUAL, *OTHERS)


@pytest.fixture
def topology(tmp_path) -> Topology:
    ports = {name: 20_000 + place for place, name in enumerate(LISTENING)}
    return Topology(Places(tmp_path, Account(0, 0, is_other=False), ports, "secret", Path("/usr")))


@pytest.mark.parametrize("template", ["haproxy.cfg", "pgbouncer.ini"])
def test_configurations_are_filled_in_and_listen_on_loopback_alone(topology, template):
    text = topology.places.filled(template, "machine").read_text("utf-8")

    assert "@{" not in text
    addresses = re.findall(r"(?:bind |listen_addr = |host=|server \w+ )([\d.]+)", text)
    assert addresses
    assert set(addresses) == {"127.0.0.1"}


def test_what_a_template_asks_for_is_known():
    asked = {
        name
        for template in TEMPLATES.iterdir()
        for name in re.findall(r"@\{(\w+)\}", template.read_text("utf-8"))
    }

    assert asked - set(LISTENING) - {f"{name}_at" for name in LISTENING} == {
        "at", "balancer", "client", "configuration", "data", "etcds", "folder", "here", "members", "name", "network",
        "password", "peer", "port", "programs", "rest",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "failed", "longest", "holds"),
    [
        ("switchover", 40, 3.0, True),
        ("switchover", 40, 3.1, False),
        ("primary", 600, 25.0, True),
        ("primary", 600, 25.1, False),
        ("rolling", 0, 3.1, True),
        ("rolling", 1, 0.1, False),
    ],
)
def test_an_exercise_that_takes_too_long_does_not_hold(name, failed, longest, holds):
    outcome = Outcome(name, 60.0, 1_000, failed, longest)

    assert (not list(carrying_out.faults(outcome))) == holds


def told(kind, filing, number, *, done=True):
    return Told(0.0, 0, kind, filing, number, "ok" if done else "503", 0.1, done)


@pytest.mark.django_db
@pytest.mark.usefixtures("country")
class TestJudging:
    @pytest.fixture
    def desk(self, hospital_clerk, alliance_officer) -> Desk:
        project = make.demand_project([hospital_clerk.organization], items=3)
        make.published(project, alliance_officer)
        filing = make.filing_of(project, hospital_clerk.organization)
        items = [item.pk for item in make.items_of(project).values()]
        with whole_country(reason="test"):
            for place, item in enumerate(items):
                DemandLine.objects.create(
                    filing=filing,
                    item_id=item,
                    path=filing.path,
                    planned=FIRST + place,
                    version=2,
                    updated_at=timezone.now(),
                )
        return Desk("BL", "", filing.pk, items)

    def test_what_stands_there_once_holds(self, desk):
        judgement = judge([told("save", desk.filing, n) for n in range(3)], [desk])

        assert judgement.saves == 3
        assert judgement.holds

    def test_a_save_that_is_not_there_is_lost(self, desk):
        DemandLine.objects.filter(item=desk.items[1]).update(planned=5)

        assert judge([told("save", desk.filing, n) for n in range(3)], [desk]).lost == 1

    def test_a_save_that_was_written_twice_is_found(self, desk):
        DemandLine.objects.filter(item=desk.items[1]).update(version=3)

        assert judge([told("save", desk.filing, n) for n in range(3)], [desk]).duplicated == 1

    def test_what_was_never_acknowledged_is_counted(self, desk):
        attempts = [told("save", desk.filing, 0, done=False), told("save", desk.filing, 1)]

        assert judge(attempts, [desk]).unanswered == 1

    def test_a_report_that_was_acknowledged_and_is_not_there_is_lost(self, desk):
        assert judge([told("report", desk.filing, 0)], [desk]).lost == 1


@pytest.mark.parametrize(("waits", "counts"), [((2.0,), 2.0), ((4.0, 2.0), 2.0), ((4.0, 5.0), 5.0)])
def test_what_took_too_long_comes_once_more_and_counts_then(
    monkeypatch: pytest.MonkeyPatch, waits: tuple[float, ...], counts: float
) -> None:
    left = iter(waits)
    monkeypatch.setattr(
        carrying_out.exercises, "run", lambda _drill, name, _: Outcome(name, 9.0, 9, 0, next(left))
    )

    (outcome,) = carrying_out._carried_out(None, ["switchover"])  # type: ignore[arg-type]

    assert outcome.longest == counts
    assert list(left) == []

"""The examples of `docs/api.md`, run as they stand against a server."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from apps.projects.models import CatalogItem
from apps.reporting.models import DemandLine
from apps.review.models import Filing
from apps.review.models.statuses import Status
from apps.scope.context import whole_country
from tests import factories_allocation as make
from tests import factories_demand as demand
from tests.review.pdf_files import pdf

pytestmark = [pytest.mark.django_db(transaction=True)]
PAPER = Path(settings.BASE_DIR) / "docs" / "api.md"
LONGEST = 60
"""Seconds."""


def example(language: str) -> str:
    """Of a season: the receiver of events is tried in `tests/subscriptions/test_papers.py`."""
    text = PAPER.read_text("utf-8").partition("\n## Events\n")[0]
    (found,) = re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return str(found)


@pytest.fixture
def run(live_server, program_of, hospital_clerk, tmp_path):
    """The output of a command in an empty folder with a signed paper, as somebody with a token."""

    def ran(*command: str) -> str:
        program = program_of(hospital_clerk)
        (tmp_path / "signed.pdf").write_bytes(pdf(1))
        known = {"FENLIANG": live_server.url, "TOKEN": program.secret, "NO_PROXY": "*"}
        done = subprocess.run(
            command, cwd=tmp_path, env=os.environ | known, capture_output=True, timeout=LONGEST,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, (done.stdout + done.stderr).decode()
        return done.stdout.decode()

    return ran


def demand_round(unit, officer, **policies):
    project = demand.demand_project(
        [unit], code="BL-2026", items=2, explanation_scope="none", **policies
    )
    with whole_country(reason="test"):
        CatalogItem.objects.filter(project=project, item_code="P0002").update(
            unified_code="XA01AB02"
        )
    return demand.published(project, officer)


def allocation_round(unit, officer):
    project = make.allocation_project([unit], code="FL-2026")
    make.worked_products(project)
    make.volume(project, unit, make.UNSELECTED, 12_503)
    make.volume(project, unit, "C", 8_003)
    return make.published(project, officer)


def standing():
    with whole_country(reason="test"):
        institutions = Filing.objects.institutions()
        filings = institutions.values_list("project__code", "status")
        lines = DemandLine.objects.values_list("item__item_code", "planned")
        return dict(filings), dict(lines)


def test_a_season_in_curl(run, tree, alliance_officer):
    if shutil.which("curl") is None:
        pytest.skip("no curl")
    unit = tree["H42010600001"]
    demand_round(unit, alliance_officer, attachment="letter")
    allocation_round(unit, alliance_officer)

    said = run("bash", "-euo", "pipefail", "-c", example("sh"))

    filings, lines = standing()
    assert filings == {"BL-2026": Status.SUBMITTED, "FL-2026": Status.SUBMITTED}
    assert lines == {"P0001": 1_200, "P0002": 840}
    assert '"status": "waiting"' in said or '"status":"waiting"' in said


def test_the_same_in_python(run, tree, alliance_officer, tmp_path):
    demand_round(tree["H42010600001"], alliance_officer)
    (tmp_path / "season.py").write_text(example("python"), encoding="utf-8")

    said = run(sys.executable, "season.py")

    filings, lines = standing()
    assert filings == {"BL-2026": Status.SUBMITTED}
    assert lines == {"P0001": 1_200, "P0002": 840}
    assert said == "nothing is missing\n"

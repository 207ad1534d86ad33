"""A client that a public generator makes of the document plays a round while a browser edits the same sheet."""

import importlib
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from apps.reporting.models import DemandLine, DemandReport
from apps.review.models import FilingEvent
from apps.review.models.statuses import Action, Status
from apps.scope.context import whole_country
from tests import factories_demand as demand
from tests.reporting.sheet_page import cell, opened, saved
from tests.review.acting import act
from tests.review.pdf_files import pdf

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ITEMS = 282
PACKAGE = "fenliang_client"
GENERATOR = {"package_name_override": PACKAGE, "project_name_override": PACKAGE, "post_hooks": []}


@pytest.fixture
def generated(tmp_path, monkeypatch):
    """`generated("api.demand.line_save")`: modules of a client made in a temporary folder."""
    (tmp_path / "generator.json").write_text(json.dumps(GENERATOR), encoding="utf-8")
    paper = Path(settings.BASE_DIR) / "docs" / "openapi.json"
    command = ("generate", "--meta", "none", "--path", str(paper), "--output-path", PACKAGE)
    done = subprocess.run(
        (sys.executable, "-m", "openapi_python_client", *command, "--config", "generator.json"),
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("NO_PROXY", "*")
    return lambda name: importlib.import_module(f"{PACKAGE}.{name}")


@pytest.fixture
def project(tree, alliance_officer):
    policies = {
        "explanation_scope": "none",
        "attachment": "letter",
        "chain": ["county", "city", "province"],
    }
    made = demand.demand_project([tree["H42010600001"]], items=ITEMS, **policies)
    return demand.published(made, alliance_officer)


class Hospital:
    """The hospital's program: everything it does goes through the generated functions."""

    def __init__(self, generated: Any, address: str, secret: str) -> None:
        self.generated, self.models = generated, generated("models")
        self.client = generated("client").AuthenticatedClient(base_url=address, token=secret)

    def call(self, name: str, **told: Any) -> Any:
        """`报量.line_save` by its function; the whole answer."""
        answer = self.generated(f"api.{name}").sync_detailed("BL", client=self.client, **told)
        assert answer.status_code == 200, answer.content.decode()
        return answer

    def versions(self) -> dict[str, int]:
        rows = self.call("demand.line_list", limit=500).parsed.items
        return {row.item_code: row.version for row in rows}

    def send(self, planned: dict[str, int], versions: dict[str, int]) -> dict[str, Any]:
        """By item how it went, of those that were not saved."""
        rows = [
            self.models.LineIn(item=code, planned=number, version=versions[code])
            for code, number in planned.items()
        ]
        told = self.call("demand.line_save", body=self.models.LinesIn(rows=rows)).parsed
        return {row.item: row for row in told.rows if row.result != "saved"}

    def upload(self) -> None:
        assert self.call("filings.letter_template").content.startswith(b"%PDF")
        file = self.generated("types").File(io.BytesIO(pdf(1)), "承诺函.pdf", "application/pdf")
        body = self.models.LetterUploadFileParams(document=file)
        assert self.call("filings.letter_upload", body=body).parsed.is_missing is False

    def filing(self) -> Any:
        answer = self.call("filings.filing_detail")
        return answer.parsed, answer.headers["ETag"]

    def report(self) -> str:
        _, etag = self.filing()
        return str(self.call("filings.filing_report", if_match=etag).parsed.status)


@pytest.fixture
def program(generated, live_server, program_of, hospital_clerk):
    """Its connection ends with the test."""
    made = Hospital(generated, live_server.url, program_of(hospital_clerk).secret)
    with made.client:
        yield made


def planned_of(project: Any) -> dict[str, int]:
    with whole_country(reason="test"):
        rows = DemandLine.objects.filter(filing__project=project, planned__isnull=False)
        return dict(rows.values_list("item__item_code", "planned"))


def test_a_generated_client_plays_a_round_beside_a_browser(
    program, project, tree, live_server, page, client_of, hospital_clerk, county_reviewer
):
    unit = tree["H42010600001"]
    planned = {f"P{place:04d}": place * 28 for place in range(1, ITEMS + 1)}
    cookie = client_of(hospital_clerk).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    versions = program.versions()
    opened(page)
    cell(page, "P0002").fill("77")
    cell(page, "P0003").click()
    saved(page)

    refused = program.send(planned, versions)
    told = refused["P0002"]
    assert refused.keys() == {"P0002"}
    assert (told.result, told.planned, told.sent) == ("conflict", 77, 56)
    assert planned_of(project) == planned | {"P0002": 77}
    cell(page, "P0001").fill("1")
    cell(page, "P0003").click()
    notice = page.locator("[data-entry-notice]")
    notice.get_by_text("已保存的是 28").wait_for()
    assert "您填的是 1" in notice.inner_text()
    assert planned_of(project)["P0001"] == 28

    assert program.send({"P0002": 56}, {"P0002": told.version}) == {}
    program.upload()
    assert program.report() == "submitted"
    filing = demand.filing_of(project, unit)
    act(
        Action.RETURN,
        county_reviewer,
        filing,
        reason="P0005 有误",
        versions={filing.pk: filing.version},
    )
    seen, _ = program.filing()
    assert (seen.status, seen.returned.reason) == ("returned", "P0005 有误")
    assert program.send({"P0005": 28}, program.versions()) == {}
    program.upload()
    assert program.report() == "submitted"

    assert planned_of(project) == planned | {"P0005": 28}
    with whole_country(reason="test"):
        filing.refresh_from_db()
        events = FilingEvent.objects.filter(filing=filing).order_by("sequence")
        names = list(events.values_list("action", "actor_name"))
        reports = list(DemandReport.objects.filter(filing=filing).values_list("lines", flat=True))
    assert filing.status == Status.SUBMITTED
    assert [action for action, _ in names] == ["submit", "return", "submit"]
    assert names[0][1].endswith("（接口令牌：HIS）")
    assert reports == [ITEMS, ITEMS]

"""How far it is from an address to its SQL: the files of ours that an act enters, from its view on.

Counted by the interpreter while a browser acts, the second time, when nothing is computed for the first time any more.
Who adds a layer that only passes on finds it here; who takes one away lowers the number.
"""

import sys
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import resolve, reverse

from apps.accounts.models import User
from apps.allocation.models import Slot
from apps.organizations.models import Organization
from apps.projects.models import Project, Withdrawal
from tests import factories_allocation as allocation
from tests import factories_demand as demand
from tests.cast import Tree
from tests.pages import all_of

pytestmark = pytest.mark.django_db

ROOT = Path(settings.BASE_DIR)
WORDS = "新开病区"
OWN = tuple(f"{ROOT / top}/" for top in ("apps", "config"))
MOST = {
    "save a row": 25,
    "save a slot": 39,
    "report": 46,
    "withdraw": 50,
    "approve many": 45,
}


class Walk:
    """The files that a view enters, in the order in which it comes to them."""

    def __init__(self, url: str) -> None:
        self.view = resolve(url.split("?", maxsplit=1)[0]).func.__code__
        self.files: dict[str, None] = {}
        self.frame: FrameType | None = None

    def __call__(self, frame: FrameType, event: str, _argument: Any) -> None:
        code = frame.f_code
        if event == "call" and self.frame is None and code is self.view:
            self.frame = frame
        if event == "call" and self.frame and code.co_filename.startswith(OWN):
            self.files[str(Path(code.co_filename).relative_to(ROOT))] = None
        if event == "return" and frame is self.frame:
            sys.setprofile(None)


def walk(client: Client, url: str, data: dict[str, Any]) -> list[str]:
    kind = {"content_type": "application/json"} if "rows" in data else {}
    walked = Walk(url)
    sys.setprofile(walked)
    try:
        answer = client.post(url, data, **kind)
    finally:
        sys.setprofile(None)
    assert answer.status_code in {200, 302}, answer.content.decode()
    return list(walked.files)


@dataclass
class Story:
    """A hospital and its county, twice: typing, reporting, taking back, reporting again, approving."""

    clerk: Client
    county: Client
    hospital: Organization
    demand: Project
    allocation: Project

    def save_row(self, planned: int) -> list[str]:
        item = demand.items_of(self.demand)["P0001"].pk
        line = demand.line_of(self.demand, self.hospital, "P0001")
        rows = [[item, str(planned), WORDS, line.version if line else 0, False]]
        return walk(self.clerk, reverse("reporting:demand_save", args=["BL"]), {"rows": rows})

    def save_slot(self, contract: int) -> list[str]:
        row = allocation.row_of(self.allocation, self.hospital, allocation.UNSELECTED)
        url = reverse("allocation:slot_edit", args=["FL", row.pk, Slot.HIGHEST])
        form = self.clerk.get(url).context["form"]
        (field,) = [name for name in form.fields if name.startswith("contract-")]
        return walk(self.clerk, url, {"seen": form["seen"].value(), field: str(contract)})

    def report(self) -> list[str]:
        version = demand.filing_of(self.demand, self.hospital).version
        url = reverse("reporting:demand_edit", args=["BL"])
        return walk(self.clerk, url, {"act": "report", "version": version})

    def withdraw(self) -> list[str]:
        page = all_of(self.clerk, reverse("reporting:result_list", args=["BL"]))
        return walk(self.clerk, reverse("reporting:result_withdraw", args=["BL"]), page)

    def approve_many(self) -> list[str]:
        url = f"{reverse('review:filing_list', args=['BL'])}?status=submitted"
        chosen = self.county.post(url, {"action": "approve", **all_of(self.county, url)})
        return walk(self.county, chosen["Location"], {})

    def take_approval_back(self) -> None:
        filing = demand.filing_of(self.demand, self.hospital)
        url = reverse("review:filing_act", args=["BL", filing.pk, "unapprove"])
        self.county.post(url, {"version": filing.version})

    @property
    def status(self) -> str:
        return demand.filing_of(self.demand, self.hospital).status


@pytest.fixture
def story(
    tree: Tree, alliance_officer: User, hospital_clerk: User, county_reviewer: User, client_of: Any
) -> Story:
    hospital = tree["H42010600001"]
    ways = {"chain": ["county", "city", "province"], "institution_withdrawal": Withdrawal.DIRECT}
    round_ = demand.demand_project([hospital], code="BL", **ways)
    demand.published(round_, alliance_officer)
    others = {code: 100 for code in demand.items_of(round_) if code != "P0001"}
    demand.planned(round_, hospital, others, reason="other", explanation=WORDS)
    slots = allocation.allocation_project([hospital], code="FL")
    allocation.worked_products(slots)
    allocation.volume(slots, hospital, allocation.UNSELECTED, 12_503)
    allocation.published(slots, alliance_officer)
    return Story(client_of(hospital_clerk), client_of(county_reviewer), hospital, round_, slots)


def test_no_act_walks_further_than_it_did(story: Story) -> None:
    for number in (1, 2):
        walks = {"save a row": story.save_row(number), "save a slot": story.save_slot(4_500)}
        walks["report"] = story.report()
        assert story.status == "submitted"
        walks["withdraw"] = story.withdraw()
        assert story.status == "draft"
        story.report()
        walks["approve many"] = story.approve_many()
        assert story.status == "approved"
        if number == 1:
            story.take_approval_back()
            story.withdraw()

    longer = {act: files for act, files in walks.items() if len(files) > MOST[act]}
    assert longer == {}, {act: len(files) for act, files in walks.items()}

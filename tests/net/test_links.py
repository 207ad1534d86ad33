"""Every page is reached by links: what somebody may open and nothing leads to is as good as missing."""

import pytest

from apps.accounts.models.roles import Role
from apps.ui.navigation import SUBSYSTEMS, Item
from tests.net import access_table as table
from tests.net.access_world import World
from tests.net.crawling import NO_PAGES, reached

pytestmark = pytest.mark.django_db

# What may be opened though no link of this world leads to it, by URL name.
NO_PAGE = "asked by machines and scripts"
PAPER = "linked from the page of the login and printed on papers, for who has no account"
AFTER = "an act leads there"
STATE = "linked in a state, or in a phase of a project, that the world has nothing in"
DEEP = "more clicks away than a test follows"
HIDDEN = "enterprises and institutions are shown no list of the others"
UNLINKED: dict[str, str] = {
    "accounts:captcha_challenge": NO_PAGE,
    "accounts:sign_on_bind": AFTER,
    "accounts:sign_on_return": AFTER,
    "accounts:sign_on_try": "a link of the administration, which is not crawled",
    "healthz": NO_PAGE,
    "metrics": NO_PAGE,
    "readyz": NO_PAGE,
    "reporting:demand_rows": NO_PAGE,
    "jobs:job_status": NO_PAGE,
    "portal:paper_verification": PAPER,
    "portal:paper_verification_code": PAPER,
    "review:selection_detail": AFTER,
    "accounts:sub_account_enable": STATE,
    "accounts:sub_account_factor": STATE,
    "accounts:sub_account_unlock": STATE,
    "accounts:subordinate_enable": STATE,
    "accounts:subordinate_factor": STATE,
    "accounts:subordinate_unlock": STATE,
    "administration:unit_enable": STATE,
    "allocation:substitution_detail": STATE,
    "allocation:substitution_run": STATE,
    "allocation:volume_import": STATE,
    "notices:attachment_download": STATE,
    "notices:notice_detail": STATE,
    "projects:participant_add": STATE,
    "projects:participant_import": STATE,
    "review:attachment_detail": STATE,
    "review:filing_act": STATE,
    "review:filing_return_through": STATE,
    "review:participant_add": STATE,
    "review:project_publish": STATE,
    "review:withdrawal_ask": STATE,
    "review:withdrawal_decide": STATE,
    "volumes:base_generate": STATE,
    "volumes:conversion_import": STATE,
    "volumes:vacancy_list": STATE,
    "analysis:institution_list": DEEP,
    "rehearsals:rehearsal_detail": DEEP,
    "projects:participant_list": HIDDEN,
}


ROLES = {
    "hospital": Role.INSTITUTION,
    "county": Role.COUNTY,
    "city": Role.CITY,
    "province": Role.PROVINCE,
    "alliance": Role.ALLIANCE,
    "maker": Role.MANUFACTURER,
    "carrier": Role.DISTRIBUTOR,
}
FILES = ("_scan", "_download", "_paper", "_document")
NOWHERE = {NO_PAGE, PAPER}


def is_page(name: str) -> bool:
    """No file, and no way to the project last looked at: those stand in the rail of whom they serve."""
    return not name.endswith((*NO_PAGES, "_latest"))


@pytest.mark.parametrize("persona", ROLES)
def test_every_page_that_somebody_may_open_is_reached(persona: str, world: World):
    rows = [row for rows in table.tables().values() for row in rows if row.method == "GET"]
    wanted = {row.url_name for row in rows if row.cell(persona) == "200" and is_page(row.url_name)}

    found = reached(world.person(persona))

    missing = sorted(wanted - found - set(UNLINKED))
    assert missing == [], " ".join(missing)


def test_every_page_belongs_to_an_item_of_its_reader_s_rail():
    """The rail marks that item, and the question mark leads to its chapter of the manual."""
    lost = {
        (row.url_name, persona)
        for rows in table.tables().values()
        for row in rows
        if row.method == "GET" and is_page(row.url_name) and not row.url_name.endswith(FILES)
        for persona, role in ROLES.items()
        if row.cell(persona) == "200"
        and UNLINKED.get(row.url_name) not in NOWHERE
        and not any(item.names(row.url_name) for item in items_of(role))
    }

    assert sorted(lost) == []


def items_of(role: Role) -> list[Item]:
    items = (item for subsystem in SUBSYSTEMS.values() for item in subsystem)
    return [item for item in items if not item.roles or role in item.roles]

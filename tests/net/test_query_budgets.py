"""Every list costs the same number of queries with one row and with fifty, and its page stays small.

The numbers are the committed baseline: fewer is an improvement to write down, more is a defect.
"""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.accounts.models import User
from tests.cast import Tree
from tests.net.access_table import addresses
from tests.net.access_world import World
from tests.net.budget_world import grow

pytestmark = pytest.mark.django_db

# Queries by address and who looks. A list takes at most MOST, the portal at most PORTAL.
# 办理情况 is one statement wherever it is shown: on 填报进度, the project, and the review list, package and 确认提交.
MOST, PORTAL, KB = 12, 9, 1024
HOME = "portal:home"
BUDGETS: dict[tuple[str, str], int] = {
    ("portal:manual_list", "hospital"): 2,
    ("rehearsals:rehearsal_list", "alliance"): 3,
    ("allocation:agreement_list", "alliance"): 9,
    ("allocation:agreement_list", "county"): 9,
    ("allocation:designation_list", "alliance"): 8,
    ("allocation:pending_fill", "hospital"): 10,
    ("allocation:pending_list", "hospital"): 10,
    ("allocation:pool_list", "alliance"): 5,
    ("allocation:report_detail", "hospital"): 12,
    ("allocation:selected_list", "hospital"): 9,
    ("allocation:slot_edit", "hospital"): 7,
    ("allocation:adjusted_list", "hospital"): 7,
    ("allocation:stop_detail", "county"): 8,
    ("allocation:stop_list", "county"): 5,
    ("allocation:substitution_list", "alliance"): 7,
    ("allocation:supply_list", "hospital"): 10,
    ("allocation:unplaced_list", "alliance"): 5,
    ("allocation:unplaced_list", "county"): 5,
    ("allocation:volume_list", "alliance"): 6,
    ("analysis:institution_list", "alliance"): 5,
    ("analysis:pivot_detail", "alliance"): 9,
    ("analysis:project_list", "alliance"): 3,
    ("accounts:approval_list", "alliance"): 4,
    ("accounts:issue_enterprises", "alliance"): 6,
    ("accounts:issue_list", "province"): 6,
    ("accounts:sub_account_list", "city"): 6,
    ("accounts:subordinate_list", "city"): 5,
    ("accounts:token_list", "city"): 3,
    ("administration:change_list", "county"): 4,
    ("administration:change_list", "hospital"): 5,
    ("administration:unit_list", "province"): 5,
    ("audit:change_list", "alliance"): 4,
    ("audit:change_list", "province"): 4,
    ("audit:log_list", "city"): 4,
    ("audit:seal_list", "alliance"): 10,
    ("distribution:agreement_list", "hospital"): 5,
    ("distribution:agreement_list", "province"): 5,
    ("distribution:agreement_progress_list", "county"): 4,
    ("distribution:agreement_unit_list", "county"): 6,
    ("distribution:area_list", "province"): 4,
    ("distribution:choice_list", "hospital"): 7,
    ("distribution:maker_list", "alliance"): 7,
    ("distribution:chain_list", "carrier"): 6,
    ("distribution:coverage_list", "maker"): 7,
    ("distribution:coverage_list", "province"): 7,
    ("distribution:deliverer_list", "hospital"): 5,
    ("distribution:limit_list", "alliance"): 4,
    ("distribution:relation_list", "maker"): 9,
    ("distribution:relation_list", "carrier"): 8,
    ("distribution:relation_list", "province"): 6,
    ("distribution:distributor_list", "province"): 6,
    ("jobs:job_list", "city"): 4,
    ("notices:message_list", "hospital"): 5,
    ("notices:notice_list", "hospital"): 4,
    ("notices:notice_written", "province"): 4,
    ("notices:receipt_list", "province"): 6,
    ("portal:download_list", "hospital"): 5,
    ("portal:faq", "hospital"): 5,
    ("portal:home", "hospital"): 7,
    ("portal:home", "county"): 7,
    ("portal:home", "province"): 9,
    ("portal:home", "alliance"): 8,
    ("portal:home", "maker"): 8,
    ("portal:home", "carrier"): 7,
    ("portal:progress_detail", "city"): 6,
    ("portal:progress_unit_list", "county"): 8,
    ("portal:round_list", "county"): 6,
    ("portal:round_list", "maker"): 3,
    ("projects:item_list", "alliance"): 5,
    ("projects:own_code_list", "hospital"): 7,
    ("projects:participant_add", "province"): 6,
    ("projects:participant_list", "province"): 6,
    ("projects:project_detail", "province"): 11,
    ("projects:project_list", "hospital"): 5,
    ("projects:window_list", "province"): 6,
    ("projects:winner_list", "alliance"): 7,
    ("reporting:demand_edit", "hospital"): 12,
    ("reporting:demand_rows", "hospital"): 8,
    ("reporting:history_list", "hospital"): 7,
    ("reporting:institution_list", "city"): 7,
    ("reporting:letter_edit", "hospital"): 7,
    ("reporting:doubt_list", "province"): 6,
    ("reporting:maintenance_list", "province"): 8,
    ("reporting:purchase_list", "province"): 6,
    ("reporting:result_list", "hospital"): 11,
    ("reporting:variety_list", "county"): 4,
    ("review:filing_confirm", "county"): 11,
    ("review:filing_detail", "city"): 12,
    ("review:filing_list", "county"): 8,
    ("review:filing_list", "alliance"): 8,
    ("review:participant_list", "province"): 7,
    ("review:appeal_list", "county"): 6,
    ("review:correction_list", "county"): 5,
    ("review:mandate_held_list", "hospital"): 4,
    ("review:mandate_list", "county"): 5,
    ("review:overdue_list", "county"): 5,
    ("review:project_list", "county"): 5,
    ("review:withdrawal_list", "county"): 5,
    ("review:selection_detail", "county"): 8,
    ("subscriptions:hook_detail", "hospital"): 5,
    ("subscriptions:hook_list", "hospital"): 4,
    ("volumes:agreed_detail", "alliance"): 12,
    ("volumes:agreed_detail", "county"): 12,
    ("volumes:agreed_list", "alliance"): 9,
    ("volumes:agreed_list", "hospital"): 7,
    ("volumes:base_detail", "alliance"): 11,
    ("volumes:base_detail", "county"): 8,
    ("volumes:unit_list", "alliance"): 12,
    ("volumes:vacancy_list", "alliance"): 5,
    ("volumes:what_if", "alliance"): 12,
}
SIZES = (1, 50)


def is_list(name: str) -> bool:
    """Those of the interface are counted in `tests/api/test_budgets.py`: no session opens them."""
    return name.endswith("_list") and not name.startswith("api:")


def measure(client: Client, url: str) -> tuple[int, int]:
    """Queries of a page with all rows, and bytes of one as people get it.

    It is the second visit that counts: the first one leaves its traces in the session.
    """
    first = client.get(url)
    with CaptureQueriesContext(connection) as queries:
        response = client.get(url, {"per_page": 50})
    assert (first.status_code, response.status_code) == (200, 200), url
    return len(queries), len(first.content)


@pytest.fixture(params=SIZES)
def sized(
    request: pytest.FixtureRequest,
    tree: Tree,
    people: dict[str, User],
    client_of: Callable[[User], Client],
) -> World:
    known = grow(request.param, tree, people)
    return World({persona: client_of(user) for persona, user in people.items()}, known)


def test_every_list_has_its_budget():
    assert {name for name in addresses() if is_list(name)} - {name for name, _ in BUDGETS} == set()
    too_dear = [page for page, number in BUDGETS.items() if is_list(page[0]) and number > MOST]
    assert too_dear == []
    assert [page for page, number in BUDGETS.items() if page[0] == HOME and number > PORTAL] == []


def test_lists_cost_what_they_may(sized: World):
    found, heavy = {}, {}
    for name, persona in BUDGETS:
        url = reverse(name, kwargs=sized.arguments(name, addresses()[name]))
        found[name, persona], size = measure(sized.person(persona), url)
        if size > 100 * KB:
            heavy[name] = size // KB

    different = {page: number for page, number in found.items() if number != BUDGETS[page]}
    assert different == {}, f"found: {different}"
    assert heavy == {}

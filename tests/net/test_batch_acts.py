"""Every act on more than one row says which rows its page counted, or stands here with the reason why it needn't.

The acts are taken from the pages: a posted form whose address names no single row. A new one without a stamp and
without a reason fails.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client
from django.urls import resolve, reverse

from apps.ui.lists import ALL_MATCHING
from apps.ui.pages.seen_sets import FIELD, Stamp
from tests.net import access_table as table
from tests.net.access_world import World
from tests.net.conftest import again
from tests.net.edits import EDITS, MAKES
from tests.net.page_forms import Form, forms_on
from tests.net.test_access_matrix import undone

pytestmark = [pytest.mark.django_db, pytest.mark.covers("S0-19")]

ROW_KEYS = {"pk", "item", "tier", "slot", "row_id"}
"""What names a single row in an address."""
MOVED = "您打开页面之后，符合条件的记录"
STAMPED: dict[str, tuple[str, dict[str, str]]] = {
    "accounts:issue_enterprises": ("alliance", {}),
    "accounts:issue_list": ("province", {}),
    "accounts:subordinate_reset_many": ("city", {}),
    "allocation:pending_confirm_all": ("hospital", {}),
    "allocation:pending_fill": ("hospital", {}),
    "allocation:selected_confirm_all": ("hospital", {}),
    "allocation:substitution_run": ("alliance", {}),
    "allocation:substitution_undo": ("alliance", {}),
    "allocation:volume_remove": ("alliance", {}),
    "distribution:agreement_list": ("hospital", {"format": "pdf"}),
    "distribution:agreement_remind": ("county", {}),
    "distribution:distributor_list": ("province", {}),
    "distribution:maker_list": ("alliance", {}),
    "distribution:relation_act": ("maker", {"action": "submit"}),
    "notices:messages_read": ("hospital", {}),
    "portal:progress_remind": ("county", {}),
    "projects:item_remove": ("alliance", {}),
    "projects:own_code_remove": ("hospital", {}),
    "projects:participant_add": ("alliance", {"action": "required"}),
    "projects:participant_change": ("alliance", {"action": "remove"}),
    "projects:winner_remove": ("alliance", {}),
    "reporting:doubt_decide": ("province", {}),
    "reporting:result_withdraw": ("hospital", {}),
    "review:filing_list": ("county", {"action": "approve"}),
    "review:overdue_list": ("county", {"action": "restore"}),
    "review:participant_add": ("alliance", {}),
    "volumes:result_remove": ("alliance", {}),
}
"""Acts on all that match or on all there is: who may, and what else the form says. All of them ask for the stamp.

Reminders by area take ticked bureaus alone, each named by its key.
"""
ELSEWHERE = {
    "allocation:adjusted_confirm": "tests/allocation/test_stop_pages.py",
    "distribution:agreement_draw": "tests/distribution/test_agreement_pages.py",
    "distribution:choice_give": "tests/distribution/test_choice_give.py",
    "volumes:result_clear": "tests/volumes/test_rules.py",
}
"""They ask for it too, and are tried there: nothing of the access matrix's world gets so far."""
ONE = "one thing, named by the form or its own"
FILE = "the page shows every row of the file before it is taken, and `DataMoved` refuses others"
WHOLE = "the project as a whole, judged anew under its lock; what is told is what was done"
OWN = "the own filing, with the version that the page showed"
DRAFT = "computes figures of a draft anew, which are looked at before anything is published"
TICKED = "ticked rows alone, each named by its key; nothing says 全部"
WITHOUT = {
    "accounts:account_handover": ONE,
    "accounts:login": ONE,
    "accounts:logout": ONE,
    "accounts:password_change": ONE,
    "accounts:session_end": ONE,
    "accounts:session_end_others": OWN,
    "accounts:totp_setup": ONE,
    "administration:password_address": ONE,
    "allocation:stop_edit": "carries the digest of all that it would write",
    "allocation:stop_end": "one act; whoever moved on since refuses it as a whole",
    "review:correction_add": "one item; whom it concerns is shown before and looked up again under the locks",
    "review:correction_edit": "one thing is corrected; what it touches is shown before and counted under the locks",
    "projects:window_extend": "all tiers, shown before; rests on the ends that the page showed",
    "reporting:demand_check": OWN,
    "accounts:sub_account_list": "dialogs of one row; scripts fill in their address",
    "accounts:subordinate_list": "dialogs of one row; scripts fill in their address",
    "administration:enterprise_import": FILE,
    "administration:unit_import": FILE,
    "administration:unit_import_with_accounts": FILE,
    "administration:unit_list": "dialogs of one row; scripts fill in their address",
    "allocation:adjusted_confirm": "what the page showed (tests/allocation/test_stop_pages.py)",
    "allocation:designation_pick": ONE,
    "allocation:generation_refresh": DRAFT,
    "allocation:generation_run": DRAFT,
    "allocation:pending_list": "dialogs of one row; scripts fill in their address",
    "allocation:report_submit": OWN,
    "allocation:report_withdraw": OWN,
    "allocation:volume_compute": DRAFT,
    "allocation:volume_import": FILE,
    "analysis:totals_refresh": "asks for sums anew; changes nothing that anybody wrote",
    "analysis:view_save": ONE,
    "distribution:chain_add": ONE,
    "distribution:distributor_import": FILE,
    "distribution:limit_edit": "a form with a version (test_stale_forms)",
    "distribution:relation_copy": TICKED,
    "distribution:relation_import": FILE,
    "notices:message_create": "one message to each unit that it fits, judged anew; what is told is how many it reached",
    "notices:notice_written": ONE,
    "projects:catalogue_import": FILE,
    "projects:own_code_create": ONE,
    "projects:own_code_import": FILE,
    "projects:participant_import": FILE,
    "projects:project_delete": ONE,
    "projects:project_prepare": ONE,
    "reporting:demand_doubt": ONE,
    "reporting:demand_edit": "其余填 0 names the number of blank rows, counted anew under the lock",
    "reporting:demand_import": FILE,
    "reporting:demand_save": "each line with the version that was shown",
    "reporting:letter_edit": ONE,
    "reporting:maintenance_import": FILE,
    "reporting:purchase_import": FILE,
    "reporting:purchase_take_over": WHOLE,
    "review:filing_confirm": OWN,
    "review:filing_withdraw": OWN,
    "review:mandate_grant": ONE,
    "review:project_close": WHOLE,
    "review:project_conclude": WHOLE,
    "review:project_publish": WHOLE,
    "review:project_undo": WHOLE,
    "subscriptions:hook_create": ONE,
    "subscriptions:preference_edit": "one's own settings, a form by itself",
    "volumes:agreed_act": ONE,
    "volumes:agreed_generate": DRAFT,
    "volumes:base_act": ONE,
    "volumes:base_generate": DRAFT,
    "volumes:conversion_import": FILE,
    "volumes:result_import": FILE,
}


Found = dict[str, list[tuple[str, str, Form]]]


@pytest.fixture(scope="module")
def acts(lasting_world: World, django_db_blocker: Any) -> Found:
    """By the name of the address they are sent to: persona, page and form."""
    found: Found = {}
    rows = [row for each in table.tables().values() for row in each if row.method == "GET"]
    with django_db_blocker.unblock():
        for row in rows:
            for persona in _readers(row):
                url = table.url_of(lasting_world, row)
                for name, form in _acts_on(lasting_world.person(persona), url):
                    found.setdefault(name, []).append((persona, url, form))
    return found


def _readers(row: table.Row) -> list[str]:
    return [
        persona
        for persona, cell in zip(table.PERSONAS, row.cells, strict=True)
        if cell == "200" and persona not in {"visitor", "admin", "onlooker", "stranger", "foreign"}
    ]


def _acts_on(client: Client, url: str) -> Iterator[tuple[str, Form]]:
    client = again(client)
    with undone(client):
        _, page = table.answer(client, "GET", url)
    for form in forms_on(page):
        target = resolve(urlsplit(urljoin(url, form.attributes.get("action") or url)).path)
        if not ROW_KEYS & target.kwargs.keys():
            yield target.view_name, form


@pytest.mark.usefixtures("world")
def test_every_act_on_several_rows_says_which_or_why_not(acts: Found) -> None:
    stamped = {name for name, all_ in acts.items() if any(FIELD in f.sent() for *_, f in all_)}
    posted = {
        row.url_name for each in table.tables().values() for row in each if row.method == "POST"
    }
    known = table.addresses()
    several = {name for name in {*acts, *posted} if not ROW_KEYS & known[name]}
    several = {name for name in several if not name.startswith("api:")}  # no page counted rows
    listed = {*STAMPED, *ELSEWHERE, *WITHOUT, *EDITS, *MAKES}

    assert "\n".join(sorted(several - listed)) == "", "neither counted nor excused"
    assert "\n".join(sorted(stamped - set(STAMPED))) == "", "counted by a page alone"
    assert "\n".join(sorted(listed - set(known))) == "", "no address of ours"


@pytest.mark.parametrize("name", STAMPED)
def test_what_nobody_counted_is_not_touched(name: str, world: World) -> None:
    persona, more = STAMPED[name]
    client = world.person(persona)
    url = reverse(name, kwargs=world.arguments(name, table.addresses()[name]))

    with undone(client):
        answer = client.post(url, {ALL_MATCHING: "1", **more}, follow=True)

    assert MOVED in answer.getvalue().decode(errors="replace"), answer.redirect_chain


@pytest.mark.parametrize("name", STAMPED)
def test_what_a_page_counted_and_is_no_more_is_not_touched(
    name: str, acts: Found, world: World
) -> None:
    found = [each for each in acts.get(name, ()) if FIELD in each[2].sent()]
    for persona, url, form in found[:1]:
        stamp = Stamp.read(form.sent()[FIELD][0])
        assert stamp is not None
        other = Stamp(stamp.count + 1, stamp.top, stamp.total, stamp.squares)
        assert MOVED in told(world.person(persona), url, form, {FIELD: str(other)})


def told(client: Client, url: str, form: Form, changed: dict[str, str]) -> str:
    """What the page says after everything was chosen; whatever that did is taken back."""
    button = next((c for c in form.controls if c.kind == "submit" and c.name), None)
    pressed = {button.name: button.attributes.get("value", "")} if button else {}
    target = urljoin(f"http://testserver{url}", form.attributes.get("action") or url)
    with undone(client):
        data: dict[str, Any] = {**form.sent(), **pressed, ALL_MATCHING: "1", **changed}
        response = client.post(target, data, follow=True, HTTP_REFERER=f"http://testserver{url}")
        return response.getvalue().decode(errors="replace")

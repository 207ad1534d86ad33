"""No page and no file shows a telephone number in full but to who has to call (docs/security/personal-data.md).

In a world in which every unit, account and distributor has a number of its own. A new list that shows one fails here.
"""

import io
import logging
import re
import sys
import zipfile

import pgtrigger
import pytest
from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat, LPad

from apps.accounts.domain.calling import caller_of
from apps.accounts.models import User
from apps.distribution.models import DistributorAccount
from apps.exchange.domain.exports import ExportSpec
from apps.organizations.models import Organization
from apps.scope.paths import parent_path
from tests.net import access_table as table
from tests.net.access_world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("country")]

NUMBER = re.compile(r"(?<!\d)139[123]\d{7}(?!\d)")
HEADS = {Organization: "1391", User: "1392", DistributorAccount: "1393"}
CORRECTED = {
    "administration:unit_edit",
    "distribution:distributor_edit",
    "accounts:sub_account_edit",
}
"""Forms in which a number is corrected, one at a time, by who may."""
PRINTED = "portal:progress_phones"
"""For who reminds, and logged."""


@pytest.fixture
def places(world: World) -> dict[str, str]:
    """By number, where its owner stands."""
    found = {}
    with pgtrigger.ignore():
        for model, head in HEADS.items():
            digits = LPad(Cast(F("pk"), CharField()), 7, Value("0"))
            model.objects.update(phone=Concat(Value(head), digits))
            found |= dict(model.objects.values_list("phone", "path"))
    return found


def text_of(content: bytes) -> str:
    """A page, or the cells of a workbook."""
    if not content.startswith(b"PK"):
        return content.decode(errors="replace")
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return " ".join(book.read(name).decode(errors="replace") for name in book.namelist())


def may_see(viewer: User, path: str) -> bool:
    """Directly above, or the sub-accounts of one's own."""
    own = viewer.is_main_account and path == viewer.path
    return own or (caller_of(viewer) != "" and parent_path(path) == viewer.path)


@pytest.mark.parametrize("app", sorted(table.tables()))
def test_nobody_sees_a_number_that_they_needn_t_call(
    app: str, world: World, places: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    wrong = set()
    for row in table.tables()[app]:
        if row.method != "GET" or row.name in CORRECTED or row.name == PRINTED:
            continue
        url = table.url_of(world, row)
        for persona in table.PERSONAS:
            if row.cell(persona) != "200" or persona == "visitor":
                continue
            said = text_of(world.person(persona).get(url).getvalue())
            viewer = world.people[persona]
            wrong |= {
                (row.name, persona)
                for number in NUMBER.findall(said)
                if not may_see(viewer, places[number])
            }
    assert wrong == set()


ADMIN_LISTS = ("organizations/organization", "accounts/user", "accounts/approval", "audit/logentry")


@pytest.mark.parametrize("page", ADMIN_LISTS)
def test_lists_of_administrators_show_none(page: str, world: World, places: dict[str, str]) -> None:
    seen = 0
    for persona in ("system", "security", "auditor"):
        answer = world.person(persona).get(f"/admin/{page}/")
        seen += answer.status_code == 200
        assert NUMBER.findall(answer.content.decode()) == []
    assert seen


def test_a_file_for_nobody_in_particular_shows_none(world: World, places: dict[str, str]) -> None:
    """As a job that was asked for by who needn't call, or before numbers were shortened."""
    modules = [m for name, m in list(sys.modules.items()) if name.startswith("apps.")]
    specs = {s.name: s for m in modules for s in vars(m).values() if isinstance(s, ExportSpec)}
    context = {"top": "/0/42/", "query": ""}

    rows = specs["administration.units"].rows(context)["医疗机构"]

    said = str(list(rows))
    assert "139****" in said
    assert NUMBER.findall(said) == []

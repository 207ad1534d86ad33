"""Names and numbers of the demo are made up, as those of the manuals are (S1-05)."""

import re

import pytest

from apps.accounts.models import User
from apps.demo.fixtures import enterprises, institutions
from apps.organizations.models import Enterprise, Organization

pytestmark = pytest.mark.usefixtures("demo", "db", "country")

OFFICES = {
    "医保经办员",
    "审核经办员",
    "采购经办员",
    "企业经办员",
    "系统管理员",
    "安全管理员",
    "审计管理员",
}
"""What people of the demo are called: what they do, never a name."""
NO_SUBSCRIBER = re.compile(r"000-0000\d{4}")
ISSUED = re.compile(r"1[3-9]\d{9}|0[1-9]\d{1,2}-?\d{7,8}")
"""Mobile and line numbers as they are really given out."""


@pytest.mark.covers("S1-05")
def test_no_account_is_a_person_s():
    people = User.objects.values_list("name", flat=True)

    assert set(people) <= OFFICES


@pytest.mark.covers("S1-05")
def test_no_number_reaches_anybody():
    units = Organization.objects.exclude(phone="")
    wrong = [unit.code for unit in units if not NO_SUBSCRIBER.fullmatch(unit.phone)]
    shown = " ".join(
        f"{unit.name} {unit.contact_name}" for unit in Organization.objects.institutions()
    )

    assert wrong == []
    assert not ISSUED.search(shown)


@pytest.mark.covers("S1-05")
def test_institutions_and_enterprises_are_those_that_were_made_up():
    made_up = {each.uscc for each in enterprises()}

    assert set(Enterprise.objects.values_list("uscc", flat=True)) == made_up
    assert all(uscc[8:11] == "MA9" for uscc in made_up)
    codes = {each.code for each in institutions()}
    assert set(Organization.objects.institutions().values_list("code", flat=True)) == codes

"""双人审批: passwords of the alliance, of provinces and of administrators are reset by two persons, never by one."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import make_password
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.administrators import (
    Candidate,
    NotAdministrator,
    ask_administrator,
    carry_out_administrator,
)
from apps.accounts.domain.approvals import ApprovalRefused, decide
from apps.accounts.domain.passwords import (
    NotBelow,
    SecondPersonNeeded,
    ask_reset,
    reset_password,
)
from apps.accounts.models import Approval, Outcome, User
from apps.accounts.models.roles import Role
from apps.audit.models import LogEntry
from apps.scope.context import whole_country
from tests import factories
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
URL = "/accounts/approvals/"
BELOW = "/accounts/subordinates/"


def fresh(row):
    with whole_country(reason="test"):
        return type(row).objects.get(pk=row.pk)


def knows(account):
    return fresh(account).check_password(PASSWORD)


def asked(by, account):
    with whole_country(reason="test"):
        return ask_reset(by=Actor.of(by), account_id=account.pk)


def decided(by, approval, *, approve=True):
    with whole_country(reason="test"):
        return decide(by=Actor.of(by), pk=approval.pk, approve=approve)


def reset(by, account):
    with whole_country(reason="test"):
        return reset_password(by=Actor.of(by), account_id=account.pk, seen=None)


@pytest.fixture
def guarded(alliance_officer, province_officer, system_administrator, auditor):
    return [alliance_officer, province_officer, system_administrator, auditor]


def test_an_administrator_alone_resets_none_of_them(administrator, guarded):
    for account in guarded:
        with pytest.raises(SecondPersonNeeded):
            reset(administrator, account)
        assert knows(account)


def test_the_alliance_alone_resets_no_province(client_of, alliance_officer, province_officer):
    client = client_of(alliance_officer)

    for _ in range(2):
        page = client.post(f"{BELOW}{province_officer.pk}/reset/", follow=True).content.decode()

    assert "同样的申请已经提交过" in page
    assert knows(province_officer)
    bulk = {"selected": [province_officer.pk], "seen": timezone.now().isoformat()}
    assert "没有重置" in client.post(f"{BELOW}reset/", bulk, follow=True).content.decode()
    assert knows(province_officer)


def test_one_asks_another_approves_and_who_asked_resets(
    client_of, alliance_officer, province_officer, system_administrator
):
    client = client_of(alliance_officer)
    client.post(f"{BELOW}{province_officer.pk}/reset/")
    with whole_country(reason="test"):
        approval = Approval.objects.get()
    assert "待批准" in client.get(URL).content.decode()

    decided(system_administrator, approval)
    assert "去办理" in client.get(URL).content.decode()
    page = client.post(f"{BELOW}{province_officer.pk}/reset/").content.decode()

    password = re.search(r"<code data-copy-source>([^<]+)</code>", page)[1]
    assert fresh(province_officer).check_password(password)
    assert fresh(approval).state == ("已办理", "success")
    with whole_country(reason="test"):
        said = list(LogEntry.objects.order_by("pk").values_list("verb", "actor_name"))
    assert said == [("申请审批", "赵联采"), ("批准申请", "褚系统"), ("重置密码", "赵联采")]


def test_it_is_good_for_one_reset(administrator, system_administrator, alliance_officer):
    decided(system_administrator, asked(administrator, alliance_officer))
    reset(administrator, alliance_officer)

    account = fresh(alliance_officer)
    with whole_country(reason="test"), pytest.raises(SecondPersonNeeded):
        reset_password(
            by=Actor.of(administrator), account_id=account.pk, seen=account.password_changed_at
        )


def test_and_for_who_asked_alone(administrator, system_administrator, alliance_officer):
    other = factories.administrator(username="other")
    decided(system_administrator, asked(administrator, alliance_officer))

    with pytest.raises(SecondPersonNeeded):
        reset(other, alliance_officer)


def test_nobody_decides_what_they_asked(administrator, alliance_officer):
    approval = asked(administrator, alliance_officer)

    with pytest.raises(ApprovalRefused):
        decided(administrator, approval)


def test_nor_about_themselves(administrator, system_administrator):
    other = factories.administrator(username="other")
    approval = asked(other, system_administrator)

    with pytest.raises(ApprovalRefused):
        decided(system_administrator, approval)
    assert decided(administrator, approval).outcome == Outcome.APPROVED


def test_a_main_account_and_its_sub_account_are_one_person(alliance_officer, province_officer):
    rights = ["query", "reset_passwords", "report", "review", "import", "export", "manage_accounts"]
    helper = factories.sub_account_of(alliance_officer, permission_subset=rights)
    approval = asked(helper, province_officer)

    with pytest.raises(ApprovalRefused):
        decided(alliance_officer, approval)
    with (
        whole_country(reason="test"),
        pytest.raises(IntegrityError, match="approval_by_another"),
        transaction.atomic(),
    ):
        Approval.objects.filter(pk=approval.pk).update(
            outcome="approved", decided_by=alliance_officer, decided_at=timezone.now()
        )


@pytest.mark.parametrize("person", ["auditor", "city_reviewer", "hospital_clerk"])
def test_who_neither_keeps_accounts_nor_stands_above_decides_nothing(
    request, administrator, province_officer, person
):
    approval = asked(administrator, province_officer)

    with pytest.raises(ApprovalRefused):
        decided(request.getfixturevalue(person), approval)


def test_the_alliance_decides_about_provinces_never_about_itself(
    administrator, alliance_officer, province_officer
):
    assert decided(alliance_officer, asked(administrator, province_officer)).outcome
    with pytest.raises(ApprovalRefused):
        decided(alliance_officer, asked(administrator, alliance_officer))


def test_it_lapses(administrator, system_administrator, alliance_officer, time_machine):
    approval = asked(administrator, alliance_officer)
    late = asked(administrator, system_administrator)
    decided(system_administrator, approval)

    time_machine.move_to(timezone.now() + timedelta(days=3, minutes=1))

    assert fresh(approval).state[0] == "已过期"
    with pytest.raises(SecondPersonNeeded):
        reset(administrator, alliance_officer)
    with pytest.raises(ApprovalRefused):
        decided(factories.administrator(username="other"), late)
    again = asked(administrator, alliance_officer)
    assert (again.outcome, fresh(approval).outcome) == ("", Outcome.EXPIRED)


def test_refused_is_refused(administrator, system_administrator, alliance_officer):
    approval = asked(administrator, alliance_officer)
    decided(system_administrator, approval, approve=False)

    with pytest.raises(SecondPersonNeeded):
        reset(administrator, alliance_officer)
    with (
        whole_country(reason="test"),
        pytest.raises(DatabaseError, match="Cannot update"),
        transaction.atomic(),
    ):
        Approval.objects.filter(pk=approval.pk).update(outcome="approved")


@pytest.mark.parametrize(
    "values",
    [{"decided_by_id": "asker"}, {"asked_by_id": "decider"}, {"content": {}}, {"title": "x"}],
)
def test_the_database_keeps_who_and_what(
    administrator, system_administrator, alliance_officer, values
):
    approval = asked(administrator, alliance_officer)
    people = {"asker": administrator.pk, "decider": system_administrator.pk}
    values = {
        name: people.get(value, value) if isinstance(value, str) else value
        for name, value in values.items()
    }
    if "decided_by_id" in values:
        values |= {"decided_at": timezone.now(), "outcome": "approved"}

    with whole_country(reason="test"), pytest.raises(DatabaseError), transaction.atomic():
        Approval.objects.filter(pk=approval.pk).update(**values)
    with whole_country(reason="test"), pytest.raises(DatabaseError), transaction.atomic():
        Approval.objects.filter(pk=approval.pk).delete()


def test_the_database_refuses_a_reset_that_nobody_approved(guarded):
    for account in guarded:
        with (
            whole_country(reason="test"),
            pytest.raises(IntegrityError, match="account_reset_needs_two"),
            transaction.atomic(),
        ):
            User.objects.filter(pk=account.pk).update(
                password=make_password("x"),
                must_change_password=True,
                password_changed_at=timezone.now(),
            )


def test_a_main_account_resets_its_own_sub_account_alone(client_of, province_officer):
    account = factories.sub_account_of(province_officer)

    response = client_of(province_officer).post(f"/accounts/sub-accounts/{account.pk}/reset/")

    assert response.status_code == 200
    assert not knows(account)


def test_from_above_a_sub_account_of_a_province_needs_two(alliance_officer, province_officer):
    account = factories.sub_account_of(province_officer)

    with pytest.raises(SecondPersonNeeded):
        reset(alliance_officer, account)


def test_an_institution_is_reset_by_one(administrator, hospital_clerk):
    assert fresh(hospital_clerk).must_change_password is False
    reset(administrator, hospital_clerk)

    assert fresh(hospital_clerk).must_change_password


@pytest.mark.parametrize("person", ["system_administrator", "auditor"])
def test_the_other_two_administrators_reset_nobody(request, hospital_clerk, person):
    with pytest.raises(NotBelow):
        reset(request.getfixturevalue(person), hospital_clerk)


@pytest.mark.parametrize("role", [Role.SYSTEM, Role.SECURITY, Role.AUDIT])
def test_an_administrator_is_made_by_two(administrator, system_administrator, role):
    with whole_country(reason="test"):
        by = Actor.of(administrator)
        approval = ask_administrator(by=by, candidate=Candidate(role, "newone", "尤新人"))
        with pytest.raises(ApprovalRefused):
            carry_out_administrator(by=by, pk=approval.pk)
        decided(system_administrator, approval)

        account, password = carry_out_administrator(by=by, pk=approval.pk)

        with pytest.raises(ApprovalRefused):
            carry_out_administrator(by=by, pk=approval.pk)
    assert (account.role, account.is_staff, account.is_superuser) == (role, True, False)
    assert fresh(account).check_password(password)


def test_auditors_and_bureaus_ask_for_no_administrator(auditor, alliance_officer):
    for person in (auditor, alliance_officer):
        with whole_country(reason="test"), pytest.raises(NotAdministrator):
            ask_administrator(
                by=Actor.of(person), candidate=Candidate(Role.SYSTEM, "newone", "尤新人")
            )


def test_the_page_decides(client_of, administrator, alliance_officer, province_officer):
    approval = asked(administrator, province_officer)
    client = client_of(alliance_officer)
    assert "双人审批待办理" in client.get("/").content.decode()
    assert "重置账号 province42" in client.get(f"{URL}{approval.pk}/").content.decode()

    page = client.post(f"{URL}{approval.pk}/", {"decision": "refuse"}).content.decode()
    assert "不批准时请说明原因" in page
    client.post(f"{URL}{approval.pk}/", {"decision": "refuse", "remark": "请先核实来电"})

    assert (fresh(approval).outcome, fresh(approval).remark) == ("refused", "请先核实来电")
    assert "双人审批待办理" not in client.get("/").content.decode()


def test_other_provinces_see_nothing_of_it(
    client_of, administrator, province_officer, neighbour_officer, city_reviewer
):
    approval = asked(administrator, province_officer)

    assert client_of(province_officer).get(f"{URL}{approval.pk}/").status_code == 200
    assert client_of(neighbour_officer).get(f"{URL}{approval.pk}/").status_code == 404
    assert client_of(city_reviewer).get(URL).status_code == 403


def test_administrators_are_led_to_where_they_decide(client_of, administrator, city_reviewer):
    for address in (URL, f"{URL}1/"):
        assert client_of(administrator).get(address)["Location"] == "/admin/accounts/approval/"
        assert client_of(city_reviewer).get(address).status_code == 403

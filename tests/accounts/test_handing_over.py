"""经办人交接: the successor has name, telephone and a one-time password; what was done before keeps the old name."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.handovers.acts import NobodyNew, Successor, hand_over
from apps.accounts.domain.handovers.names import Holders
from apps.accounts.domain.passwords import NotBelow, SecondPersonNeeded
from apps.accounts.domain.proofs import ProofMissing
from apps.accounts.domain.scopes import scope_of
from apps.accounts.models import Handover, User
from apps.audit.models import LogEntry
from apps.scope.context import enter
from tests import factories

NEW = Successor("钱新办", "13900001111")


def handed(by: User, account: User, successor: Successor = NEW) -> str:
    with enter(scope_of(by)):
        return hand_over(
            by=replace(Actor.of(by), proved=True), account_id=account.pk, successor=successor,
            seen=account.password_changed_at,
        )[1]  # fmt: skip


def test_the_own_account_goes_to_a_successor_who_must_change_the_password(
    country: object, hospital_clerk: User
) -> None:
    before = timezone.now()
    password = handed(hospital_clerk, hospital_clerk)

    account = User.objects.get(pk=hospital_clerk.pk)
    assert (account.name, account.phone) == ("钱新办", "13900001111")
    assert account.must_change_password
    assert account.check_password(password)
    assert account.password_reset_at is None
    (entry,) = LogEntry.objects.filter(object=account.username)
    assert entry.verb == "经办人交接"
    assert "由王医办交接给钱新办" in entry.sentence
    assert Holders().name(account, before) == "王医办"
    assert Holders().name(account, timezone.now() + timedelta(1)) == "钱新办"


def test_a_city_hands_over_in_its_whole_subtree_and_nowhere_else(
    country: object, city_reviewer: User, hospital_clerk: User, neighbour_clerk: User
) -> None:
    handed(city_reviewer, hospital_clerk)

    held = User.objects.get(pk=hospital_clerk.pk)
    assert held.password_reset_at is not None
    with pytest.raises((NotBelow, User.DoesNotExist)):
        handed(city_reviewer, neighbour_clerk)
    with pytest.raises(NobodyNew):
        handed(city_reviewer, held)


def test_guarded_accounts_take_two(
    country: object, alliance_officer: User, province_officer: User
) -> None:
    for by in (alliance_officer, province_officer):
        with pytest.raises(SecondPersonNeeded):
            handed(by, province_officer)
    assert User.objects.get(pk=province_officer.pk).name == "周省局"


def test_what_was_handed_over_stays_on_record(country: object, hospital_clerk: User) -> None:
    handed(hospital_clerk, hospital_clerk)

    with pytest.raises(DatabaseError), transaction.atomic():
        Handover.objects.update(name_before="别人")


def test_the_pages_lead_to_the_one_time_password(
    city_reviewer: User, hospital_clerk: User, client_of: object
) -> None:
    client: Client = client_of(city_reviewer)  # type: ignore[operator]
    url = f"/accounts/subordinates/{hospital_clerk.pk}/handover/"

    assert url in client.get("/accounts/subordinates/").content.decode()
    form = client.get(url).content.decode()
    assert "现在的经办人是王医办" in form
    seen = hospital_clerk.password_changed_at
    data = {"name": "钱新办", "phone": "13900001111", "seen": seen.isoformat() if seen else ""}
    assert "一次性密码" in client.post(url, data).content.decode()
    assert "/accounts/handover/" in client.get("/accounts/security/").content.decode()
    own = {"name": "陈市审", "phone": "1", "old_password": factories.PASSWORD}
    said = client.post("/accounts/handover/", own).content.decode()
    assert "同名" in said or "刚刚已被重置" in said


def test_a_sub_account_renamed_keeps_who_it_was(country: object, city_reviewer: User) -> None:
    from apps.accounts.domain.sub_accounts import update_sub_account  # noqa: PLC0415

    account = factories.account_of(
        city_reviewer.organization,  # type: ignore[arg-type]
        username="sub",
        name="旧人",
        parent_account=city_reviewer,
        permission_subset=["query"],
    )
    before = timezone.now()
    with enter(scope_of(city_reviewer)):
        update_sub_account(
            by=Actor.of(city_reviewer), account_id=account.pk, name="新人", phone="",
            permissions=["query"], project_ids=None,
        )  # fmt: skip

    assert Holders().name(User.objects.get(pk=account.pk), before) == "旧人"


def own_form(account: User, **more: str) -> dict[str, str]:
    seen = account.password_changed_at
    return {"name": "钱新办", "phone": "1", "seen": seen.isoformat() if seen else "", **more}


@pytest.mark.parametrize("password", ["", "Wrong#2026"])
def test_an_open_session_alone_gives_no_account_away(
    country: object, hospital_clerk: User, client_of: object, password: str
) -> None:
    client: Client = client_of(hospital_clerk)  # type: ignore[operator]

    client.post("/accounts/handover/", own_form(hospital_clerk, old_password=password))

    kept = User.objects.get(pk=hospital_clerk.pk)
    assert (kept.name, kept.check_password(factories.PASSWORD)) == ("王医办", True)
    with enter(scope_of(hospital_clerk)), pytest.raises(ProofMissing):
        hand_over(
            by=Actor.of(hospital_clerk), account_id=hospital_clerk.pk, successor=NEW,
            seen=hospital_clerk.password_changed_at,
        )  # fmt: skip

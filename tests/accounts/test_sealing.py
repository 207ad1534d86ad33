"""Sealed one-time passwords: unreadable, unchangeable, and still open after a key was replaced."""

import hashlib
import hmac
import importlib

import pytest
from django.apps import apps
from django_otp.plugins.otp_totp.models import TOTPDevice

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.authenticators import key_of
from apps.accounts.domain.issuing import SheetGone, issue_now, take_sheet
from apps.accounts.domain.sealing import SealBroken, seal, unseal
from apps.accounts.models import Authenticator, IssuedPassword, IssueSheet, SheetKind, User
from apps.scope.context import whole_country

PASSWORD = "kT7m-wR4x-hE9p"


def test_a_sealed_password_opens_and_does_not_show():
    sealed = seal(PASSWORD)

    assert unseal(sealed) == PASSWORD
    assert PASSWORD.encode() not in sealed
    assert seal(PASSWORD) != sealed


@pytest.mark.parametrize("place", [0, 20, -1])
def test_what_was_changed_does_not_open(place):
    sealed = bytearray(seal(PASSWORD))
    sealed[place] ^= 1

    with pytest.raises(SealBroken):
        unseal(bytes(sealed))


def test_a_replaced_secret_key_still_opens_while_it_is_a_fallback(settings):
    sealed, old = seal(PASSWORD), settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "the next key", [old]

    assert unseal(sealed) == PASSWORD

    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(SealBroken):
        unseal(sealed)


def test_a_key_of_its_own_seals_first_and_opens_what_the_secret_key_sealed(settings):
    before = seal(PASSWORD)
    settings.SEALING_KEYS = ["one", "two"]
    after = seal(PASSWORD)

    assert (unseal(before), unseal(after)) == (PASSWORD, PASSWORD)

    settings.SECRET_KEY, settings.SEALING_KEYS = "other", ["three", "one"]
    assert unseal(after) == PASSWORD


def test_a_sheet_whose_seal_is_broken_is_gone(province_officer, tree):
    by = Actor.of(province_officer)
    with whole_country(reason="test"):
        sheet = issue_now(by=by, kind=SheetKind.UNITS, target_ids=[tree["420100"].pk])
        IssuedPassword.objects.filter(sheet=sheet).update(sealed=b"nothing of ours")

        with pytest.raises(SheetGone):
            take_sheet(by=by, sheet_id=sheet.pk, render=lambda _sheet, _lines: b"")
        assert IssueSheet.objects.get(pk=sheet.pk).taken_at is None


def test_what_an_earlier_release_sealed_is_sealed_anew(settings):
    migration = importlib.import_module("apps.accounts.migrations.0005_seals_that_notice_changes")
    nonce = bytes(range(16))
    key = hmac.new(settings.SECRET_KEY.encode(), migration.PURPOSE, hashlib.sha256).digest()
    pad = hmac.new(key, nonce, hashlib.sha256).digest()
    old = bytes(left ^ right for left, right in zip(PASSWORD.encode(), pad, strict=False))

    assert unseal(migration.sealed_anew(nonce, old)) == PASSWORD
    assert migration.sealed_anew(nonce, b"\xff" + old[1:]) == b""


def test_authenticators_that_were_bound_come_over_sealed(hospital_clerk, county_reviewer):
    """Migration 0008: one of each account, the same secret, nothing left that lies open."""
    take_over = importlib.import_module(
        "apps.accounts.migrations.0010_bound_authenticators_are_sealed"
    ).take_over
    for person, key, confirmed in (
        (hospital_clerk, b"\1" * 20, True),
        (hospital_clerk, b"\2" * 20, True),
        (county_reviewer, b"\3" * 20, False),
    ):
        TOTPDevice.objects.create(
            user=person, name="phone", key=key.hex(), confirmed=confirmed, last_t=77
        )

    take_over(apps, None)

    (device,) = Authenticator.objects.all()
    assert (device.user_id, device.confirmed, device.last_t) == (hospital_clerk.pk, True, 77)
    assert key_of(device) == b"\1" * 20
    assert not TOTPDevice.objects.exists()
    with whole_country(reason="test"):
        bound = User.objects.filter(second_factor_at__isnull=False)
        assert [person.pk for person in bound] == [hospital_clerk.pk]

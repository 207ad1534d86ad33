"""Guesses that arrive at once are counted one by one: as many are tried as the limit, however many are sent."""

import threading
import time

import pytest
from axes.models import AccessAttempt
from django.db import connection
from django.test import Client, override_settings

from apps.accounts.hashers import Argon2Hasher
from tests import factories

URL = "/accounts/login/"
TRIED: list[str] = []


class Counting(Argon2Hasher):
    """Remembers what was tried, and takes long enough for all the others to arrive meanwhile."""

    def verify(self, password, encoded):
        TRIED.append(password)
        time.sleep(0.05)
        return super().verify(password, encoded)


@pytest.fixture(autouse=True)
def counting():
    TRIED.clear()
    hasher = f"{Counting.__module__}.{Counting.__qualname__}"
    with override_settings(CAPTCHA="off", PASSWORD_HASHERS=[hasher]):
        yield


def at_once(tries):
    """Send the logins (username, password, address) together; the statuses in any order."""
    barrier, statuses = threading.Barrier(len(tries)), []

    def send(username, password, address):
        try:
            client = Client(REMOTE_ADDR=address)
            barrier.wait()
            form = {"username": username, "password": password}
            statuses.append(client.post(URL, form).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=each) for each in tries]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(statuses)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("last", "tried"), [("1", 5), ("{n}", 10)], ids=["one", "many"])
def test_of_many_guesses_at_one_account_so_many_are_tried(last, tried):
    """Five from one address, ten from all addresses together."""
    clerk = factories.account_of(factories.build_tree()["H42010600001"])
    addresses = [f"10.0.0.{last.format(n=n)}" for n in range(16)]

    statuses = at_once([(clerk.username, "wrong", address) for address in addresses])

    assert len(TRIED) == tried
    assert statuses == [200] * (tried - 1) + [429] * (17 - tried)
    assert sum(AccessAttempt.objects.values_list("failures_since_start", flat=True)) == tried


@pytest.mark.django_db(transaction=True)
def test_of_many_guesses_from_one_address_as_many_as_the_limit_are_tried():
    tree = factories.build_tree()
    codes = ["H42010600001", "H42010600002", "H42010000001", "H42000000001", "H42020200001"]
    clerks = [factories.account_of(tree[code]) for code in codes]

    with override_settings(LOCKOUT_ADDRESS_LIMIT=6):
        at_once([(clerk.username, f"wrong{n}", "10.0.0.1") for clerk in clerks for n in range(2)])

    assert len(TRIED) == 6


@pytest.mark.django_db(transaction=True)
def test_the_right_passwords_of_others_get_in_meanwhile():
    tree = factories.build_tree()
    clerk, reviewer = (factories.account_of(tree[code]) for code in ("H42010600001", "420106"))
    guesses = [(clerk.username, f"wrong{n}", "10.0.0.1") for n in range(8)]

    statuses = at_once([*guesses, (reviewer.username, factories.PASSWORD, "10.1.1.1")])

    assert statuses == [200] * 4 + [302] + [429] * 4

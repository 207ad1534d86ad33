"""What lies inside is inside, however it is written."""

import pytest

from apps.accounts.domain.outer_addresses import is_outside
from apps.accounts.domain.sign_on.fetching import may_ask
from apps.subscriptions.domain.addresses import AddressRefused, is_allowed, resolved, target_of

INSIDE = (
    "127.0.0.1", "127.255.255.254", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "0.0.0.0", "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "192.88.99.1",
    "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "2001:db8::1",
    "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::10.0.0.1", "::ffff:0:10.0.0.1", "64:ff9b::a00:1", "64:ff9b::7f00:1",
    "64:ff9b:1::a00:1", "2002:a00:1::", "2001:0:4136:e378:8000:63bf:f5ff:fffe", "100::1", "5f00::1",
    "", "name", "localhost", "127.1", "0x7f000001", "2130706433", "017700000001",
)  # fmt: skip
OUTSIDE = ("1.1.1.1", "203.119.0.1", "2400:3200::1", "::ffff:1.1.1.1", "64:ff9b::101:101")


@pytest.mark.parametrize("host", INSIDE)
def test_what_is_inside(host, settings):
    settings.SIGN_ON_NETWORKS = settings.WEBHOOK_ALLOWED_NETWORKS = []

    assert not is_outside(host, allowed=[])
    assert not may_ask(host)
    assert not is_allowed(host)


@pytest.mark.parametrize("host", OUTSIDE)
def test_what_is_outside(host):
    assert is_outside(host, allowed=[])
    assert not is_outside(host, allowed=[], refused=["0.0.0.0/0", "::/0"])


def test_what_is_named_may_be_asked_however_it_is_written():
    for host in ("10.20.3.4", "::ffff:10.20.3.4", "64:ff9b::a14:304"):
        assert is_outside(host, allowed=["10.20.0.0/16"])
    assert not is_outside("10.21.3.4", allowed=["10.20.0.0/16"])


@pytest.mark.parametrize(
    "host", ["127.1", "0x7f000001", "2130706433", "017700000001", "[::ffff:7f00:1]", "localhost"]
)
def test_an_inner_address_in_disguise_is_found_where_it_is_resolved(host, settings):
    settings.WEBHOOK_ALLOWED_NETWORKS = []

    with pytest.raises(AddressRefused, match="内部网络"):
        resolved(target_of(f"https://{host}/"))

"""Deliveries go to public addresses alone, to what was judged, and follow nothing."""

import socket
import time

import pytest

from apps.accounts.domain.sign_on.fetching import Asking
from apps.accounts.domain.sign_on.told import Unreachable
from apps.accounts.models import Provider
from apps.subscriptions.domain.addresses import AddressRefused, is_allowed, resolved, target_of
from apps.subscriptions.domain.posting import LONGEST_ANSWER, post
from tests.strictness import NetworkUsed
from tests.subscriptions.conftest import NAME
from tests.subscriptions.receiving import free_port

PUBLIC = "203.119.0.1"


def names(monkeypatch, *answers):
    """The name server of the machine, which says something else each time; the last for good."""
    real, asked = socket.getaddrinfo, []

    def looked_up(host, *rest, **more):
        asked.append(host)
        return real(answers[min(len(asked), len(answers)) - 1], *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    return asked


@pytest.mark.parametrize("host", ["10.1.2.3", "64:ff9b::a00:1", "name"])
def test_nothing_inside_a_network(host):
    assert not is_allowed(host)


def test_public_ones_but_the_platforms_own(settings):
    assert is_allowed(PUBLIC)
    assert is_allowed("2400:3200::1")
    settings.WEBHOOK_REFUSED_NETWORKS = ["203.119.0.0/24"]
    assert not is_allowed(PUBLIC)
    assert not is_allowed(f"::ffff:{PUBLIC}")
    settings.WEBHOOK_ALLOWED_NETWORKS = ["10.20.0.0/16"]
    assert is_allowed("10.20.0.9")
    assert not is_allowed("10.21.0.9")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://his.example.cn/", "未加密"),
        ("ftp://his.example.cn/", "须以 https:// 开头"),
        ("https://", "须以 https:// 开头"),
        ("https://user:word@his.example.cn/", "不能有用户名"),
        ("https://his.example.cn:99999/", "格式不正确"),
        ("https://his.example.cn/a b", "不能有用户名"),
        ("https://医院.cn/", "不能有用户名"),
    ],
)
def test_what_is_no_address_is_refused_in_words(url, said):
    with pytest.raises(AddressRefused, match=said):
        target_of(url)


def test_one_inner_address_among_several_is_enough(monkeypatch):
    both = [(socket.AF_INET, 1, 6, "", (host, 443)) for host in (PUBLIC, "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)

    with pytest.raises(AddressRefused, match="内部网络"):
        resolved(target_of("https://his.example.cn/"))


def test_a_name_that_changes_its_mind_is_asked_once(receiver, monkeypatch):
    url = receiver.url.replace("127.0.0.1", NAME)
    asked = names(monkeypatch, "127.0.0.1", "127.0.0.2")

    answer = post(url, b"{}", {})

    assert (answer.code, answer.words, asked) == (200, "ok", [NAME])
    assert receiver.received[0].headers["Host"] == url.split("/")[2]


def test_a_name_that_means_an_inner_address_by_now_reaches_nobody(receiver, monkeypatch):
    names(monkeypatch, PUBLIC, "127.0.0.2")
    url = receiver.url.replace("127.0.0.1", NAME)
    assert resolved(target_of(url)).address[0] == PUBLIC

    answer = post(url, b"{}", {})

    assert answer.code is None
    assert "内部网络" in answer.words
    assert receiver.received == []


def test_a_public_address_is_what_is_connected_to(receiver, monkeypatch):
    names(monkeypatch, PUBLIC)

    with pytest.raises(NetworkUsed, match=PUBLIC):
        post(receiver.url.replace("127.0.0.1", NAME), b"{}", {})


def test_with_the_name_in_the_handshake_and_in_the_request(receiver_tls, monkeypatch):
    asked = names(monkeypatch, "127.0.0.1")

    answer = post(receiver_tls.url, b"{}", {})

    assert (answer.code, asked) == (200, [NAME])
    assert receiver_tls.asked_for == NAME
    assert receiver_tls.received[0].headers["Host"] == receiver_tls.url.split("/")[2]


def test_a_certificate_for_another_name_is_refused(receiver_tls, monkeypatch):
    names(monkeypatch, "127.0.0.1")

    answer = post(receiver_tls.url.replace(NAME, "other.example"), b"{}", {})

    assert answer.code is None
    assert "证书" in answer.words
    assert receiver_tls.received == []


def test_a_service_of_sign_on_is_judged_by_where_its_connection_ends(
    receiver_tls, settings, monkeypatch
):
    """What a name meant before counts for nothing: nobody inside is sent a word."""
    settings.SIGN_ON_CA, settings.SIGN_ON_NETWORKS = settings.WEBHOOK_CA_FILE, []
    names(monkeypatch, "127.0.0.1")
    service = Provider(client_id="fenliang")

    with pytest.raises(Unreachable):
        Asking(service).post(receiver_tls.url, data={"code": "1"}, withhold_token=True)
    assert receiver_tls.asked_for == NAME
    assert receiver_tls.received == []

    settings.SIGN_ON_NETWORKS = ["127.0.0.1/32"]
    assert Asking(service).post(receiver_tls.url, data={"code": "1"}, withhold_token=True).ok
    assert [each.body for each in receiver_tls.received] == [b"code=1"]


@pytest.mark.parametrize("code", [301, 302, 307])
def test_no_redirect_is_followed(receiver, code):
    receiver.answers = [code]

    answer = post(receiver.url, b"{}", {})

    assert (answer.code, answer.is_taken) == (code, False)
    assert len(receiver.received) == 1


def test_of_a_long_answer_the_beginning_is_read(receiver):
    receiver.said = b"x" * (LONGEST_ANSWER * 100)

    assert post(receiver.url, b"{}", {}).words == "x" * 200


def test_a_slow_answer_is_cut(receiver, settings):
    settings.WEBHOOK_SECONDS = 1
    receiver.said, receiver.drip = b"x" * 100, 0.2
    begun = time.monotonic()

    post(receiver.url, b"{}", {})

    assert time.monotonic() - begun < 15  # all of it takes 20


def test_nobody_there(receiver):
    answer = post(f"http://127.0.0.1:{free_port()}/", b"{}", {})

    assert answer.code is None
    assert answer.words.startswith("连接失败")

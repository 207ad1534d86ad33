"""Short messages by a plain HTTP gateway: what it takes is not offered again."""

import json

from apps.notices.backends import Outgoing, hand_over
from tests.subscriptions.conftest import receiver
from tests.subscriptions.receiving import Receiver, free_port

__all__ = ["receiver"]
MESSAGES = [Outgoing(1, "甲", "13800138000", "请上报"), Outgoing(2, "乙", "找老王", "请上报"),
            Outgoing(3, "丙", "13900139000", "请上报")]  # fmt: skip


def test_one_post_for_each(receiver: Receiver, settings) -> None:
    settings.MESSAGE_BACKEND = "apps.notices.backends.HttpBackend"
    settings.MESSAGE_GATEWAY_URL = receiver.url
    settings.MESSAGE_GATEWAY_AUTHORIZATION = "Bearer x"
    receiver.answers = [200, 503]

    assert hand_over(MESSAGES) == [1, 2]

    said = [json.loads(each.body) for each in receiver.received]
    assert said[0] == {"phone": "13800138000", "text": "请上报", "name": "甲"}
    assert [each["phone"] for each in said] == ["13800138000", "13900139000"]
    assert receiver.received[0].headers["Authorization"] == "Bearer x"


def test_a_gateway_that_is_away_takes_nothing(receiver: Receiver, settings) -> None:
    settings.MESSAGE_BACKEND = "apps.notices.backends.HttpBackend"
    settings.MESSAGE_GATEWAY_URL = f"http://127.0.0.1:{free_port()}/"

    assert hand_over(MESSAGES[:1]) == []

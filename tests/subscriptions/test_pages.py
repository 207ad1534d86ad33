"""事件推送 and 提醒设置 as their owners meet them."""

import re

import pytest
from django.core import mail
from django.urls import reverse

from apps.notices.announcing import Happening, announce
from apps.notices.event import EventName
from apps.scope.context import whole_country
from apps.subscriptions.domain.delivering import deliver_due
from apps.subscriptions.models import Channel, Delivery, Subscription
from tests.factories import PASSWORD
from tests.pages import shown

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("country")]
LIST = "/subscriptions/hooks/"
NEW = "/subscriptions/hooks/new/"
PREFERENCES = "/subscriptions/preferences/"


def happened(person, name=EventName.RETURNED):
    with whole_country(reason="test"):
        announce([Happening(name, person.path)])
        deliver_due()


def test_a_webhook_is_made_and_its_secret_shown_once(client_of, hospital_clerk, receiver):
    client = client_of(hospital_clerk)
    assert "没有事件推送" in client.get(LIST).content.decode()

    page = client.post(
        NEW,
        {"name": "HIS", "address": receiver.url, "events": ["returned"], "proof": PASSWORD},
    ).content.decode()

    secret = re.search(r"fls_[\w-]{43}", page).group()
    hook = Subscription.objects.get()
    happened(hospital_clerk)
    shown = [client.get(LIST), client.get(f"{LIST}{hook.pk}/"), client.get(f"{LIST}?text=HIS")]
    assert all(each.status_code == 200 for each in shown)
    assert not any(secret in each.content.decode() for each in shown)
    assert "200 ok" in shown[1].content.decode()
    assert "没有事件推送" not in shown[2].content.decode()
    assert "没有符合条件" in client.get(f"{LIST}?text=LIS").content.decode()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"address": "https://127.0.0.1/"}, "内部网络"),
        ({"address": "http://example.cn/"}, "https://"),
        ({"events": []}, "请至少勾选一种事件。"),
    ],
)
def test_bad_input_gets_one_sentence(client_of, hospital_clerk, typed, said):
    sent = {
        "name": "HIS", "address": "https://example.cn/", "events": ["returned"], "proof": PASSWORD,
    }  # fmt: skip

    page = client_of(hospital_clerk).post(NEW, sent | typed).content.decode()

    assert said in page
    assert not Subscription.objects.exists()


def test_the_password_is_asked_again(client_of, hospital_clerk, receiver):
    client_of(hospital_clerk).post(
        NEW, {"name": "HIS", "address": receiver.url, "events": ["returned"]}
    )

    assert not Subscription.objects.exists()


def test_paused_resumed_rotated_sent_again_and_ended(client_of, hospital_clerk, hook_of, receiver):
    hook = hook_of(hospital_clerk)
    client = client_of(hospital_clerk)
    happened(hospital_clerk)
    delivery = Delivery.objects.get()

    def act(name, *more, **data):
        return client.post(reverse(f"subscriptions:{name}", args=[hook.pk, *more]), data)

    act("hook_pause")
    assert not Subscription.objects.get().is_on
    act("hook_resume")
    assert Subscription.objects.get().is_on
    assert "fls_" in act("hook_rotate", proof=PASSWORD).content.decode()
    act("hook_resend", delivery.pk)
    deliver_due()
    assert receiver.ids == [str(delivery.pk)] * 2
    act("hook_end")
    assert Subscription.objects.get().ended_at
    assert client.get(f"{LIST}{hook.pk}/").status_code == 404


def test_strangers_find_nothing(client_of, county_reviewer, hospital_clerk, hook_of):
    hook = hook_of(hospital_clerk)

    assert client_of(county_reviewer).get(f"{LIST}{hook.pk}/").status_code == 404
    assert client_of(county_reviewer).post(f"{LIST}{hook.pk}/end/").status_code == 404


def test_mail_and_short_messages_by_preference(client_of, hospital_clerk, caplog):
    caplog.set_level("INFO")
    client = client_of(hospital_clerk)
    typed = {
        "mail": "his@example.cn", "mail_events": ["returned", "approved"],
        "sms": "138 0013 8000", "sms_events": ["approved"],
    }  # fmt: skip

    client.post(PREFERENCES, shown(client, PREFERENCES) | typed)
    happened(hospital_clerk)
    happened(hospital_clerk, EventName.APPROVED)

    assert [each.to for each in mail.outbox] == [["his@example.cn"]] * 2
    assert mail.outbox[0].body == "退回修改（武昌区人民医院），请登录平台查看。"
    assert caplog.text.count("message to 138…: 审核通过") == 1
    assert "his@example.cn" in client.get(PREFERENCES).content.decode()

    client.post(PREFERENCES, shown(client, PREFERENCES) | typed | {"mail": ""})
    happened(hospital_clerk)
    assert len(mail.outbox) == 2
    live = Subscription.objects.all().live()
    assert [each.channel for each in live] == [Channel.SMS]


def test_a_phone_that_is_no_number_is_refused(client_of, hospital_clerk):
    page = client_of(hospital_clerk).post(
        PREFERENCES, {"sms": "找老王", "sms_events": ["approved"]}
    )

    assert "手机号码只能有数字" in page.content.decode()

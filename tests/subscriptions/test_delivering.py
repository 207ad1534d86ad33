"""Events reach whom they concern, signed, again and again until they are taken, and nobody who may not read them."""

import hashlib
import hmac
import json
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.notices.announcing import Happening, announce
from apps.notices.event import EventName
from apps.notices.models import Event, Message, MessageKind
from apps.review.domain.performing import perform
from apps.review.models.statuses import Action, Status
from apps.subscriptions.domain.acts import resend, rotate_secret, switch_hook
from apps.subscriptions.domain.delivering import delay_after, deliver_due, send_due
from apps.subscriptions.models import Delivery, DeliveryState, Subscription
from apps.subscriptions.tasks import deliver, forget
from tests.factories_review import put
from tests.review.planting import filing_of, planted, register_paper

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("country")]


def happened(person, name=EventName.RETURNED, **told):
    announce([Happening(name, person.path, **told)])


def signed(secret, received):
    told = received.headers["X-Fenliang-Timestamp"].encode() + b"." + received.body
    mac = hmac.new(secret.encode(), told, hashlib.sha256).hexdigest()
    return f"v1={mac}" in received.headers["X-Fenliang-Signature"].split(",")


def later(**span):
    return time_machine.travel(timezone.now() + timedelta(**span), tick=True)


@pytest.fixture
def filing(tree, hospital_clerk):
    register_paper()
    project = planted([unit for unit in tree.values() if unit.tier == "institution"])
    return filing_of(project, hospital_clerk)


class TestWhoIsTold:
    def test_the_unit_itself_and_who_asked_for_what_is_below(
        self, hook_of, receiver, filing, hospital_clerk, county_reviewer, city_reviewer,
        neighbour_clerk,
    ):  # fmt: skip
        hook_of(hospital_clerk, name="own")
        hook_of(county_reviewer, name="county", below=True)
        hook_of(city_reviewer, name="city, itself alone")
        hook_of(neighbour_clerk, name="stranger", below=True)
        put(Status.SUBMITTED, filing)

        perform([filing], Action.RETURN, by=Actor.of(city_reviewer), reason="数量有误")
        deliver()

        told = Delivery.objects.values_list("subscription__name", "state")
        assert sorted(told) == [("county", "sent"), ("own", "sent")]
        said = [json.loads(each.body) for each in receiver.received]
        assert {each.pop("id") for each in said} == set(receiver.ids)
        time = timezone.localtime(Event.objects.get().at).isoformat(timespec="seconds")
        assert (
            said
            == [
                {
                    "event": "returned",
                    "time": time,
                    "project": filing.project.code,
                    "unit": "H42010600001",
                    "state": "returned",
                    "object": {"kind": "filing", "id": filing.pk},
                }
            ]
            * 2
        )
        letter = Message.objects.get(kind=MessageKind.REVIEW)
        assert (letter.path, letter.body[-9:]) == (filing.path, "请更正后重新上报。")

    def test_only_of_what_was_chosen(self, hook_of, hospital_clerk):
        hook_of(hospital_clerk, events=["approved"])

        happened(hospital_clerk)
        happened(hospital_clerk, EventName.APPROVED)

        assert Delivery.objects.get().event.name == "approved"

    def test_what_concerns_one_account_is_told_to_it_alone(
        self, hook_of, hospital_clerk, county_reviewer
    ):
        hook_of(county_reviewer, below=True)
        hook_of(hospital_clerk)

        happened(hospital_clerk, EventName.JOB_DONE, account_id=hospital_clerk.pk)

        assert Delivery.objects.get().subscription.account == hospital_clerk

    def test_not_while_paused(self, hook_of, hospital_clerk):
        hook = hook_of(hospital_clerk)
        switch_hook(by=Actor.of(hospital_clerk), hook_id=hook.pk, is_on=False)

        happened(hospital_clerk)

        assert not Delivery.objects.exists()

    def test_whoever_lost_the_right_gets_nothing_more(self, hook_of, receiver, county_reviewer):
        hook_of(county_reviewer)
        happened(county_reviewer)
        county_reviewer.is_active = False
        county_reviewer.save(update_fields=["is_active"])

        deliver_due()

        assert receiver.received == []
        assert Delivery.objects.get().state == DeliveryState.WITHHELD

    def test_of_many_filings_with_the_same_number_of_statements(self, hook_of, tree, city_reviewer):
        register_paper()
        top = city_reviewer.path
        units = [u for u in tree.values() if u.tier == "institution" and u.path.startswith(top)]
        hook_of(city_reviewer, events=["approved"], below=True)
        taken = []
        for chosen in (units[:1], units):
            project = planted(units, code=f"P{len(chosen)}")
            filings = put(Status.SUBMITTED, *(filing_of(project, unit) for unit in chosen))
            with CaptureQueriesContext(
                connection,
            ) as asked:
                perform(filings, Action.APPROVE, by=Actor.of(city_reviewer))
            taken.append(sum("notices_event" in each["sql"] for each in asked))

        assert len(units) > 1
        assert taken == [1, 1]
        assert Delivery.objects.count() == 1 + len(units)


class TestSigning:
    def test_by_the_secret_that_was_shown(self, hook_of, receiver, hospital_clerk):
        hook = hook_of(hospital_clerk)
        happened(hospital_clerk)

        deliver_due()

        (received,) = receiver.received
        assert signed(hook.plain, received)
        assert not signed("fls_other", received)
        assert hook.plain.encode() not in bytes(Subscription.objects.get().secret)

    def test_by_both_for_a_day_after_it_was_replaced(self, hook_of, receiver, hospital_clerk, rf):
        hook = hook_of(hospital_clerk)
        by = replace(Actor.of(hospital_clerk), proved=True)
        _, secret = rotate_secret(by=by, hook_id=hook.pk)
        happened(hospital_clerk)
        deliver_due()
        with later(hours=25):
            happened(hospital_clerk)
            deliver_due()

        assert [(signed(hook.plain, r), signed(secret, r)) for r in receiver.received] == [
            (True, True),
            (False, True),
        ]


class TestTryingAgain:
    def test_later_and_later_under_the_same_id(self, hook_of, receiver, hospital_clerk):
        hook_of(hospital_clerk)
        receiver.answers = [500, 302]
        happened(hospital_clerk)

        tried = [deliver_due(), deliver_due()]
        for minutes in (2, 7):
            with later(minutes=minutes):
                tried.append(deliver_due())

        assert tried == [1, 0, 1, 1]
        assert len(set(receiver.ids)) == 1
        delivery = Delivery.objects.get()
        assert (delivery.state, delivery.attempts, delivery.status_code) == ("sent", 3, 200)
        assert Subscription.objects.get().failures == 0
        spans = [delay_after(n) // timedelta(minutes=1) for n in range(1, 8)]
        assert spans == [1, 4, 16, 64, 256, 720, 720]

    def test_given_up_with_one_message_to_the_owner_and_sent_again_by_hand(
        self, hook_of, receiver, hospital_clerk, settings
    ):
        settings.WEBHOOK_ATTEMPTS = 1
        hook = hook_of(hospital_clerk, events=["returned"])
        receiver.answers, receiver.said = [503, 503], b"down\x00"
        happened(hospital_clerk)
        happened(hospital_clerk)
        first = list(Delivery.objects.values_list("pk", flat=True))

        deliver_due()

        assert set(Delivery.objects.values_list("state", "answer")) == {("dead", "down")}
        letter = Message.objects.get(kind=MessageKind.PUSH)
        assert (letter.path, letter.url) == (
            hospital_clerk.path, f"/subscriptions/hooks/{hook.pk}/",
        )  # fmt: skip

        assert resend(by=Actor.of(hospital_clerk), hook_id=hook.pk, delivery_id=first[0])
        deliver_due()
        assert Delivery.objects.get(pk=first[0]).state == "sent"
        assert receiver.ids[-1] == str(first[0])

    def test_who_fails_is_left_alone_for_a_while(self, hook_of, receiver, hospital_clerk):
        hook_of(hospital_clerk)
        receiver.answers = [500]
        happened(hospital_clerk)
        deliver_due()
        happened(hospital_clerk)

        assert deliver_due() == 0
        with later(seconds=31):
            assert deliver_due() == 1

    def test_who_dies_between_sending_and_noting_sends_it_again(
        self, hook_of, receiver, hospital_clerk
    ):
        hook_of(hospital_clerk)
        happened(hospital_clerk)

        assert [answer.code for _, answer in send_due()] == [200]  # and is gone
        assert Delivery.objects.get().state == "waiting"
        deliver_due()

        assert len(receiver.ids) == 2
        assert len(set(receiver.ids)) == 1
        assert Delivery.objects.get().state == "sent"


def test_old_events_are_forgotten(hook_of, receiver, hospital_clerk):
    hook_of(hospital_clerk)
    happened(hospital_clerk)
    deliver_due()

    with later(days=60):
        happened(hospital_clerk)
    with later(days=91):
        forget()

    assert Delivery.objects.get().state == "waiting"
    assert Event.objects.count() == 1

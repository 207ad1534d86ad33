"""Answers kept by key: while the first is at work, when it failed, and until they are forgotten."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from apps.accounts.models import Token
from apps.api.domain.idempotency import Answer, KeyAtWork, KeyReused, begin, digest_of, keep
from apps.api.models import AnsweredRequest
from apps.api.tasks import forget_answers

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("country")]
DONE = Answer(200, "application/json", '"1"', b"{}")


@pytest.fixture
def token(program_of, hospital_clerk):
    program_of(hospital_clerk)
    return Token.objects.get()


def test_while_the_first_is_at_work_the_second_waits(token):
    assert begin(token, "k", "d") is None

    with pytest.raises(KeyAtWork):
        begin(token, "k", "d")
    with time_machine.travel(timezone.now() + timedelta(minutes=3)):
        assert begin(token, "k", "d") is None


def test_a_key_stands_for_one_request_at_work_and_answered(token):
    begin(token, "k", "d")
    with pytest.raises(KeyReused):
        begin(token, "k", "another")
    with (
        time_machine.travel(timezone.now() + timedelta(minutes=3)),
        pytest.raises(KeyReused),
    ):
        begin(token, "k", "another")

    keep(token, "k", DONE)

    with pytest.raises(KeyReused):
        begin(token, "k", "another")
    assert begin(token, "k", "d") == DONE


def test_another_method_address_or_content_is_another_request():
    asked = [
        ("POST", "/lines", b"1"),
        ("PUT", "/lines", b"1"),
        ("POST", "/lines/", b"1"),
        ("POST", "/lines", b"2"),
        ("POST", "/line", b"s1"),
    ]

    assert len({digest_of(*request) for request in asked}) == len(asked)


def test_an_answer_is_given_again_until_it_is_forgotten(token):
    begin(token, "k", "d")
    keep(token, "k", DONE)
    forget_answers()
    assert begin(token, "k", "d") == DONE

    with time_machine.travel(timezone.now() + timedelta(days=2, minutes=1)):
        forget_answers()
    assert not AnsweredRequest.objects.exists()


def test_what_failed_may_be_tried_again(token):
    begin(token, "k", "d")
    keep(token, "k", Answer(500, "text/html", "", b""))

    assert begin(token, "k", "d") is None

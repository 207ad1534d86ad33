"""A page in front of a database that goes away for a moment, and what a person sees when it stays away."""

import json

import pytest
from django.db import connection

from tests.cutting import line_to

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def line(country):
    at = connection.settings_dict
    before = at["HOST"], at["PORT"]
    with line_to(connection) as line:
        connection.close()
        at["HOST"], at["PORT"] = "127.0.0.1", line.port
        yield line
        connection.close()
        at["HOST"], at["PORT"] = before


@pytest.fixture
def browser(client_of, hospital_clerk, line):
    browser = client_of(hospital_clerk)
    browser.raise_request_exception = False
    browser.get("/")
    return browser


def test_a_page_whose_line_is_cut_is_drawn_once_more(browser, line):
    line.cut_at(b"SELECT", passes_it_on=False)

    assert browser.get("/").status_code == 200


def test_a_page_without_a_database_is_calm_and_comes_back_by_itself(browser, line):
    line.go_away()

    answer = browser.get("/?x=1")

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert answer.headers["Refresh"] == "5; url=/?x=1"
    assert "服务正在恢复" in answer.content.decode()
    line.come_back()
    assert browser.get("/").status_code == 200


def test_an_act_is_never_done_twice_and_leads_back_to_its_form(browser, line):
    line.go_away()

    answer = browser.post("/accounts/logout/", headers={"Referer": "http://testserver/notices/"})

    assert answer.status_code == 503
    assert answer.headers["Refresh"] == "5; url=http://testserver/notices/"
    assert "没有确认成功" in answer.content.decode()


def test_nobody_is_led_to_another_site(browser, line):
    line.go_away()

    answer = browser.post("/accounts/logout/", headers={"Referer": "https://elsewhere.example/"})

    assert answer.headers["Refresh"] == "5; url=/"


def test_a_script_gets_a_sentence(browser, line):
    line.go_away()

    answer = browser.post("/accounts/logout/", headers={"Accept": "application/json"})

    assert answer.status_code == 503
    assert json.loads(answer.content)["message"].startswith("服务正在恢复")

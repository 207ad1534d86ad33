"""The frame around a page, for somebody real who signed in."""

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import resolve

from apps.ui.context import Frame


@pytest.fixture
def request_of():
    def made(user, path="/gallery/", **cookies):
        request = RequestFactory().get(path)
        request.COOKIES.update(cookies)
        request.user = user
        request.resolver_match = resolve("/accounts/login/")
        return request

    return made


def test_the_top_bar_says_who_acts_for_whom(hospital_clerk, request_of, country):
    page = render_to_string("base.html", request=request_of(hospital_clerk))

    assert "王医办" in page
    assert "武昌区人民医院" in page
    assert hospital_clerk.get_role_display() in page
    assert "退出" in page
    assert f'data-user="{hospital_clerk.pk}"' in page


def test_an_enterprise_account_shows_its_enterprise(manufacturer_agent, request_of, country):
    assert Frame(request_of(manufacturer_agent)).belongs_to == manufacturer_agent.enterprise.name


def test_a_folded_rail_stays_folded(hospital_clerk, request_of, country):
    assert not Frame(request_of(hospital_clerk)).folded
    assert Frame(request_of(hospital_clerk, rail="folded")).folded

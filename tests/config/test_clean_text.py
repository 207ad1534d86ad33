"""NUL characters end as a refusal, never as an error of the database."""

import pytest

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("address", "form"),
    [
        ("/accounts/login/?username=%00&captcha=words", None),
        ("/accounts/login/?%00=1", None),
        ("/accounts/login/", {"username": "a\0b", "password": "x"}),
        ("/accounts/login/", {"captcha_key": "\0"}),
    ],
)
def test_nul_characters_are_refused(address, form, client, settings):
    settings.CAPTCHA = "after_failure"

    response = client.get(address) if form is None else client.post(address, form)

    assert response.status_code == 400

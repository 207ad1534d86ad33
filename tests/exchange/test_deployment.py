"""A deployment hears of what would spoil its papers before any is printed."""

import pytest

from apps.exchange.domain.deployment import check_papers


@pytest.mark.parametrize(
    ("site", "keys", "found"),
    [
        ("https://fenliang.example", ["key"], []),
        ("http://127.0.0.1:8000", ["key"], ["exchange.W001"]),
        ("fenliang.example", ["key"], ["exchange.W001"]),
        ("https://fenliang.example", [], ["exchange.W002"]),
    ],
)
def test_what_is_missing_is_said(settings, site, keys, found):
    settings.SITE_URL, settings.CHECK_CODE_KEYS = site, keys

    assert [warning.id for warning in check_papers()] == found

"""The names under which a place is known in a workbook of choices."""

import pytest

from apps.distribution.domain.relations.directory import Unit
from apps.distribution.files.relation_check import _names


def unit(name, path):
    return Unit(pk=1, code="422800", name=name, path=path)


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("恩施土家族苗族自治州", {"恩施州", "恩施", "恩施土家族苗族自治州"}),
        ("武昌区", {"武昌", "武昌区"}),
        ("武汉市", {"武汉", "武汉市"}),
        ("忠县", {"忠县"}),
        ("五峰土家族自治县", {"五峰", "五峰县"}),
    ],
)
def test_short_names(name, known):
    assert known <= _names(unit(name, "/42/4228/x/"))


def test_two_characters_keep_their_ending():
    assert "忠" not in _names(unit("忠县", "/50/5002/x/"))

"""Every list that leads to a file says in its rows what the file says, cell by cell, in the same world.

Which lists there are comes from the query budgets, which files from the links of their pages and the list of what can
be exported: nothing is remembered here but where page and file differ on purpose.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from tests.cast import Tree
from tests.net.access_table import addresses
from tests.net.access_world import World
from tests.net.budget_world import grow
from tests.net.crawling import name_of
from tests.net.exports_read import (
    bare,
    conditions_in,
    exports_of,
    is_number_or_moment,
    plain,
    sheets_of,
    tables_of,
)
from tests.net.test_query_budgets import BUDGETS

pytestmark = pytest.mark.django_db

ANOTHER_TITLE = {
    "allocation:volume_list": {
        "约定采购量": "计算结果：约定采购量",
        "中选产品确认量": "计算结果：确认量",
        "待分配量": "计算结果：待分配量",
        "日均费用最低": "计算结果：日均费用最低",
        "降幅最高": "计算结果：降幅最高",
        "其他中选": "计算结果：其他中选",
    },
}
"""The file holds what was given under the titles of the import, and what came of it beside."""
ON_PURPOSE = {
    ("projects:winner_list", "供应省"): "the file is imported again: empty means all",
    ("projects:winner_list", "主供省"): "the file is imported again: empty means all",
    ("projects:winner_list", "最大产能"): "the file is imported again: empty means no limit",
    ("allocation:report_detail", "分配来源"): "the page has the specification on a line of its own",
    (
        "distribution:agreement_list",
        "金额",
    ): "the file has the lines of agreements, the page their sums",
    **{
        (
            "audit:change_list",
            title,
        ): "the page has a row for each change, the file one for each field"
        for title in ("时间", "操作人", "对象", "变更")
    },
    (
        "distribution:distributor_list",
        "配送区域",
    ): "the page names the first, the file all, by city",
    ("volumes:base_detail", "单位"): "the page has the unit of counting, the file the organisation",
}
WHOLE = {"review:filing_list": {"status": "all"}}
"""What a page is asked for, so that it shows more than what waits."""
ELSEWHERE = {
    "allocation:substitution_export": "tests/allocation/test_substitution_page.py",
    "audit:change_detail_export": "tests/audit/test_change_pages.py",
    "analysis:pivot_export": "tests/analysis/test_exports.py",
}
"""Files of pages that no list of the budgets leads to, and the tests that compare them."""
FEWEST = 2  # columns that a table and a file have to share to be of the same rows
CODES = re.compile("编码|编号|代码|电话|用户名|规格|证号|原值|新值")
"""Columns whose digits are names, or values of whatever field, not quantities."""


@pytest.fixture
def grown(tree: Tree, people: dict[str, User], client_of: Callable[[User], Client]) -> World:
    return World({name: client_of(user) for name, user in people.items()}, grow(3, tree, people))


def files_of(world: World) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """(the list, its page, the address of a file, its sheets) of whatever the pages of the budgets lead to."""
    for name, persona in BUDGETS:
        url = reverse(name, kwargs=world.arguments(name, addresses()[name]))
        client = world.person(persona)
        asked = {"per_page": 50} | WHOLE.get(name, {})
        page = client.get(url, asked).content.decode()
        for target in exports_of(url, page):
            yield name, page, target, sheets_of(client, target)


def closest(titles: list[str], sheets: dict[str, Any], known: dict[str, str]) -> Any:
    """The sheet that shares most columns with a table of a page, with those columns."""

    def shared(heads: list[str]) -> dict[str, str]:
        theirs = {bare(head): head for head in heads}
        wanted = {title: known.get(bare(title), bare(title)) for title in titles if title}
        return {title: theirs[each] for title, each in wanted.items() if each in theirs}

    return max(
        ((shared(heads), heads, rows) for heads, rows in sheets.values()),
        key=lambda each: len(each[0]),
    )


def rows_in(
    titles: list[str], rows: list[list[Any]], chosen: list[str]
) -> Counter[tuple[Any, ...]]:
    places = [titles.index(title) for title in chosen]
    whole = [row for row in rows if len(row) == len(titles)]
    return Counter(tuple(plain(row[place]) for place in places) for row in whole)


def test_a_file_says_what_its_page_says(grown):
    compared, visited, different = set(), set(), []
    for name, page, target, sheets in files_of(grown):
        visited.add(name_of(target))
        for titles, shown in tables_of(page)[:1] if sheets else ():
            same, heads, rows = closest(titles, sheets, ANOTHER_TITLE.get(name, {}))
            same = {t: h for t, h in same.items() if (name, bare(t)) not in ON_PURPOSE}
            if len(same) < FEWEST:
                continue
            compared.add(name_of(target))
            said = rows_in(titles, shown, list(same))
            written = rows_in(heads, rows, list(same.values()))
            if said != written:
                different.append((name, same, list(said - written)[:3], list(written - said)[:3]))

    assert different == []
    files = {name for name in addresses() if name.endswith("_export")}
    assert files - visited == ELSEWHERE.keys()
    # Nothing is left over and nothing is counted yet in this world.
    assert visited - compared == {
        "allocation:unplaced_export",
        "analysis:institution_export",
        "audit:change_export",
    }


def test_numbers_and_times_are_no_texts(grown):
    found = {
        (target, head, cell)
        for _name, _page, target, sheets in files_of(grown)
        for heads, rows in sheets.values()
        for row in rows
        for head, cell in zip(heads, row, strict=True)
        if isinstance(cell, str) and not CODES.search(head) and is_number_or_moment(cell)
    }

    assert found == set()


def test_conditions_are_said_in_the_words_of_the_page(grown):
    """No key of a choice is left untranslated: what a file says of its filters is in Chinese, or was typed."""
    found = [
        (target, name, value)
        for listing, asked in WHOLE.items()
        for target in [reverse_export(grown, listing, asked)]
        for name, value in conditions_in(grown.person("county"), target)
        if value in asked.values()
    ]

    assert found == []


def reverse_export(world: World, listing: str, asked: dict[str, str]) -> str:
    url = reverse(listing, kwargs=world.arguments(listing, addresses()[listing]))
    page = world.person("county").get(url, asked).content.decode()
    return exports_of(url, page)[0]

"""Steps and tabs: what stands in them is escaped, what is not there leaves nothing."""

from datetime import UTC, datetime

from django.utils.html import format_html

from apps.ui.chains import steps, tabs

SINCE = datetime(2026, 11, 22, tzinfo=UTC)


def drawn(items):
    return steps(items, "进度", moment=lambda since: format_html("<time>{}</time>", since.year))


def test_steps_say_where_it_stands_since_when_and_with_whom():
    chain = drawn(
        [
            {"label": "上报", "state": "done", "since": SINCE, "who": "<甲>"},
            {"label": "市审核", "state": "current"},
            {"label": "省审核"},
        ]
    )

    assert chain.count("<li") == 3
    assert "&lt;甲&gt;" in chain
    assert chain.count("<time>2026</time>") == 1
    assert chain.count('aria-current="step"') == 1
    assert ">3</span>" in chain


def test_tabs_count_where_there_is_a_number():
    drawn_tabs = tabs(
        [
            {"label": "全部", "href": "?show=all&q=1", "current": True, "count": 0},
            {"label": "待办", "href": "?show=due"},
        ],
        "显示",
        boxed=True,
    )

    assert 'class="segments"' in drawn_tabs
    assert "?show=all&amp;q=1" in drawn_tabs
    assert drawn_tabs.count("tab-count") == 1
    assert drawn_tabs.count('aria-current="page"') == 1

"""Templates that are drawn once: filled in as they would be drawn, whatever the values are."""

import pytest
from django.template.loader import render_to_string
from django.utils.html import format_html

from apps.ui.patterns import drawn, filled, part

ROW = "reporting/_entry_row.html"
SHAPE = {
    "may_change": True,
    "is_history": False,
    "has_last": True,
    "has_note": True,
    "has_doubt": False,
    "has_error": True,
    "is_suspect": False,
    "needs_words": True,
    "tone": "warning",
}
NAMES = [
    *("key", "variety", "filling_note", "manufacturer", "item_code", "specification", "unit"),
    *("bought", "last", "version", "typed", "error", "packs", "rate", "status", "words"),
]
NASTY = "\"><script>alert(1)</script>&'\ue0000\ue000{}"


@pytest.mark.parametrize("text", ["阿莫西林", NASTY])
@pytest.mark.parametrize("may_change", [True, False])
def test_a_row_reads_as_its_template_draws_it(text, may_change):
    values = {name: f"{name} {text}" for name in NAMES}
    shape = {**SHAPE, "may_change": may_change}

    assert filled(ROW, values, shape) == render_to_string(ROW, {**values, **shape})


def test_a_part_is_drawn_for_what_it_shows():
    first, second = (
        drawn("ui/_directory.html", sections=((title, "edit", (("/a/?b&c", "<填报>"),)),))
        for title in ("报量", "分量")
    )

    assert "&lt;填报&gt;" in first
    assert "/a/?b&amp;c" in first
    assert first.replace("报量", "分量") == second


FIGURE = "ui/_figure.html"


@pytest.mark.parametrize("note", ["", None, "三天", NASTY])
@pytest.mark.parametrize("href", ["", "/a/?b&c"])
def test_a_component_reads_as_its_template_draws_it(note, href):
    texts = {"label": "已填", "value": 12, "unit": "", "note": note, "tone": "info", "href": href}

    assert part(FIGURE, texts) == render_to_string(FIGURE, texts)


def test_what_is_safe_stays_as_it_is():
    marked = format_html("<b>{}</b>", NASTY)

    assert marked in part(FIGURE, {"label": "甲", "value": marked})
    assert "&lt;b&gt;" in part(FIGURE, {"label": "甲", "value": str(marked) + ""})

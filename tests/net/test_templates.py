"""Every template compiles, is used, is short, and carries neither inline script nor inline style."""

import re
from pathlib import Path

import pytest
from django.template.loader import get_template

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "templates"
NAMES = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html"))
# Django asks for these by name.
BY_STATUS = {"400.html", "403.html", "404.html", "500.html"}
LAYOUTS = {"base.html", "bare.html"}
# Django's own, for what stands among its admin pages.
ADMIN_LAYOUTS = {f"admin/{name}.html" for name in ("base", "base_site", "change_list", "index")}
INLINE = {
    "style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "style element": re.compile(r"<style\b", re.IGNORECASE),
    "event handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "script body": re.compile(r"<script\b(?![^>]*\bsrc=)", re.IGNORECASE),
    "script address": re.compile(r"javascript:", re.IGNORECASE),
    "address of another host": re.compile(
        r"\b(?:src|href|action)\s*=\s*[\"']?(?:https?:)?//", re.IGNORECASE
    ),
}


def source(name):
    return (TEMPLATES / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_it_compiles(name):
    assert get_template(name).template.nodelist is not None


@pytest.mark.parametrize("name", NAMES)
def test_it_has_nothing_inline(name):
    assert [what for what, pattern in INLINE.items() if pattern.search(source(name))] == []


@pytest.mark.parametrize("name", NAMES)
def test_it_is_short(name):
    assert len(source(name).splitlines()) <= 150


@pytest.mark.parametrize("name", NAMES)
def test_it_stands_on_one_layout(name):
    """base.html or bare.html → page: two levels, and partials on none."""
    parents = re.findall(r"{%\s*extends\s+[\"']([^\"']+)", source(name))

    assert set(parents) <= (ADMIN_LAYOUTS if name.startswith("admin/") else LAYOUTS)
    if Path(name).name.startswith("_"):
        assert parents == []


@pytest.mark.parametrize("name", NAMES)
def test_no_block_counts_on_a_name_that_another_one_sets(name):
    """`{% url … as here %}` holds until the end of its own block, and is nothing in the next one."""
    parts = re.split(r"{%\s*block \w+\s*%}", source(name))[1:]
    made = [set(re.findall(r"\bas (\w+)\s*%}", part)) for part in parts]
    borrowed = {
        word
        for part, own in zip(parts, made, strict=True)
        for word in set().union(*made) - own
        if re.search(rf"(?<![\w.\"'])\b{word}\b(?![=\"'])", part)
    }

    assert borrowed == set()


def test_none_is_unused():
    python = [path.read_text(encoding="utf-8") for path in (ROOT / "apps").rglob("*.py")]
    named = set(re.findall(r"[\"']([\w/-]+\.(?:html|txt))[\"']", "\n".join(python)))
    named |= {
        found for name in NAMES for found in re.findall(r"[\"']([\w/-]+\.html)[\"']", source(name))
    }

    assert set(NAMES) - named - BY_STATUS == set()


@pytest.mark.parametrize("what", INLINE)
def test_the_net_catches(what):
    samples = {
        "style attribute": '<p class="a" style="color:red">',
        "style element": "<style>a{}</style>",
        "event handler": '<a onclick="x()">',
        "script body": "<script>x()</script>",
        "script address": '<a href="javascript:x()">',
        "address of another host": '<img src="//cdn.example/x.png">',
    }

    assert INLINE[what].search(samples[what])
